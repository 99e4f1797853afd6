using System.Buffers.Binary;

namespace Gestalt.Text;

/// <summary>
/// SentencePiece's compiled table of replacements: a double-array trie (Darts, XOR-compressed) from sequences of bytes to the texts that replace them, the longest first.
/// </summary>
/// <remarks>
/// Layout: the trie's length in bytes (u32), its units (u32 each), then the replacements, each ended by a zero. A unit has its label in bits 0 to 7 (bit 31 set in units of values), whether a
/// value hangs on it in bit 8, the distance to its children in bits 10 to 30, and in bit 9 whether that counts by 256.
/// </remarks>
internal sealed class CharacterMapNormalizer : TextNormalizer
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <exception cref="InvalidDataException">The table is cut short.</exception>
    public CharacterMapNormalizer(ReadOnlySpan<byte> table)
    {
        uint length = table.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (length > table.Length - sizeof(uint) || length % sizeof(uint) != 0 || length == 0)
        {
            throw new InvalidDataException($"The precompiled character map of {table.Length} bytes is cut short or damaged.");
        }

        _units = new uint[length / sizeof(uint)];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(sizeof(uint) * (i + 1))..]);
        }

        _replacements = table[(sizeof(uint) + (int)length)..].ToArray();
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        var result = new List<byte>(utf8.Length + utf8.Length / 8);
        while (!utf8.IsEmpty)
        {
            if (Longest(utf8, out int replacement) is > 0 and int taken)
            {
                ReadOnlySpan<byte> text = _replacements.AsSpan(replacement);
                int end = text.IndexOf((byte)0);
                result.AddRange(end < 0 ? text : text[..end]);
                utf8 = utf8[taken..];
                continue;
            }

            int codePoint = Utf8.Decode(utf8, out int length);
            result.AddRange(codePoint == Utf8.Invalid ? "\uFFFD"u8 : utf8[..length]);
            utf8 = utf8[length..];
        }

        return result.ToArray();
    }

    /// <summary>The length of the longest sequence with which the text begins and that is replaced, and where its replacement stands.</summary>
    private int Longest(ReadOnlySpan<byte> utf8, out int replacement)
    {
        replacement = 0;
        int longest = 0;
        uint node = Children(0);
        for (int i = 0; i < utf8.Length && utf8[i] != 0; i++)
        {
            node ^= utf8[i];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != utf8[i])
            {
                break;
            }

            bool hasValue = (_units[node] >> 8 & 1) != 0;
            node ^= Children(node);
            if (hasValue && node < _units.Length && (_units[node] & 0x7FFFFFFF) is uint at && at < _replacements.Length)
            {
                (longest, replacement) = (i + 1, (int)at);
            }
        }

        return longest;
    }

    private uint Children(uint node) => (_units[node] >> 10) << (int)((_units[node] & 1u << 9) >> 6);
}
