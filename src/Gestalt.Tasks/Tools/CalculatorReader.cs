using System.Globalization;

namespace Gestalt.Tasks.Tools;

/// <summary>Reads an expression and calculates while it reads: recursive descent, one method for each line of the grammar in <see cref="Calculator"/>.</summary>
/// <param name="text">The expression.</param>
internal sealed class CalculatorReader(string text)
{
    private const int DeepestNesting = 50, MostDecimals = 100;

    /// <summary>Decimals of a fraction without end, and for those below one the digits that count.</summary>
    private const int WrittenDigits = 4;

    private static readonly string[] Comparisons = ["<=", ">=", "==", "!=", "<", ">", "="];
    private static readonly string[] Functions = ["abs", "round", "floor"], Extremes = ["max", "min"];

    private int _at;
    private int _depth;

    /// <summary>A number of something: in base units of the quantity, or without one.</summary>
    private readonly record struct Amount(Rational Value, Unit? Unit = null, bool IsPercentage = false);

    /// <summary>What the whole expression comes to.</summary>
    public string Read()
    {
        Blanks();
        if (_at == text.Length)
        {
            throw new ToolException("There is nothing to calculate; give an expression such as 12 * (3 + 4).");
        }

        Amount left = Sum();
        string answer = Comparison() is { } sign ? Compare(left, sign, Sum()) : Convert(left);
        return _at == text.Length ? answer : throw Unexpected("an operator or the end");
    }

    private string Convert(Amount amount)
    {
        if (!Word("to") && !Word("in"))
        {
            return Written(amount);
        }

        Unit wanted = UnitHere() ?? throw Unexpected("a unit such as km, kg, min or C");
        return amount.Unit is { } unit && unit.Quantity == wanted.Quantity
            ? Written(amount with { Unit = wanted })
            : throw new ToolException($"{Of(amount.Unit)} cannot be written in {wanted.Symbol}, which is a unit of {wanted.Quantity}.");
    }

    private static string Compare(Amount left, string sign, Amount right)
    {
        int order = left.Value.CompareTo(Alike(left, right).Value);
        return sign switch { "<" => order < 0, ">" => order > 0, "<=" => order <= 0, ">=" => order >= 0, "!=" => order != 0, _ => order == 0 } ? "true" : "false";
    }

    private Amount Sum()
    {
        Amount left = Product();
        while (Sign('+', '-', '\u2212') is { } sign)
        {
            Amount right = Product();
            if (left.Unit is { IsScale: true } || right.Unit is { IsScale: true })
            {
                left = OnScale(left, sign, right);
                continue;
            }

            // As on every pocket calculator, 80 + 15% is 15 % of 80 more.
            Rational value = right is { IsPercentage: true } && !left.IsPercentage ? left.Value * right.Value : Alike(left, right).Value;
            left = left with { Value = sign == '+' ? left.Value + value : left.Value - value };
        }

        return left;
    }

    /// <summary>Of points on a scale, as 20 C is one, only differences make sense, and steps of kelvins from one.</summary>
    private static Amount OnScale(Amount left, char sign, Amount right) =>
        sign != '+' && left.Unit?.Quantity == right.Unit?.Quantity && right.Unit is { IsScale: true } ? new Amount(left.Value - right.Value, Units.Kelvin)
        : left.Unit is { IsScale: true } && right.Unit == Units.Kelvin ? left with { Value = sign == '+' ? left.Value + right.Value : left.Value - right.Value }
        : throw new ToolException("A temperature in C or F is a point on a scale: two cannot be added. Differences are written in K (30 C - 20 C), and so are steps (20 C + 5 K).");

    private Amount Product()
    {
        Amount left = Signed();
        while (true)
        {
            if (left.IsPercentage && Word("of"))
            {
                Amount whole = Much(Signed());
                left = whole with { Value = left.Value * whole.Value };
            }
            else if (Sign('*', '/', '%', '\u00D7', '\u00F7', '\u00B7') is { } sign)
            {
                left = sign switch
                {
                    '/' or '\u00F7' => Divided(Much(left), Much(Signed())),
                    '%' => Rest(Much(left), Much(Signed())),
                    _ => Times(Much(left), Much(Signed())),
                };
            }
            else
            {
                return left;
            }
        }
    }

    private static Amount Times(Amount left, Amount right) => left.Unit is null || right.Unit is null
        ? new Amount(left.Value * right.Value, left.Unit ?? right.Unit)
        : throw new ToolException($"{Of(left.Unit)} times {Of(right.Unit)} has a unit that the calculator does not know; multiply by a number without a unit.");

    private static Amount Divided(Amount left, Amount right) => right.Unit is null
        ? new Amount(left.Value / right.Value, left.Unit)
        : new Amount(left.Value / Alike(left, right).Value);

    private static Amount Rest(Amount left, Amount right) => left with { Value = left.Value % Alike(left, right).Value };

    private Amount Signed()
    {
        bool negative = false;
        while (Sign('-', '+', '\u2212') is { } sign)
        {
            negative ^= sign != '+';
        }

        Amount power = Power();
        return !negative ? power : power with { Value = power.Unit is { } unit ? unit.ToBase(-unit.FromBase(power.Value)) : -power.Value };
    }

    /// <summary>An amount that can be multiplied and divided.</summary>
    private static Amount Much(Amount amount) => amount.Unit is { IsScale: true } unit
        ? throw new ToolException($"A temperature in {unit.Symbol} is a point on a scale and cannot be multiplied or divided; write it in K first, or leave the unit out.")
        : amount;

    private Amount Power()
    {
        Amount left = Quantity();
        if (!Text("**") && !Text("^"))
        {
            return left;
        }

        Deeper();
        Amount exponent = Signed();
        _depth--;
        return left.Unit is null && exponent.Unit is null
            ? new Amount(left.Value.Power(exponent.Value))
            : throw new ToolException("Only numbers without units have powers here.");
    }

    private Amount Quantity()
    {
        Amount amount = Plain();
        if (amount.Unit is null && _at < text.Length && text[_at] == '%' && !OperandFollows())
        {
            _at++;
            Blanks();
            return amount with { Value = amount.Value / Rational.Of(100), IsPercentage = true };
        }

        int before = _at;
        if (Word("to") || Word("in") || Word("of"))
        {
            _at = before; // "in" stands for inches only where nothing can be converted: 3 in to cm is written 3 inches to cm
            return amount;
        }

        return amount.Unit is null && UnitHere() is { } unit ? new Amount(unit.ToBase(amount.Value), unit) : amount;
    }

    /// <summary>Whether the per cent sign here divides: 17 % 5, but not 15 % of 80 or 20 % + 3.</summary>
    private bool OperandFollows()
    {
        int next = _at + 1;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        return next < text.Length && (char.IsAsciiDigit(text[next]) || text[next] is '(' or '.');
    }

    private Amount Plain()
    {
        if (Text("("))
        {
            return Bracketed();
        }

        if (Extremes.FirstOrDefault(Word) is { } extreme)
        {
            Open();
            return Extreme(extreme == "max");
        }

        if (Functions.FirstOrDefault(Word) is { } function)
        {
            Open();
            Deeper();
            Amount amount = Sum() with { IsPercentage = false };
            int digits = function == "round" && Text(",") ? Digits(Sum()) : 0;
            _depth--;
            if (!Text(")"))
            {
                throw Unexpected("a closing bracket");
            }

            Rational value = amount.Unit?.FromBase(amount.Value) ?? amount.Value;
            value = function switch
            {
                "abs" => value < Rational.Of(0) ? -value : value,
                "round" => value.Round(digits),
                _ => value.Floor(),
            };
            return amount with { Value = amount.Unit?.ToBase(value) ?? value };
        }

        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.' || IsGroup()))
        {
            _at++;
        }

        if (_at == start)
        {
            throw Unexpected("a number");
        }

        Rational number = Rational.Parse(text[start.._at].Replace(",", "", StringComparison.Ordinal));
        Blanks();
        return new Amount(number);

        // 1,234,567: a comma with three digits behind it, and no fourth.
        bool IsGroup() => text[_at] == ',' && _at > start && _at + 3 < text.Length && text.AsSpan(_at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0
            && (_at + 4 == text.Length || !char.IsAsciiDigit(text[_at + 4]));
    }

    /// <summary>How many decimals somebody wants.</summary>
    private static int Digits(Amount amount) =>
        amount.Unit is null && amount.Value.CompareTo(Rational.Of(0)) >= 0 && amount.Value.CompareTo(Rational.Of(MostDecimals)) <= 0 && amount.Value.Floor().CompareTo(amount.Value) == 0
            ? int.Parse(amount.Value.ToString(), CultureInfo.InvariantCulture)
            : throw new ToolException($"round takes a number and how many decimals it is to have, from 0 to {MostDecimals}: round(2 / 3, 8).");

    private void Open()
    {
        if (!Text("("))
        {
            throw Unexpected("an opening bracket");
        }
    }

    /// <summary>The largest or smallest of what stands in the brackets, in the unit that it is written in.</summary>
    private Amount Extreme(bool largest)
    {
        Deeper();
        Amount best = Sum();
        int count = 1;
        for (; Text(","); count++)
        {
            Amount next = Alike(best, Sum());
            best = next.Value.CompareTo(best.Value) > 0 == largest ? next : best;
        }

        _depth--;
        return count == 1 ? throw Unexpected("a comma with a blank behind it, and another number,")
            : Text(")") ? best with { IsPercentage = false } : throw Unexpected("a comma or a closing bracket");
    }

    private Amount Bracketed()
    {
        Deeper();
        Amount amount = Sum();
        _depth--;
        return Text(")") ? amount with { IsPercentage = false } : throw Unexpected("a closing bracket");
    }

    private void Deeper()
    {
        if (++_depth > DeepestNesting)
        {
            throw new ToolException($"The expression is nested more than {DeepestNesting} deep.");
        }
    }

    /// <summary>The right amount, if it can be added to the left one.</summary>
    private static Amount Alike(Amount left, Amount right) => left.Unit?.Quantity == right.Unit?.Quantity
        ? right
        : throw new ToolException($"{Of(left.Unit)} and {Of(right.Unit)} do not go together.");

    private static string Of(Unit? unit) => unit is null ? "A number without a unit" : $"An amount in {unit.Symbol}";

    private static string Written(Amount amount)
    {
        Rational value = amount.Unit?.FromBase(amount.Value) ?? amount.Value;
        return (value.HasEnd ? value.ToString() : "about " + value.Round(Decimals(value))) + (amount.Unit is null ? "" : " " + amount.Unit.Symbol);
    }

    private static int Decimals(Rational value)
    {
        Rational size = value.CompareTo(Rational.Of(0)) < 0 ? -value : value;
        int decimals = WrittenDigits;
        for (Rational one = Rational.Of(1); size.CompareTo(one) < 0 && decimals < MostDecimals; decimals++)
        {
            size *= Rational.Of(10);
        }

        return size.CompareTo(Rational.Of(1)) >= 0 && decimals > WrittenDigits ? decimals - 1 : decimals;
    }

    private Unit? UnitHere()
    {
        int end = _at;
        while (end < text.Length && (char.IsLetter(text[end]) || text[end] == '\u00B0'))
        {
            end++;
        }

        if (end == _at || Units.Find(text[_at..end]) is not { } unit)
        {
            return null;
        }

        _at = end;
        Blanks();
        return unit;
    }

    private string? Comparison() => Array.Find(Comparisons, Text);

    private char? Sign(params ReadOnlySpan<char> signs)
    {
        if (_at == text.Length || !signs.Contains(text[_at]) || (text[_at] == '*' && _at + 1 < text.Length && text[_at + 1] == '*'))
        {
            return null;
        }

        char sign = text[_at++];
        Blanks();
        return sign;
    }

    private bool Text(string wanted)
    {
        if (string.CompareOrdinal(text, _at, wanted, 0, wanted.Length) != 0)
        {
            return false;
        }

        _at += wanted.Length;
        Blanks();
        return true;
    }

    private bool Word(string wanted)
    {
        int end = _at + wanted.Length;
        return (end >= text.Length || !char.IsLetter(text[end])) && Text(wanted);
    }

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private ToolException Unexpected(string wanted) => new(_at == text.Length
        ? $"The expression ends where {wanted} should follow."
        : $"At character {_at + 1}, where {wanted} should stand, there is '{(text.Length - _at > 12 ? text.Substring(_at, 12) + "…" : text[_at..])}'.");
}
