using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>
/// Kernels that read weights as they are stored: what the readers of slabs do in C#, here without a detour through memory, so that
/// one thread unpacks faster than its share of the memory delivers.
/// </summary>
/// <param name="shape">The format.</param>
internal abstract class StoredRowEmitter(BlockShape shape) : RowEmitter(RoundedKernels.PiecesOfBlock(shape))
{
    /// <summary>
    /// How far ahead memory is asked for, past the second-level cache, since weights are read once: two pages, so that the translation of addresses is under way, too. Where memory
    /// gives 80 GB/s, 4 KiB lose up to 8 % and 2 KiB 15 %; 12 KiB are the same (2026-11-whole-token.md).
    /// </summary>
    public const int AheadBytes = 8192;

    protected sealed override int SlabBytes => Slab.Length / shape.Length * shape.Bytes;

    protected sealed override void EmitRead(int row, AssemblerRegister64 slab)
    {
        for (int line = 0; Form != RowForm.Few && line < SlabBytes; line += Slab.VectorBytes)
        {
            Code.prefetchnta(__byte_ptr[slab + (AheadBytes + line)]);
        }

        EmitCodes(row * Slab.Vectors, slab);
        EmitScales(row, slab);
    }

    protected sealed override void EmitFetch(AssemblerRegister64 slab, AssemblerRegister64 ahead)
    {
        for (int line = 0; line < SlabBytes; line += Slab.VectorBytes)
        {
            Code.prefetchnta(__byte_ptr[slab + ahead + line]);
        }
    }

    protected abstract void EmitCodes(int codes, AssemblerRegister64 slab);

    protected abstract void EmitScales(int row, AssemblerRegister64 slab);

    protected AssemblerMemoryOperand Each(int constant) => __dword_bcst[rsi + constant];

    /// <summary>16 bytes each from four places.</summary>
    protected void Four(int target, AssemblerRegister64 slab, int a, int b, int c, int d)
    {
        Code.vmovdqu8(Quarters[target], __xmmword_ptr[slab + a]);
        Code.vinserti32x4(Vectors[target], Vectors[target], __xmmword_ptr[slab + b], 1);
        Code.vinserti32x4(Vectors[target], Vectors[target], __xmmword_ptr[slab + c], 2);
        Code.vinserti32x4(Vectors[target], Vectors[target], __xmmword_ptr[slab + d], 3);
    }

    /// <summary>Transposes 4×4 words in each quarter of four registers; the last four free ones are used on the way.</summary>
    protected void Turn(int target, int z0, int z1, int z2, int z3)
    {
        Code.vpunpckldq(zmm28, Vectors[z0], Vectors[z1]);
        Code.vpunpckhdq(zmm29, Vectors[z0], Vectors[z1]);
        Code.vpunpckldq(zmm30, Vectors[z2], Vectors[z3]);
        Code.vpunpckhdq(zmm31, Vectors[z2], Vectors[z3]);
        Code.vpunpcklqdq(Vectors[target], zmm28, zmm30);
        Code.vpunpckhqdq(Vectors[target + 1], zmm28, zmm30);
        Code.vpunpcklqdq(Vectors[target + 2], zmm29, zmm31);
        Code.vpunpckhqdq(Vectors[target + 3], zmm29, zmm31);
    }

    /// <summary>The upper halves of bytes.</summary>
    protected void Upper(int target, int source)
    {
        Code.vpsrlw(Vectors[target], Vectors[source], 4);
        Code.vpandd(Vectors[target], Vectors[target], Each(EmittedConstants.LowNibbles));
    }

    /// <summary>The lower halves of bytes.</summary>
    protected void Lower(int target, int source) => Code.vpandd(Vectors[target], Vectors[source], Each(EmittedConstants.LowNibbles));

    /// <summary>16 halves in the lower half of a register become scales, and with the code of zero what they take away.</summary>
    protected void ScalesOfHalves(int row, int halves)
    {
        Code.vcvtph2ps(Vectors[Scale(row, 0)], Halves[halves]);
        Code.vmulps(Vectors[Minimum(row, 0)], Vectors[Scale(row, 0)], Each(EmittedConstants.Offset(shape.Offset)));
    }

    /// <summary>A float16 for the eight lanes of the first block of 256, another for those of the second, as float32.</summary>
    protected void Both(int target, AssemblerRegister64 slab, int at)
    {
        Code.vpbroadcastw(Quarters[target], __word_ptr[slab + at]);
        Code.vpbroadcastw(xmm31, __word_ptr[slab + (shape.Bytes + at)]);
        Code.vinserti32x4(Halves[target], Halves[target], xmm31, 1);
        Code.vcvtph2ps(Vectors[target], Halves[target]);
    }
}

/// <summary>Q4_0.</summary>
internal sealed class Q4_0RowEmitter() : StoredRowEmitter(BlockShape.Of<Q4_0Block>())
{
    private const int Stride = 18;

    protected override void EmitCodes(int codes, AssemblerRegister64 slab)
    {
        for (int i = 0; i < 4; i++)
        {
            int first = 2 + (i * Stride);
            Four(Free + i, slab, first, first + (4 * Stride), first + (8 * Stride), first + (12 * Stride));
        }

        // The lower and the upper half of a byte stay in their lane, so that turning first turns both.
        Turn(codes, Free, Free + 1, Free + 2, Free + 3);
        for (int i = 0; i < 4; i++)
        {
            Upper(codes + 4 + i, codes + i);
            Lower(codes + i, codes + i);
        }
    }

    protected override void EmitScales(int row, AssemblerRegister64 slab)
    {
        Code.vmovdqu64(zmm24, __zmmword_ptr[rsi + EmittedConstants.FirstOf18]);
        Code.vmovdqa64(zmm25, zmm24);
        Code.vmovdqu64(zmm26, __zmmword_ptr[slab]);
        Code.vmovdqu64(zmm27, __zmmword_ptr[slab + (8 * Stride)]);
        Code.vpermi2w(zmm24, zmm26, __zmmword_ptr[slab + 64]);
        Code.vpermi2w(zmm25, zmm27, __zmmword_ptr[slab + ((8 * Stride) + 64)]);
        Code.vinserti32x4(ymm24, ymm24, xmm25, 1);
        ScalesOfHalves(row, 24);
    }
}

/// <summary>Q8_0.</summary>
internal sealed class Q8_0RowEmitter() : StoredRowEmitter(BlockShape.Of<Q8_0Block>())
{
    private const int Stride = 34;

    protected override void EmitCodes(int codes, AssemblerRegister64 slab)
    {
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 4; i++)
            {
                int first = 2 + (16 * half) + (i * Stride);
                Four(Free + i, slab, first, first + (4 * Stride), first + (8 * Stride), first + (12 * Stride));
            }

            Turn(codes + (4 * half), Free, Free + 1, Free + 2, Free + 3);
        }

        for (int i = 0; i < Slab.Vectors; i++)
        {
            Code.vpxord(Vectors[codes + i], Vectors[codes + i], Each(EmittedConstants.Signs));
        }
    }

    protected override void EmitScales(int row, AssemblerRegister64 slab)
    {
        for (int i = 0; i < 4; i++)
        {
            int target = Free + i;
            Code.vmovdqu64(Vectors[target], __zmmword_ptr[rsi + EmittedConstants.FirstOf34]);
            Code.vmovdqu64(zmm31, __zmmword_ptr[slab + (4 * Stride * i)]);
            Code.vpermi2w(Vectors[target], zmm31, __zmmword_ptr[slab + ((4 * Stride * i) + 64)]);
        }

        Code.vpunpcklqdq(xmm24, xmm24, xmm25);
        Code.vpunpcklqdq(xmm26, xmm26, xmm27);
        Code.vinserti32x4(ymm24, ymm24, xmm26, 1);
        ScalesOfHalves(row, 24);
    }
}

/// <summary>Q4_K, and what Q5_K has in common with it.</summary>
internal class Q4KRowEmitter(BlockShape shape, int nibbles) : StoredRowEmitter(shape)
{
    private readonly int _block = shape.Bytes;

    public Q4KRowEmitter()
        : this(BlockShape.Of<Q4KBlock>(), 16)
    {
    }

    protected override void EmitCodes(int codes, AssemblerRegister64 slab)
    {
        for (int half = 0; half < 2; half++)
        {
            int at = nibbles + (16 * half);
            Four(Free, slab, at, at + 64, at + _block, at + 64 + _block);
            Four(Free + 2, slab, at + 32, at + 96, at + 32 + _block, at + 96 + _block);
            Upper(Free + 1, Free);
            Upper(Free + 3, Free + 2);
            Lower(Free, Free);
            Lower(Free + 2, Free + 2);
            EmitFifthBits(slab, half);
            Turn(codes + (4 * half), Free, Free + 1, Free + 2, Free + 3);
        }
    }

    protected virtual void EmitFifthBits(AssemblerRegister64 slab, int half)
    {
    }

    /// <remarks>
    /// The header of a block is [., a, b, c] in words of 32 bits; scales are [a, c] and minima [b, c] with the upper bits of [., a] and [., b]: see
    /// <see cref="SuperBlock.PackedScale"/>.
    /// </remarks>
    protected override void EmitScales(int row, AssemblerRegister64 slab)
    {
        Code.vmovdqu8(xmm24, __xmmword_ptr[slab]);
        Code.vinserti32x4(ymm24, ymm24, __xmmword_ptr[slab + _block], 1);
        Code.vpshufd(ymm25, ymm24, 0b11_10_11_01);
        Code.vpshufd(ymm26, ymm24, 0b10_10_01_01);
        Code.vpsrlvd(ymm25, ymm25, __ymmword_ptr[rsi + EmittedConstants.PackedShifts]);
        Code.vpsrlvd(ymm26, ymm26, __ymmword_ptr[rsi + EmittedConstants.UpperShifts]);
        Code.vpandd(ymm25, ymm25, __ymmword_ptr[rsi + EmittedConstants.PackedMasks]);
        Code.vpandd(ymm26, ymm26, __ymmword_ptr[rsi + EmittedConstants.UpperMasks]);
        Code.vpord(ymm25, ymm25, ymm26);
        Code.vpermq(ymm25, ymm25, 0b11_01_10_00);
        Code.vextracti32x4(xmm26, ymm25, 1);
        Code.vpmovzxbd(zmm25, xmm25);
        Code.vpmovzxbd(zmm26, xmm26);
        Code.vcvtdq2ps(zmm25, zmm25);
        Code.vcvtdq2ps(zmm26, zmm26);
        Both(27, slab, 0);
        Both(28, slab, 2);
        Code.vmulps(Vectors[Scale(row, 0)], zmm25, zmm27);
        Code.vmulps(Vectors[Minimum(row, 0)], zmm26, zmm28);
    }
}

/// <summary>Q5_K.</summary>
internal sealed class Q5KRowEmitter() : Q4KRowEmitter(BlockShape.Of<Q5KBlock>(), 48)
{
    protected override void EmitFifthBits(AssemblerRegister64 slab, int half)
    {
        // Bit p of a byte is the fifth bit of piece p: bits 0 to 3 for the first quarter of a block, 4 to 7 for the second.
        int at = 16 + (16 * half);
        Four(28, slab, at, at, at + Q5KBlock.Bytes, at + Q5KBlock.Bytes);
        Code.vpsrlvw(zmm28, zmm28, __zmmword_ptr[rsi + EmittedConstants.QuarterShifts]);
        for (int i = 0; i < 4; i++)
        {
            const byte OrAnd = 0xF8; // a | (b & c)
            Code.vpsllw(zmm29, zmm28, (byte)(4 - i));
            Code.vpternlogd(Vectors[Free + i], zmm29, Each(EmittedConstants.Fifth), OrAnd);
        }
    }
}

/// <summary>Q6_K.</summary>
internal sealed class Q6KRowEmitter() : StoredRowEmitter(BlockShape.Of<Q6KBlock>())
{
    private const int Block = 210;

    protected override void EmitCodes(int codes, AssemblerRegister64 slab)
    {
        for (int half = 0; half < 2; half++)
        {
            int at = 16 * half;
            Four(Free, slab, at, at + 64, at + Block, at + 64 + Block);
            Four(Free + 1, slab, at + 32, at + 96, at + 32 + Block, at + 96 + Block);
            Four(28, slab, at + 128, at + 160, at + 128 + Block, at + 160 + Block);
            Upper(Free + 2, Free);
            Upper(Free + 3, Free + 1);
            Lower(Free, Free);
            Lower(Free + 1, Free + 1);
            for (int i = 0; i < 4; i++)
            {
                const byte OrAnd = 0xF8; // a | (b & c)
                int shift = 4 - (2 * i);
                AssemblerRegisterZMM bits = shift == 0 ? zmm28 : zmm29;
                if (shift > 0)
                {
                    Code.vpsllw(bits, zmm28, (byte)shift);
                }
                else if (shift < 0)
                {
                    Code.vpsrlw(bits, zmm28, (byte)-shift);
                }

                Code.vpternlogd(Vectors[Free + i], bits, Each(EmittedConstants.FifthAndSixth), OrAnd);
            }

            Turn(codes + (4 * half), Free, Free + 1, Free + 2, Free + 3);
        }
    }

    protected override void EmitScales(int row, AssemblerRegister64 slab)
    {
        Both(27, slab, 208);
        Code.vmovdqu8(xmm24, __xmmword_ptr[slab + 192]);
        Code.vinserti32x4(ymm24, ymm24, __xmmword_ptr[slab + (192 + Block)], 1);
        Code.vpsllw(ymm25, ymm24, 8);
        for (int piece = 0; piece < 2; piece++)
        {
            int target = Scale(row, piece);
            Code.vpsraw(ymm26, piece == 0 ? ymm25 : ymm24, 8);
            Code.vpmovsxwd(Vectors[target], ymm26);
            Code.vcvtdq2ps(Vectors[target], Vectors[target]);
            Code.vmulps(Vectors[target], Vectors[target], zmm27);
            Code.vmulps(Vectors[Minimum(row, piece)], Vectors[target], Each(EmittedConstants.Offset(Q6KBlock.Offset)));
        }
    }
}
