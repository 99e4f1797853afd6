namespace Gestalt.Models.Tests.Files;

/// <summary>Damages a file's bytes in the ways that break parsers: flipped bits, huge and odd numbers, cuts, repeats and exchanges.</summary>
internal static class Mutations
{
    private static readonly ulong[] HostileNumbers =
    [
        0, 1, 7, 31, 33, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1UL << 32, 1UL << 40, 1UL << 60, (1UL << 61) - 1, 1UL << 62,
        long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    /// <summary>A damaged copy; most damage falls within <paramref name="headerBytes"/>, where the structure is.</summary>
    public static byte[] Apply(Random random, byte[] original, int headerBytes)
    {
        byte[] bytes = [.. original];
        int changes = random.Next(4) == 0 ? random.Next(2, 6) : 1;
        for (int i = 0; i < changes && bytes.Length > 16; i++)
            bytes = ApplyOne(random, bytes, Math.Min(headerBytes, bytes.Length));
        return bytes;
    }

    private static byte[] ApplyOne(Random random, byte[] bytes, int headerBytes)
    {
        int limit = random.Next(8) == 0 ? bytes.Length : headerBytes;
        int at = random.Next(limit);
        switch (random.Next(8))
        {
            case 0:
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 3:
                return bytes[..random.Next(bytes.Length)];
            case 4:
            case 5:
                byte[] number = BitConverter.GetBytes(HostileNumbers[random.Next(HostileNumbers.Length)]);
                number.AsSpan(0, Math.Min(random.Next(2) == 0 ? 4 : 8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 6:
                int length = Math.Min(random.Next(1, 40), bytes.Length - at);
                return [.. bytes[..at], .. bytes[at..(at + length)], .. bytes[at..]];
            default:
                int other = random.Next(limit), span = Math.Min(random.Next(1, 16), bytes.Length - Math.Max(at, other));
                byte[] kept = bytes[at..(at + span)];
                bytes.AsSpan(other, span).CopyTo(bytes.AsSpan(at));
                kept.CopyTo(bytes.AsSpan(other));
                return bytes;
        }
    }
}
