using System.Globalization;

namespace Gestalt.Text;

/// <summary>
/// A set of code points as a pattern writes it: general categories, ranges and other sets, all of them or their complement, or what several sets have in common.
/// </summary>
internal sealed class CharacterSet
{
    private const int LastCodePoint = 0x10FFFF;

    // The script Han in Unicode 16.
    private static readonly (int First, int Last)[] HanRanges =
    [
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF), (0x2A700, 0x2B739),
        (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF),
    ];

    private readonly uint _categories;
    private readonly (int First, int Last)[] _ranges;
    private readonly CharacterSet[] _parts;
    private readonly bool _isIntersection;
    private readonly bool _isNegated;

    private CharacterSet(uint categories, (int First, int Last)[] ranges, CharacterSet[] parts, bool isIntersection = false, bool isNegated = false)
    {
        _categories = categories;
        _ranges = ranges;
        _parts = parts;
        _isIntersection = isIntersection;
        _isNegated = isNegated;
    }

    /// <summary>The property White_Space, which is <c>\s</c>.</summary>
    public static CharacterSet WhiteSpace { get; } =
        new(Mask(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator), [('\t', '\r'), (0x85, 0x85)], []);

    /// <summary>The characters of words, <c>\w</c>: letters, marks, digits, connecting punctuation.</summary>
    public static CharacterSet Word { get; } =
        new(
            Mask(UnicodeCategory.UppercaseLetter, UnicodeCategory.LetterNumber) | Mask(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.ConnectorPunctuation),
            [(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189), (0x200C, 0x200D)],
            []);

    /// <summary>Everything but a line feed, which is what <c>.</c> means.</summary>
    public static CharacterSet AnyButLineFeed { get; } = Of('\n', '\n').Complement();

    /// <summary>The characters of a range.</summary>
    public static CharacterSet Of(int first, int last) => new(0, [(first, last)], []);

    /// <summary>One character, with its other case where case is ignored: ASCII letters, and the long s and the Kelvin sign that fold to them.</summary>
    public static CharacterSet Of(int codePoint, bool ignoreCase)
    {
        if (!ignoreCase || codePoint >= 0x80 || !char.IsAsciiLetter((char)codePoint))
        {
            return Of(codePoint, codePoint);
        }

        int lower = codePoint | 0x20;
        (int, int)[] both = [(lower, lower), (lower - 0x20, lower - 0x20)];
        return new CharacterSet(0, lower switch { 's' => [.. both, (0x17F, 0x17F)], 'k' => [.. both, (0x212A, 0x212A)], _ => both }, []);
    }

    /// <summary>The set of a name in <c>\p{…}</c>: a general category, or the script Han; null for any other.</summary>
    public static CharacterSet? Named(string name) => name switch
    {
        "L" or "Letter" => Categories(UnicodeCategory.UppercaseLetter, UnicodeCategory.OtherLetter),
        "Lu" => Categories(UnicodeCategory.UppercaseLetter),
        "Ll" => Categories(UnicodeCategory.LowercaseLetter),
        "Lt" => Categories(UnicodeCategory.TitlecaseLetter),
        "Lm" => Categories(UnicodeCategory.ModifierLetter),
        "Lo" => Categories(UnicodeCategory.OtherLetter),
        "M" or "Mark" => Categories(UnicodeCategory.NonSpacingMark, UnicodeCategory.EnclosingMark),
        "Mn" => Categories(UnicodeCategory.NonSpacingMark),
        "Mc" => Categories(UnicodeCategory.SpacingCombiningMark),
        "Me" => Categories(UnicodeCategory.EnclosingMark),
        "N" or "Number" => Categories(UnicodeCategory.DecimalDigitNumber, UnicodeCategory.OtherNumber),
        "Nd" => Categories(UnicodeCategory.DecimalDigitNumber),
        "Nl" => Categories(UnicodeCategory.LetterNumber),
        "No" => Categories(UnicodeCategory.OtherNumber),
        "P" or "Punctuation" => Categories(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation),
        "S" or "Symbol" => Categories(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol),
        "Sm" => Categories(UnicodeCategory.MathSymbol),
        "Sc" => Categories(UnicodeCategory.CurrencySymbol),
        "Z" or "Separator" => Categories(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator),
        "Zs" => Categories(UnicodeCategory.SpaceSeparator),
        "C" or "Other" => new CharacterSet(Mask(UnicodeCategory.Control, UnicodeCategory.PrivateUse) | 1u << (int)UnicodeCategory.OtherNotAssigned, [], []),
        "Cc" => Categories(UnicodeCategory.Control),
        "Han" => new CharacterSet(0, HanRanges, []),
        _ => null,
    };

    /// <summary>What is in any of the sets.</summary>
    public static CharacterSet Union(IEnumerable<CharacterSet> parts) => new(0, [], [.. parts]);

    /// <summary>What is in all of the sets.</summary>
    public static CharacterSet Intersection(IEnumerable<CharacterSet> parts) => new(0, [], [.. parts], isIntersection: true);

    /// <summary>All other code points.</summary>
    public CharacterSet Complement() => new(_categories, _ranges, _parts, _isIntersection, !_isNegated);

    /// <summary>Whether a code point of a category is in the set.</summary>
    public bool Contains(int codePoint, UnicodeCategory category)
    {
        bool isIn = _isIntersection;
        foreach (CharacterSet part in _parts)
        {
            if (part.Contains(codePoint, category) != _isIntersection)
            {
                isIn = !_isIntersection;
                break;
            }
        }

        isIn |= (_categories >> (int)category & 1) != 0;
        foreach ((int first, int last) in _ranges)
        {
            isIn |= first <= codePoint && codePoint <= last;
        }

        return isIn != _isNegated;
    }

    /// <summary>Adds the code points at which membership may change otherwise than with the category: where a range begins and just behind its end.</summary>
    public void CollectBorders(ISet<int> borders)
    {
        foreach ((int first, int last) in _ranges)
        {
            borders.Add(first);
            borders.Add(Math.Min(last, LastCodePoint) + 1);
        }

        foreach (CharacterSet part in _parts)
        {
            part.CollectBorders(borders);
        }
    }

    private static CharacterSet Categories(UnicodeCategory only) => Categories(only, only);

    private static CharacterSet Categories(UnicodeCategory first, UnicodeCategory last) => new(Mask(first, last), [], []);

    private static uint Mask(UnicodeCategory first, UnicodeCategory last) => (2u << (int)last) - (1u << (int)first);
}
