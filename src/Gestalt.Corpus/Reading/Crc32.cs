namespace Gestalt.Corpus;

/// <summary>CRC-32 as gzip has it (RFC 1952 section 8), eight bytes at a step ("slicing by 8").</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>For each of eight byte positions, what each byte value contributes.</summary>
    private static readonly uint[] Table = BuildTable();

    /// <summary>The checksum of bytes that follow others.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        ReadOnlySpan<uint> table = Table;
        while (bytes.Length >= 8)
        {
            uint low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[(int)(1792 + (low & 0xFF))] ^ table[(int)(1536 + ((low >> 8) & 0xFF))] ^ table[(int)(1280 + ((low >> 16) & 0xFF))] ^ table[(int)(1024 + (low >> 24))]
                ^ table[(int)(768 + (high & 0xFF))] ^ table[(int)(512 + ((high >> 8) & 0xFF))] ^ table[(int)(256 + ((high >> 16) & 0xFF))] ^ table[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[value] = crc;
        }

        for (int i = 256; i < table.Length; i++)
            table[i] = (table[i - 256] >> 8) ^ table[table[i - 256] & 0xFF];
        return table;
    }
}
