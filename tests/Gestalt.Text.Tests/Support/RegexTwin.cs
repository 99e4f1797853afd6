using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>
/// A slow, backtracking interpreter for the little language in which the pre-tokenizers are published, over whole code points. It reads the very patterns that
/// stand in <c>tokenizer.json</c>, so the scanners are compared with the specification and not with a second reading of it.
/// </summary>
internal sealed class RegexTwin
{
    private readonly string _pattern;
    private readonly Match _whole;
    private int _at;
    private int _last;
    private Unit[] _text = [];

    public RegexTwin(string pattern)
    {
        _pattern = pattern;
        _whole = Alternatives(ignoreCase: false);
        Assert.Equal(pattern.Length, _at);
    }

    /// <summary>Tries to match at a position; the rest of the pattern is <paramref name="next"/>, which returns where it ends or -1.</summary>
    private delegate int Match(int at, Func<int, int> next);

    private readonly record struct Unit(Rune Rune, int Start);

    /// <summary>Where the words of a text end, in bytes, when patterns cut it one within the words of another: the words are their matches and what is between these.</summary>
    public static List<int> WordEnds(IReadOnlyList<RegexTwin> patterns, byte[] utf8)
    {
        var words = new List<Range> { .. };
        foreach (RegexTwin pattern in patterns)
        {
            words = [.. words.SelectMany(word =>
            {
                (int start, int length) = word.GetOffsetAndLength(utf8.Length);
                int[] ends = [start, .. pattern.WordEnds(utf8.AsSpan(start, length)).Select(end => start + end)];
                return ends.Zip(ends.Skip(1), (from, to) => from..to);
            })];
        }

        return [.. words.Select(word => word.End.GetOffset(utf8.Length))];
    }

    /// <summary>Where the words of a text end, in bytes. An invalid byte counts as one U+FFFD.</summary>
    public List<int> WordEnds(ReadOnlySpan<byte> utf8)
    {
        var units = new List<Unit>();
        for (int start = 0; start < utf8.Length;)
        {
            bool valid = Rune.DecodeFromUtf8(utf8[start..], out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            units.Add(new Unit(valid ? rune : Rune.ReplacementChar, start));
            start += valid ? length : 1;
        }

        _text = [.. units];
        int bytes = utf8.Length;
        var ends = new List<int>();
        int gap = 0;
        for (int at = 0; at < _text.Length;)
        {
            int end = _whole(at, end => end);
            if (end <= at)
            {
                at++;
                continue;
            }

            if (at > gap)
            {
                ends.Add(ByteOf(at));
            }

            at = end;
            gap = end;
            ends.Add(ByteOf(at));
        }

        if (gap < _text.Length)
        {
            ends.Add(bytes);
        }

        return ends;

        int ByteOf(int unit) => unit == _text.Length ? bytes : _text[unit].Start;
    }

    private Match Alternatives(bool ignoreCase)
    {
        var options = new List<Match> { Sequence(ignoreCase) };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            options.Add(Sequence(ignoreCase));
        }

        return (at, next) => options.Select(option => option(at, next)).FirstOrDefault(end => end >= 0, -1);
    }

    private Match Sequence(bool ignoreCase)
    {
        var items = new List<Match>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            items.Add(Quantified(Atom(ignoreCase)));
        }

        return items.AsEnumerable().Reverse().Aggregate(
            (Match)((at, next) => next(at)),
            (rest, item) => (at, next) => item(at, end => rest(end, next)));
    }

    private Match Quantified(Match atom)
    {
        (int least, int most) = (_at < _pattern.Length ? _pattern[_at] : ' ') switch
        {
            '?' => (0, 1),
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '{' => Counts(),
            _ => (-1, -1),
        };
        if (least < 0)
        {
            return atom;
        }

        _at = _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) + 1 : _at + 1;
        return (at, next) => Repeat(at, 0, next);

        (int, int) Counts()
        {
            string[] counts = _pattern[(_at + 1).._pattern.IndexOf('}', _at)].Split(',');
            return (int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[^1], CultureInfo.InvariantCulture));
        }

        int Repeat(int at, int done, Func<int, int> next)
        {
            int end = done < most ? atom(at, after => after == at && done >= least ? -1 : Repeat(after, done + 1, next)) : -1;
            return end >= 0 ? end : done >= least ? next(at) : -1;
        }
    }

    private Match Atom(bool ignoreCase)
    {
        if (TryTake("(?i:"))
        {
            return Closed(Alternatives(ignoreCase: true));
        }

        if (TryTake("(?!"))
        {
            Match inner = Closed(Alternatives(ignoreCase));
            return (at, next) => inner(at, end => end) >= 0 ? -1 : next(at);
        }

        if (TryTake("(?="))
        {
            Match inner = Closed(Alternatives(ignoreCase));
            return (at, next) => inner(at, end => end) < 0 ? -1 : next(at);
        }

        if (TryTake("(?:") || TryTake("("))
        {
            return Closed(Alternatives(ignoreCase));
        }

        if (TryTake("$"))
        {
            return (at, next) => at == _text.Length || _text[at].Rune.Value == '\n' ? next(at) : -1;
        }

        Func<Rune, bool> accepts = _pattern[_at] == '[' ? Class() : Single(ignoreCase);
        return (at, next) => at < _text.Length && accepts(_text[at].Rune) ? next(at + 1) : -1;
    }

    private Match Closed(Match inner)
    {
        Assert.True(TryTake(")"));
        return inner;
    }

    private Func<Rune, bool> Class()
    {
        bool negated = TryTake("[^") || !TryTake("[");
        var members = new List<Func<Rune, bool>>();
        Func<Rune, bool>? common = null;
        while (!TryTake("]"))
        {
            if (TryTake("&&"))
            {
                Func<Rune, bool>[] before = [.. members];
                common = rune => before.Any(member => member(rune));
                members.Clear();
            }
            else if (_pattern[_at] == '[')
            {
                members.Add(Class());
            }
            else
            {
                Func<Rune, bool> member = Single(ignoreCase: false);
                if (_pattern[_at] == '-' && _pattern[_at + 1] != ']')
                {
                    int first = _last;
                    _at++;
                    Single(ignoreCase: false);
                    int last = _last;
                    member = rune => first <= rune.Value && rune.Value <= last;
                }

                members.Add(member);
            }
        }

        return rune => (members.Any(member => member(rune)) && (common is null || common(rune))) != negated;
    }

    private Func<Rune, bool> Single(bool ignoreCase)
    {
        Assert.True(Rune.TryGetRuneAt(_pattern, _at, out Rune literal));
        _at += literal.Utf16SequenceLength;
        _last = literal.Value;
        if (literal.Value != '\\')
        {
            return rune => (ignoreCase ? Fold(rune) : rune) == literal;
        }

        char escaped = _pattern[_at++];
        switch (escaped)
        {
            case 'r': return Only('\r');
            case 'n': return Only('\n');
            case 't': return Only('\t');
            case 's': return Rune.IsWhiteSpace;
            case 'S': return rune => !Rune.IsWhiteSpace(rune);
            case 'p': break;
            default:
                Assert.False(char.IsAsciiLetterOrDigit(escaped));
                return Only(escaped);
        }

        int close = _pattern.IndexOf('}', _at);
        string name = _pattern[(_at + 1)..close];
        _at = close + 1;
        return name == "Han" ? IsHan : rune => Abbreviation(Rune.GetUnicodeCategory(rune)).StartsWith(name, StringComparison.Ordinal);

        Func<Rune, bool> Only(char value)
        {
            _last = value;
            return rune => rune.Value == value;
        }
    }

    // What the random texts have of the script, and its neighbours.
    private static bool IsHan(Rune rune) => rune.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or 0x3005 or 0x3007
        or (>= 0x2E80 and <= 0x2E99) or (>= 0x2E9B and <= 0x2EF3) or (>= 0x2F00 and <= 0x2FD5) or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B)
        or (>= 0xF900 and <= 0xFA6D) or (>= 0xFA70 and <= 0xFAD9) or (>= 0x2A700 and <= 0x2B739) or (>= 0x2B740 and <= 0x2B81D) or (>= 0x2B820 and <= 0x2CEA1)
        or (>= 0x2CEB0 and <= 0x2EBE0) or (>= 0x2EBF0 and <= 0x2EE5D) or (>= 0x2F800 and <= 0x2FA1D) or (>= 0x30000 and <= 0x3134A) or (>= 0x31350 and <= 0x323AF)
        or 0x16FE2 or 0x16FE3 or 0x16FF0 or 0x16FF1;

    private static string Abbreviation(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation => "P",
        UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => "S",
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "Z",
        _ => "C",
    };

    // Unicode's simple case folding, as far as it reaches ASCII letters from outside: long s and the Kelvin sign.
    private static Rune Fold(Rune rune) => rune.Value switch
    {
        0x17F => new Rune('s'),
        0x212A => new Rune('k'),
        < 0x80 => Rune.ToLowerInvariant(rune),
        _ => rune,
    };

    private bool TryTake(string text)
    {
        bool there = string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;
        _at += there ? text.Length : 0;
        return there;
    }
}
