namespace Gestalt.Kernels.Stored;

/// <summary>Numbers that emitted kernels read: masks and indices of one vector or one word, at fixed places.</summary>
internal static unsafe class EmittedConstants
{
    /// <summary>The lower half of each byte.</summary>
    public const int LowNibbles = 0;

    /// <summary>The bits 4 and 5 of each byte.</summary>
    public const int FifthAndSixth = 4;

    /// <summary>The highest bit of each byte.</summary>
    public const int Signs = 8;

    /// <summary>The bit 4 of each byte.</summary>
    public const int Fifth = 12;

    /// <summary>8, 32, 128 and so on as float32: the codes of zero.</summary>
    public const int Offsets = 16;

    /// <summary>Which 16-bit words of 128 bytes are the first of blocks of 18 bytes.</summary>
    public const int FirstOf18 = 64;

    /// <summary>The same for blocks of 34 bytes.</summary>
    public const int FirstOf34 = 128;

    /// <summary>For [., a, b, c] of packed scales: how far [a, c, b, c] are shifted, and which bits are then taken.</summary>
    public const int PackedShifts = 192;

    /// <summary>Bits taken.</summary>
    public const int PackedMasks = 224;

    /// <summary>How far [a, a, b, b] are shifted for the upper bits.</summary>
    public const int UpperShifts = 256;

    /// <summary>Upper bits taken.</summary>
    public const int UpperMasks = 288;

    /// <summary>0 and 4 for the 16-bit words of even and odd quarters of a vector.</summary>
    public const int QuarterShifts = 320;

    /// <summary>IQ4's table, four times.</summary>
    public const int Uneven = 384;

    private const int Length = 448;

    /// <summary>Where the float32 of a code of zero is.</summary>
    public static int Offset(int code) => Offsets + (4 * (code switch { 8 => 0, 32 => 1, 128 => 2, _ => throw new ArgumentOutOfRangeException(nameof(code)) }));

    /// <summary>Lays the numbers out, in memory that lives as long as the process.</summary>
    public static byte* Create()
    {
        byte* constants = (byte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(Length, AlignedMemory.Alignment);
        new Span<byte>(constants, Length).Clear();
        uint* words = (uint*)constants;
        words[LowNibbles / 4] = 0x0F0F_0F0F;
        words[FifthAndSixth / 4] = 0x3030_3030;
        words[Signs / 4] = 0x8080_8080;
        words[Fifth / 4] = 0x1010_1010;
        ((float*)constants)[Offsets / 4] = 8;
        ((float*)constants)[(Offsets / 4) + 1] = 32;
        ((float*)constants)[(Offsets / 4) + 2] = 128;
        for (int i = 0; i < 8; i++)
        {
            ((ushort*)(constants + FirstOf18))[i] = (ushort)(9 * i);
            ((ushort*)(constants + FirstOf34))[i] = (ushort)(17 * (i % 4));
        }

        for (int i = 0; i < 8; i++)
        {
            words[(PackedShifts / 4) + i] = i % 4 == 3 ? 4u : 0;
            words[(PackedMasks / 4) + i] = i % 2 == 0 ? 0x3F3F_3F3Fu : 0x0F0F_0F0Fu;
            words[(UpperShifts / 4) + i] = 2;
            words[(UpperMasks / 4) + i] = i % 2 == 0 ? 0 : 0x3030_3030u;
        }

        for (int i = 0; i < 32; i++)
        {
            ((ushort*)(constants + QuarterShifts))[i] = (ushort)(i / 8 % 2 * 4);
        }

        for (int i = 0; i < 64; i++)
        {
            constants[Uneven + i] = TableBlock.UnevenCodes[i % 16];
        }

        return constants;
    }
}
