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
        var ends = new List<int>();
        for (int at = 0; at < _text.Length;)
        {
            int end = _whole(at, end => end);
            Assert.True(end > at, "The pattern matches at least one character everywhere.");
            at = end;
            ends.Add(at == _text.Length ? utf8.Length : _text[at].Start);
        }

        return ends;
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
            '{' => (_pattern[_at + 1] - '0', _pattern[_at + 3] - '0'),
            _ => (-1, -1),
        };
        if (least < 0)
        {
            return atom;
        }

        _at += _pattern[_at] == '{' ? 5 : 1;
        return (at, next) => Repeat(at, 0, next);

        int Repeat(int at, int done, Func<int, int> next)
        {
            int end = done < most ? atom(at, after => Repeat(after, done + 1, next)) : -1;
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
        while (!TryTake("]"))
        {
            members.Add(Single(ignoreCase: false));
        }

        return rune => members.Any(member => member(rune)) != negated;
    }

    private Func<Rune, bool> Single(bool ignoreCase)
    {
        char literal = _pattern[_at++];
        if (literal != '\\')
        {
            return rune => (ignoreCase ? Fold(rune) : rune) == new Rune(literal);
        }

        switch (_pattern[_at++])
        {
            case 'r': return rune => rune.Value == '\r';
            case 'n': return rune => rune.Value == '\n';
            case 's': return Rune.IsWhiteSpace;
            case 'S': return rune => !Rune.IsWhiteSpace(rune);
            default:
                char category = _pattern[_at + 1];
                _at += 3;
                return rune => Rune.GetUnicodeCategory(rune) switch
                {
                    UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => category == 'L',
                    UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => category == 'N',
                    _ => false,
                };
        }
    }

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
