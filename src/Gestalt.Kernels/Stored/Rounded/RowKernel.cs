using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of the kernel that multiplies two rows of weights with a few rows of activations. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RowArguments
{
    /// <summary>The first row of weights: as stored, or records.</summary>
    public byte* Weights;

    /// <summary>The second row of weights.</summary>
    public byte* SecondWeights;

    /// <summary>Slabs in a row, at least 1.</summary>
    public long Slabs;

    /// <summary>Records of the first row of activations.</summary>
    public byte* Inputs;

    /// <summary>Distance between rows of activations, in bytes.</summary>
    public long InputStride;

    /// <summary>Rows of activations, at least 1.</summary>
    public long Count;

    /// <summary>A vector of partial sums for each row of activations and each of the two of weights; added to.</summary>
    public float* Sums;

    /// <summary>The numbers that reading stored weights needs: see <see cref="EmittedConstants"/>.</summary>
    public byte* Constants;
}

/// <summary>
/// Emits the kernel for a few rows of activations. In each slab the codes of two rows of weights stay in 16 registers, while row after row of
/// activations is multiplied with them.
/// </summary>
/// <remarks>
/// How codes, scales and minima come into the registers is up to the derived class: from records, or straight from a stored
/// format. Registers 24 to 31 are free for that; r8 and r9 point to the slabs of the two rows, rsi to the constants.
/// </remarks>
/// <param name="pieces">Scales in a block of 32: 1 or 2.</param>
internal abstract class RowEmitter(int pieces) : StoredEmitter
{
    /// <summary>First register that reading may use freely.</summary>
    protected const int Free = 24;

    private static readonly AssemblerRegisterZMM Input = zmm28;
    private static readonly AssemblerRegisterZMM InputScale = zmm29;
    private static readonly AssemblerRegisterZMM Total = zmm30;

    /// <summary>Whether the function only reads the first row, and stores its records where the sums would be.</summary>
    public bool StoresRecords { get; init; }

    /// <summary>Bytes of a slab as it is read.</summary>
    protected abstract int SlabBytes { get; }

    /// <summary>Loads a slab's codes to eight registers from <c>8 · row</c> on, and scales and minima to theirs.</summary>
    protected abstract void EmitRead(int row, AssemblerRegister64 slab);

    /// <summary>The register of a row's scales.</summary>
    protected static int Scale(int row, int piece) => 16 + (4 * row) + piece;

    /// <summary>The register of a row's minima.</summary>
    protected static int Minimum(int row, int piece) => 18 + (4 * row) + piece;

    protected sealed override void EmitBody()
    {
        LoadArgument(r8, 0);
        LoadArgument(r9, 8);
        LoadArgument(r10, 16);
        LoadArgument(r11, 24);
        LoadArgument(rsi, 56);
        if (StoresRecords)
        {
            EmitStoringRecords();
            return;
        }

        Label slab = Code.CreateLabel();
        Code.Label(ref slab);
        EmitRead(0, r8);
        EmitRead(1, r9);
        Code.mov(rax, r11);
        LoadArgument(rcx, 40);
        LoadArgument(rdx, 48);
        Label row = Code.CreateLabel();
        Code.Label(ref row);
        EmitRow();
        Code.add(rax, __qword_ptr[rdi + 32]);
        Code.add(rdx, 2 * Slab.VectorBytes);
        Code.dec(rcx);
        Code.jne(row);

        Code.add(r8, SlabBytes);
        Code.add(r9, SlabBytes);
        Code.add(r11, Slab.Bytes);
        Code.dec(r10);
        Code.jne(slab);
    }

    private void EmitStoringRecords()
    {
        LoadArgument(rdx, 48);
        Label slab = Code.CreateLabel();
        Code.Label(ref slab);
        EmitRead(0, r8);
        for (int vector = 0; vector < Slab.Vectors; vector++)
        {
            Code.vmovdqu64(__zmmword_ptr[rdx + (vector * Slab.VectorBytes)], Vectors[vector]);
        }

        for (int piece = 0; piece < pieces; piece++)
        {
            Code.vmovups(__zmmword_ptr[rdx + Slab.Scales + (piece * Slab.VectorBytes)], Vectors[Scale(0, piece)]);
            Code.vmovups(__zmmword_ptr[rdx + Slab.Minima + (piece * Slab.VectorBytes)], Vectors[Minimum(0, piece)]);
        }

        Code.add(r8, SlabBytes);
        Code.add(rdx, Slab.Bytes);
        Code.dec(r10);
        Code.jne(slab);
    }

    private void EmitRow()
    {
        int vectorsOfPiece = Slab.Vectors / pieces;
        for (int piece = 0; piece < pieces; piece++)
        {
            Clear(Sum(0, piece));
            Clear(Sum(1, piece));
            for (int vector = piece * vectorsOfPiece; vector < (piece + 1) * vectorsOfPiece; vector++)
            {
                Code.vmovdqu64(Input, __zmmword_ptr[rax + (vector * Slab.VectorBytes)]);
                Code.vpdpbusd(Sum(0, piece), Vectors[vector], Input);
                Code.vpdpbusd(Sum(1, piece), Vectors[Slab.Vectors + vector], Input);
            }
        }

        Code.vmovups(InputScale, __zmmword_ptr[rax + Slab.InputScales]);
        for (int weights = 0; weights < 2; weights++)
        {
            AssemblerMemoryOperand total = __zmmword_ptr[rdx + (weights * Slab.VectorBytes)];
            AssemblerRegisterZMM sum = Sum(weights, 0);
            Code.vcvtdq2ps(sum, sum);
            Code.vmulps(sum, sum, Vectors[Scale(weights, 0)]);
            if (pieces == 2)
            {
                AssemblerRegisterZMM second = Sum(weights, 1);
                Code.vcvtdq2ps(second, second);
                Code.vfmadd231ps(sum, second, Vectors[Scale(weights, 1)]);
            }

            Code.vmovups(Total, total);
            Code.vfmadd231ps(Total, sum, InputScale);
            for (int piece = 0; piece < pieces; piece++)
            {
                int sums = pieces == 1 ? Slab.InputSums : Slab.InputPieceSums + (piece * Slab.VectorBytes);
                Code.vfnmadd231ps(Total, Vectors[Minimum(weights, piece)], __zmmword_ptr[rax + sums]);
            }

            Code.vmovups(total, Total);
        }
    }

    private static AssemblerRegisterZMM Sum(int weights, int piece) => Vectors[Free + (2 * piece) + weights];
}

/// <summary>Multiplies weights that lie in records.</summary>
/// <param name="pieces">Scales in a block of 32: 1 or 2.</param>
internal sealed class RecordRowEmitter(int pieces) : RowEmitter(pieces)
{
    private readonly int _pieces = pieces;

    protected override int SlabBytes => Slab.Bytes;

    protected override void EmitRead(int row, AssemblerRegister64 slab)
    {
        for (int vector = 0; vector < Slab.Vectors; vector++)
        {
            Code.vmovdqu64(Vectors[(row * Slab.Vectors) + vector], __zmmword_ptr[slab + (vector * Slab.VectorBytes)]);
        }

        for (int piece = 0; piece < _pieces; piece++)
        {
            Code.vmovups(Vectors[Scale(row, piece)], __zmmword_ptr[slab + Slab.Scales + (piece * Slab.VectorBytes)]);
            Code.vmovups(Vectors[Minimum(row, piece)], __zmmword_ptr[slab + Slab.Minima + (piece * Slab.VectorBytes)]);
        }
    }
}
