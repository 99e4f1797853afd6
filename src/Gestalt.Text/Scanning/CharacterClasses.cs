using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>
/// The code points divided into the classes that a pattern tells apart: those that are in the same of its sets. ASCII is looked up in one table; everything else in a
/// table of two stages, 4,352 blocks of 256 code points, of which each block is filled when a text first needs it.
/// </summary>
internal sealed unsafe class CharacterClasses
{
    private const int BlockSize = 256;
    private const int CategoryCount = 30;
    private const int MostClasses = 250;
    private const int CodePoints = 0x110000;
    private const int AsciiCount = 0x80;

    private readonly int[] _borders;
    private readonly byte[] _classOf;
    private readonly byte[] _ascii = new byte[AsciiCount];
    private readonly byte[]?[] _blocks = new byte[]?[CodePoints / BlockSize];
    private readonly List<bool[]> _members = [];
    private readonly bool[] _isBeyondAscii = new bool[256];
    private readonly byte _invalid;

    /// <exception cref="InvalidDataException">The sets tell too many classes apart.</exception>
    public CharacterClasses(IReadOnlyList<CharacterSet> sets)
    {
        var borders = new SortedSet<int> { 0, AsciiCount, CodePoints };
        foreach (CharacterSet set in sets)
        {
            set.CollectBorders(borders);
        }

        _borders = [.. borders];
        _classOf = new byte[(_borders.Length - 1) * CategoryCount];
        var known = new Dictionary<string, byte>(StringComparer.Ordinal);
        for (int interval = 0; interval + 1 < _borders.Length; interval++)
        {
            int first = _borders[interval];
            bool isSingle = _borders[interval + 1] == first + 1;
            for (int category = 0; category < CategoryCount; category++)
            {
                if (!isSingle || (int)CharUnicodeInfo.GetUnicodeCategory(first) == category)
                {
                    byte found = ClassOf(sets, known, first, (UnicodeCategory)category);
                    _classOf[interval * CategoryCount + category] = found;
                    _isBeyondAscii[found] |= first >= AsciiCount;
                }
            }
        }

        for (int i = 0; i < _ascii.Length; i++)
        {
            _ascii[i] = FromCategory(i);
        }

        _invalid = FromCategory(0xFFFD);
    }

    /// <summary>The number of classes.</summary>
    public int Count => _members.Count;

    /// <summary>Whether the characters of a class are in a set.</summary>
    public bool IsIn(int characterClass, int set) => _members[characterClass][set];

    /// <summary>The classes of the ASCII characters.</summary>
    public ReadOnlySpan<byte> Ascii => _ascii;

    /// <summary>Whether a class may have characters that are not ASCII.</summary>
    public bool IsBeyondAscii(int characterClass) => _isBeyondAscii[characterClass];

    /// <summary>The class of one ASCII character.</summary>
    public int OfAscii(byte value) => _ascii[value];

    /// <summary>The class of the character at a position and its length in bytes. A byte that is part of no character is taken for one U+FFFD.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int At(byte* text, int at, int end, out int length)
    {
        byte first = text[at];
        if (first < 0x80)
        {
            length = 1;
            return _ascii[first];
        }

        return BeyondAscii(text + at, end - at, out length);
    }

    /// <summary>The class of the character at a position that does not begin with an ASCII byte, and its length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int BeyondAscii(byte* text, int available, out int length)
    {
        int codePoint = Utf8.Decode(text, available, out length);
        return codePoint == Utf8.Invalid ? _invalid : OfCodePoint(codePoint);
    }

    /// <summary>The class of a code point.</summary>
    public int OfCodePoint(int codePoint)
    {
        byte[] block = _blocks[codePoint / BlockSize] ?? FillBlock(codePoint / BlockSize);
        return block[codePoint % BlockSize];
    }

    private byte ClassOf(IReadOnlyList<CharacterSet> sets, Dictionary<string, byte> known, int codePoint, UnicodeCategory category)
    {
        var members = new bool[sets.Count];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = sets[i].Contains(codePoint, category);
        }

        string signature = string.Create(members.Length, members, static (text, members) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = members[i] ? '1' : '0';
            }
        });
        if (!known.TryGetValue(signature, out byte found))
        {
            if (_members.Count == MostClasses)
            {
                throw new InvalidDataException($"A pattern that tells more than {MostClasses} kinds of characters apart is not supported.");
            }

            found = (byte)_members.Count;
            _members.Add(members);
            known.Add(signature, found);
        }

        return found;
    }

    // Two threads may fill the same block at once: they write the same bytes, and either array will do.
    private byte[] FillBlock(int block)
    {
        var classes = new byte[BlockSize];
        for (int i = 0; i < BlockSize; i++)
        {
            classes[i] = FromCategory(block * BlockSize + i);
        }

        Volatile.Write(ref _blocks[block], classes);
        return classes;
    }

    private byte FromCategory(int codePoint)
    {
        int interval = Array.BinarySearch(_borders, codePoint);
        interval = interval < 0 ? ~interval - 1 : interval;
        return _classOf[interval * CategoryCount + (int)CharUnicodeInfo.GetUnicodeCategory(codePoint)];
    }
}
