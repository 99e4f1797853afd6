using System.Globalization;
using System.Text;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// Reads the regular expressions of JSON Schema's <c>pattern</c> (ECMA-262, by code points) as far as they are regular: no references back, no looking around. A pattern matches anywhere in a
/// string unless it is anchored.
/// </summary>
internal sealed class PatternParser
{
    private const int MostNesting = 100;
    private static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet Words = CodePointSet.Of(('0', '9'), ('a', 'z'), ('A', 'Z'), ('_', '_'));
    private static readonly CodePointSet Spaces = CodePointSet.OfText("\t\n\v\f\r \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF");
    private static readonly CodePointSet LineEnds = CodePointSet.OfText("\n\r\u2028\u2029");

    private readonly Rune[] _text;
    private readonly string _place;
    private readonly Func<CodePointSet, Expression> _spell;
    private int _next;
    private int _nesting;

    private PatternParser(string pattern, string place, Func<CodePointSet, Expression> spell) => (_text, _place, _spell) = ([.. pattern.EnumerateRunes()], place, spell);

    /// <summary>The strings that a pattern matches.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="ConstraintException">It is no pattern, or one that no finite automaton matches.</exception>
    public static Expression Parse(string pattern, string place)
    {
        var parser = new PatternParser(pattern, place, JsonText.Spell);
        var options = new List<Expression>();
        do
        {
            Expression before = parser.Take('^') ? Expression.Empty : JsonText.AnyCharacter.Many();
            Expression body = parser.ReadSequence();
            Expression behind = parser.Take('$') ? Expression.Empty : JsonText.AnyCharacter.Many();
            options.Add(Expression.Join(before, body, behind));
        }
        while (parser.Take('|'));
        return parser._next == parser._text.Length ? Expression.AnyOf([.. options]) : throw parser.Problem($"unexpected '{parser._text[parser._next]}'");
    }

    private int Current => _next < _text.Length ? _text[_next].Value : -1;

    private Expression ReadAlternatives()
    {
        var options = new List<Expression> { ReadSequence() };
        while (Take('|'))
            options.Add(ReadSequence());
        return Expression.AnyOf([.. options]);
    }

    private Expression ReadSequence()
    {
        var parts = new List<Expression>();
        while (Current is not (-1 or '|' or ')' or '$'))
        {
            if (Current == '^')
                throw Problem("'^' is supported at the beginning of a whole alternative only");
            Expression part = ReadPart();
            parts.Add(ReadCounts(part));
        }
        return Current == '$' && _next + 1 < _text.Length && (_nesting > 0 || _text[_next + 1].Value != '|')
            ? throw Problem("'$' is supported at the end of a whole alternative only")
            : Expression.Join([.. parts]);
    }

    private Expression ReadPart()
    {
        switch (Current)
        {
            case '(': return ReadGroup();
            case '[': return _spell(ReadClass());
            case '.':
                _next++;
                return _spell(LineEnds.Complement());
            case '\\': return _spell(ReadEscape(inClass: false));
            case '*' or '+' or '?': throw Problem("there is nothing to repeat here");
        }
        return _spell(CodePointSet.Of((Current, _text[_next++].Value)));
    }

    private Expression ReadGroup()
    {
        _next++;
        if (++_nesting > MostNesting)
            throw Problem($"groups are nested more than {MostNesting} deep");
        if (Take('?') && !Take(':'))
        {
            if (!Take('<') || Current is '=' or '!')
                throw Problem("looking ahead and behind is not supported");
            while (Current >= 0 && !Take('>'))
                _next++;
        }
        Expression inner = ReadAlternatives();
        if (!Take(')'))
            throw Problem("a ')' is missing, or an anchor stands within a group");
        _nesting--;
        return inner;
    }

    private Expression ReadCounts(Expression part)
    {
        Expression? counted = Current switch
        {
            '*' => part.Many(),
            '+' => part.Many(1),
            '?' => part.Optional(),
            _ => null,
        };
        if (counted is not null)
            _next++;
        else if (Current == '{')
            counted = ReadBraces(part);
        if (counted is null)
            return part;
        Take('?'); // lazy or greedy: the same strings
        return Current is '*' or '+' or '?' or '{' ? throw Problem("two repetitions follow each other; use a group") : counted;
    }

    private Expression ReadBraces(Expression part)
    {
        _next++;
        int least = ReadNumber() ?? throw Problem("a number is expected behind '{'");
        int? most = Take(',') ? ReadNumber() : least;
        if (!Take('}') || most < least)
            throw Problem("this repetition is none; write {2}, {2,} or {2,5}");
        return part.Times(least, most);
    }

    private int? ReadNumber()
    {
        int start = _next;
        while (Current is >= '0' and <= '9')
            _next++;
        string digits = string.Concat(_text[start.._next]);
        if (digits.Length == 0)
            return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Problem($"{digits} is more than any repetition can count");
    }

    private CodePointSet ReadClass()
    {
        _next++;
        bool isNegated = Take('^');
        CodePointSet set = CodePointSet.Of();
        while (!Take(']'))
        {
            if (Current < 0)
                throw Problem("a ']' is missing");
            CodePointSet first = ReadClassMember();
            if (Current != '-' || (_next + 1 < _text.Length && _text[_next + 1].Value == ']'))
            {
                set = set.Union(first);
                continue;
            }
            _next++;
            if (Current < 0)
                throw Problem("a ']' is missing");
            CodePointSet last = ReadClassMember();
            if (first.Count != 1 || last.Count != 1 || last.Ranges[0].First < first.Ranges[0].First)
                throw Problem("a range goes from one character to a later one");
            set = set.Union(CodePointSet.Of((first.Ranges[0].First, last.Ranges[0].First)));
        }
        return isNegated ? set.Complement() : set;
    }

    private CodePointSet ReadClassMember() => Current == '\\' ? ReadEscape(inClass: true) : CodePointSet.Of((Current, _text[_next++].Value));

    private CodePointSet ReadEscape(bool inClass)
    {
        _next++;
        int escape = Current;
        _next++;
        return escape switch
        {
            'd' => Digits,
            'D' => Digits.Complement(),
            'w' => Words,
            'W' => Words.Complement(),
            's' => Spaces,
            'S' => Spaces.Complement(),
            'n' => CodePointSet.OfText("\n"),
            'r' => CodePointSet.OfText("\r"),
            't' => CodePointSet.OfText("\t"),
            'f' => CodePointSet.OfText("\f"),
            'v' => CodePointSet.OfText("\v"),
            '0' when Current is not (>= '0' and <= '9') => CodePointSet.Of((0, 0)),
            'b' when inClass => CodePointSet.OfText("\b"),
            'b' or 'B' => throw Problem("the edges of words (\\b) are not supported"),
            'p' or 'P' => throw Problem("Unicode properties (\\p) are not supported; list the ranges of characters"),
            'k' or (>= '1' and <= '9') => throw Problem("references back are not supported: what they match is not regular"),
            'x' => ReadHex(2),
            'u' when Take('{') => ReadBracedHex(),
            'u' => ReadHex(4),
            >= 0 when !Rune.IsLetterOrDigit(new Rune(escape)) => CodePointSet.Of((escape, escape)),
            _ => throw Problem("there is no such escape"),
        };
    }

    private CodePointSet ReadHex(int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++)
            value = (value << 4) | ReadHexDigit();
        // A pair of surrogates, as ECMA-262 without its u flag writes characters beyond the first plane.
        if (value is >= 0xD800 and <= 0xDBFF && Take('\\') && Take('u'))
        {
            int low = 0;
            for (int i = 0; i < 4; i++)
                low = (low << 4) | ReadHexDigit();
            if (low is >= 0xDC00 and <= 0xDFFF)
                value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        }
        return Rune.IsValid(value) ? CodePointSet.Of((value, value)) : throw Problem($"U+{value:X4} is no character");
    }

    private CodePointSet ReadBracedHex()
    {
        int value = 0;
        while (!Take('}'))
        {
            value = (value << 4) | ReadHexDigit();
            if (value > CodePointSet.Last)
                throw Problem("there are no characters beyond U+10FFFF");
        }
        return Rune.IsValid(value) ? CodePointSet.Of((value, value)) : throw Problem($"U+{value:X4} is no character");
    }

    private int ReadHexDigit() => Current is >= 0 and < 128 && char.IsAsciiHexDigit((char)Current)
        ? Convert.ToInt32(_text[_next++].ToString(), 16)
        : throw Problem("a hexadecimal digit is expected");

    private bool Take(char expected)
    {
        if (Current != expected)
            return false;
        _next++;
        return true;
    }

    private ConstraintException Problem(string problem) => new(_place, $"in the pattern '{string.Concat(_text.Take(60))}', at character {_next + 1}: {problem}.");
}
