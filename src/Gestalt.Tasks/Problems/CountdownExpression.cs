using System.Numerics;

namespace Gestalt.Tasks.Problems;

/// <summary>Reads an expression of whole numbers, + - * / and parentheses, in exact fractions.</summary>
internal ref struct CountdownExpression
{
    private const int Longest = 200, Deepest = 20;
    private readonly ReadOnlySpan<char> _text;
    private readonly List<int> _used = [];
    private int _at, _depth;

    private CountdownExpression(ReadOnlySpan<char> text) => _text = text;

    private readonly record struct Fraction(BigInteger Over, BigInteger Under);

    /// <summary>Whether a text is an expression that uses each of the numbers once, and makes the target. It may end with an equals sign and the target.</summary>
    public static bool Makes(string text, IReadOnlyList<int> numbers, int target)
    {
        if (text.Length > Longest) return false;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && text[(equals + 1)..].Trim() != $"{target}") return false;
        var reader = new CountdownExpression(equals >= 0 ? text.AsSpan(0, equals) : text);
        return reader.Sum() is Fraction value && reader.IsAtEnd() && value.Over == target * value.Under && reader._used.Order().SequenceEqual(numbers.Order());
    }

    private Fraction? Sum()
    {
        Fraction? value = Product();
        while (value is Fraction left && Next() is '+' or '-')
        {
            bool adds = _text[_at++] == '+';
            value = Product() is Fraction right ? new Fraction((left.Over * right.Under) + ((adds ? right.Over : -right.Over) * left.Under), left.Under * right.Under) : null;
        }

        return value;
    }

    private Fraction? Product()
    {
        Fraction? value = Number();
        while (value is Fraction left && Next() is '*' or '/')
        {
            bool divides = _text[_at++] == '/';
            value = Number() is not Fraction right ? null
                : !divides ? new Fraction(left.Over * right.Over, left.Under * right.Under)
                : right.Over.IsZero ? null : new Fraction(left.Over * right.Under, left.Under * right.Over);
        }

        return value;
    }

    private Fraction? Number()
    {
        char next = Next();
        if (next == '(')
        {
            if (++_depth > Deepest) return null;
            _at++;
            Fraction? inside = Sum();
            _depth--;
            if (inside is null || Next() != ')') return null;
            _at++;
            return inside;
        }

        int value = 0, digits = 0;
        for (; _at < _text.Length && char.IsAsciiDigit(_text[_at]); _at++, digits++)
        {
            if (digits == 6) return null;
            value = (10 * value) + (_text[_at] - '0');
        }

        if (digits == 0) return null;
        _used.Add(value);
        return new Fraction(value, 1);
    }

    // A null within the text is a character like any other, and no end.
    private bool IsAtEnd() => Next() == '\0' && _at == _text.Length;

    private char Next()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }
}
