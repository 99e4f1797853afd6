using System.Globalization;
using System.Text;

namespace Gestalt.Text;

/// <summary>
/// Reads the dialect of regular expressions in which pre-tokenizers are published (Oniguruma's, as <c>tokenizer.json</c> has it): alternatives, groups, <c>(?i:…)</c>, classes
/// with categories, ranges, nesting and <c>&amp;&amp;</c>, quantifiers, and looking ahead at one character. Everything else is refused by its name.
/// </summary>
internal sealed class PatternParser
{
    private const int LongestPattern = 20_000;
    private const int DeepestNesting = 40;
    private const int MostRepetitions = 1024;

    private readonly string _pattern;
    private int _at;
    private int _depth;

    private PatternParser(string pattern) => _pattern = pattern;

    private bool IsAtEnd => _at >= _pattern.Length;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="InvalidDataException">It is no such pattern; the message says where and why.</exception>
    public static PatternNode Parse(string pattern)
    {
        if (pattern.Length is 0 or > LongestPattern)
        {
            throw new InvalidDataException($"A pattern of {pattern.Length} characters is not supported; 1 to {LongestPattern} are.");
        }

        var parser = new PatternParser(pattern);
        PatternNode node = parser.Alternatives(ignoreCase: false);
        return parser.IsAtEnd ? node : throw parser.Refuse("a ) that closes nothing");
    }

    private PatternNode Alternatives(bool ignoreCase)
    {
        if (++_depth > DeepestNesting)
        {
            throw Refuse($"more than {DeepestNesting} groups inside each other");
        }

        var options = new List<PatternNode> { Sequence(ignoreCase) };
        while (TryTake("|"))
        {
            options.Add(Sequence(ignoreCase));
        }

        _depth--;
        return options.Count == 1 ? options[0] : new PatternNode.Choice(options);
    }

    private PatternNode.Sequence Sequence(bool ignoreCase)
    {
        var parts = new List<PatternNode>();
        while (!IsAtEnd && _pattern[_at] is not ('|' or ')'))
        {
            parts.Add(Quantified(Atom(ignoreCase)));
        }

        return new PatternNode.Sequence(parts);
    }

    private PatternNode Quantified(PatternNode atom)
    {
        if (IsAtEnd || !TryQuantifier(out int least, out int most))
        {
            return atom;
        }

        if (TryTake("+"))
        {
            throw Refuse("a possessive quantifier", before: 1);
        }

        bool isLazy = TryTake("?");
        return !IsAtEnd && _pattern[_at] is '*' or '+' or '?' ? throw Refuse("a quantifier of a quantifier") : new PatternNode.Repeat(atom, least, most, isLazy);
    }

    private bool TryQuantifier(out int least, out int most)
    {
        (least, most) = _pattern[_at] switch
        {
            '?' => (0, 1),
            '*' => (0, PatternNode.Repeat.Unlimited),
            '+' => (1, PatternNode.Repeat.Unlimited),
            _ => (-1, -1),
        };
        if (least >= 0)
        {
            _at++;
            return true;
        }

        int close = _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) : -1;
        if (close < 0)
        {
            return false;
        }

        string[] bounds = _pattern[(_at + 1)..close].Split(',');
        if (bounds.Length > 2 || !TryCount(bounds[0], 0, out least) || !TryCount(bounds[^1], PatternNode.Repeat.Unlimited, out most) || least > most
            || Math.Max(least, most == PatternNode.Repeat.Unlimited ? 0 : most) > MostRepetitions)
        {
            throw Refuse($"other repetitions than {{n}} and {{n,m}} up to {MostRepetitions}");
        }

        _at = close + 1;
        return true;
    }

    private static bool TryCount(string text, int otherwise, out int count)
    {
        count = otherwise;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private PatternNode Atom(bool ignoreCase)
    {
        if (TryTake("(?!") || TryTake("(?="))
        {
            bool isNegated = _pattern[_at - 1] == '!';
            return new PatternNode.Look(OnlyCharacter(Closed(Alternatives(ignoreCase))), isNegated);
        }

        if (TryTake("(?i:"))
        {
            return Closed(Alternatives(ignoreCase: true));
        }

        if (TryTake("(?:"))
        {
            return Closed(Alternatives(ignoreCase));
        }

        if (!IsAtEnd && string.CompareOrdinal(_pattern, _at, "(?", 0, 2) == 0)
        {
            throw Refuse("a group of another kind than (…), (?:…), (?i:…), (?=…) and (?!…)");
        }

        if (TryTake("("))
        {
            return Closed(Alternatives(ignoreCase));
        }

        return _pattern[_at] switch
        {
            '$' => Take(new PatternNode.LineEnd()),
            '.' => Take(new PatternNode.Character(CharacterSet.AnyButLineFeed)),
            '^' => throw Refuse("the beginning of a line"),
            '*' or '+' or '?' => throw Refuse("a quantifier of nothing"),
            '[' => new PatternNode.Character(Class()),
            _ => new PatternNode.Character(Single(ignoreCase, out _)),
        };

        PatternNode Take(PatternNode node)
        {
            _at++;
            return node;
        }
    }

    private PatternNode Closed(PatternNode inner) => TryTake(")") ? inner : throw Refuse("a group that is not closed");

    private CharacterSet OnlyCharacter(PatternNode node) => node switch
    {
        PatternNode.Character character => character.Set,
        PatternNode.Sequence { Parts: [PatternNode only] } => OnlyCharacter(only),
        PatternNode.Choice choice => CharacterSet.Union(choice.Options.Select(OnlyCharacter)),
        _ => throw Refuse("looking ahead at more than one character"),
    };

    private CharacterSet Class()
    {
        if (++_depth > DeepestNesting)
        {
            throw Refuse($"more than {DeepestNesting} classes inside each other");
        }

        _at++;
        bool isNegated = TryTake("^");
        var common = new List<CharacterSet>();
        var members = new List<CharacterSet>();
        while (!TryTake("]"))
        {
            if (IsAtEnd)
            {
                throw Refuse("a class that is not closed");
            }

            if (TryTake("&&"))
            {
                common.Add(CharacterSet.Union(members));
                members = [];
            }
            else
            {
                members.Add(_pattern[_at] == '[' ? NestedClass() : Member());
            }
        }

        _depth--;
        CharacterSet set = common.Count == 0 ? CharacterSet.Union(members) : CharacterSet.Intersection([.. common, CharacterSet.Union(members)]);
        return isNegated ? set.Complement() : set;
    }

    private CharacterSet NestedClass() =>
        string.CompareOrdinal(_pattern, _at, "[:", 0, 2) == 0 ? throw Refuse("a POSIX class") : Class();

    private CharacterSet Member()
    {
        CharacterSet single = Single(ignoreCase: false, out int first);
        bool isRange = first >= 0 && _at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']';
        if (!isRange)
        {
            return single;
        }

        _at++;
        Single(ignoreCase: false, out int last);
        return last >= first ? CharacterSet.Of(first, last) : throw Refuse("a range whose end is before its beginning");
    }

    /// <summary>One character or one escape; <paramref name="codePoint"/> is the character, -1 for a set.</summary>
    private CharacterSet Single(bool ignoreCase, out int codePoint)
    {
        if (IsAtEnd || !Rune.TryGetRuneAt(_pattern, _at, out Rune rune))
        {
            throw Refuse("half of a surrogate pair");
        }

        _at += rune.Utf16SequenceLength;
        codePoint = rune.Value;
        return codePoint == '\\' ? Escape(ignoreCase, out codePoint) : CharacterSet.Of(codePoint, ignoreCase);
    }

    private CharacterSet Escape(bool ignoreCase, out int codePoint)
    {
        codePoint = -1;
        char letter = IsAtEnd ? throw Refuse("a \\ at the end") : _pattern[_at++];
        switch (letter)
        {
            case 's': return CharacterSet.WhiteSpace;
            case 'S': return CharacterSet.WhiteSpace.Complement();
            case 'w': return CharacterSet.Word;
            case 'W': return CharacterSet.Word.Complement();
            case 'd': return CharacterSet.Named("Nd")!;
            case 'D': return CharacterSet.Named("Nd")!.Complement();
            case 'p' or 'P': return Property(isNegated: letter == 'P');
        }

        codePoint = letter switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'u' => Hexadecimal(4),
            'x' when !IsAtEnd && _pattern[_at] == '{' => Hexadecimal(_pattern.IndexOf('}', _at) - _at - 1, braces: true),
            'x' => Hexadecimal(2),
            _ when char.IsAsciiLetterOrDigit(letter) => throw Refuse($"the escape \\{letter}", before: 2),
            _ => letter,
        };
        return CharacterSet.Of(codePoint, ignoreCase);
    }

    private CharacterSet Property(bool isNegated)
    {
        int close = TryTake("{") ? _pattern.IndexOf('}', _at) : -1;
        string name = close < 0 ? throw Refuse("\\p without a name in braces") : _pattern[_at..close];
        isNegated ^= name.StartsWith('^');
        name = name.TrimStart('^');
        CharacterSet set = CharacterSet.Named(name) ?? throw Refuse($"the character property \\p{{{Vocabulary.Shorten(name)}}}");
        _at = close + 1;
        return isNegated ? set.Complement() : set;
    }

    private int Hexadecimal(int digits, bool braces = false)
    {
        int start = _at + (braces ? 1 : 0);
        if (digits is < 1 or > 6 || start + digits > _pattern.Length
            || !int.TryParse(_pattern.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || !Rune.IsValid(value))
        {
            throw Refuse("a character number that is none");
        }

        _at = start + digits + (braces ? 1 : 0);
        return value;
    }

    private bool TryTake(string text)
    {
        bool isThere = string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;
        _at += isThere ? text.Length : 0;
        return isThere;
    }

    private InvalidDataException Refuse(string what, int before = 0) =>
        new($"The pattern {Vocabulary.Shorten(_pattern, 200)} has, at character {_at - before}, {what}, which is not supported.");
}
