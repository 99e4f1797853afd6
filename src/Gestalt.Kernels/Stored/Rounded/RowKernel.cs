using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of the kernel that multiplies two rows of weights with a few rows of activations. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RowArguments
{
    /// <summary>Records of the first row of weights.</summary>
    public byte* Weights;

    /// <summary>Records of the second row of weights.</summary>
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
}

/// <summary>
/// Emits the kernel for a few rows of activations. In each slab the codes of two rows of weights stay in 16 registers, while row after row of
/// activations is multiplied with them.
/// </summary>
/// <param name="pieces">Scales in a block of 32: 1 or 2.</param>
internal sealed class RowEmitter(int pieces) : StoredEmitter
{
    private static readonly AssemblerRegisterZMM Input = zmm24;
    private static readonly AssemblerRegisterZMM InputScale = zmm25;
    private static readonly AssemblerRegisterZMM Total = zmm26;

    protected override void EmitBody()
    {
        LoadArgument(r8, 0);
        LoadArgument(r9, 8);
        LoadArgument(r10, 16);
        LoadArgument(r11, 24);
        LoadArgument(rsi, 32);

        Label slab = Code.CreateLabel();
        Code.Label(ref slab);
        for (int vector = 0; vector < Slab.Vectors; vector++)
        {
            Code.vmovdqu64(Vectors[vector], __zmmword_ptr[r8 + (vector * Slab.VectorBytes)]);
            Code.vmovdqu64(Vectors[Slab.Vectors + vector], __zmmword_ptr[r9 + (vector * Slab.VectorBytes)]);
        }

        Code.mov(rax, r11);
        LoadArgument(rcx, 40);
        LoadArgument(rdx, 48);
        Label row = Code.CreateLabel();
        Code.Label(ref row);
        EmitRow();
        Code.add(rax, rsi);
        Code.add(rdx, 2 * Slab.VectorBytes);
        Code.dec(rcx);
        Code.jne(row);

        Code.add(r8, Slab.Bytes);
        Code.add(r9, Slab.Bytes);
        Code.add(r11, Slab.Bytes);
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
            AssemblerRegister64 record = weights == 0 ? r8 : r9;
            AssemblerMemoryOperand total = __zmmword_ptr[rdx + (weights * Slab.VectorBytes)];
            AssemblerRegisterZMM sum = Sum(weights, 0);
            Code.vcvtdq2ps(sum, sum);
            Code.vmulps(sum, sum, __zmmword_ptr[record + Slab.Scales]);
            if (pieces == 2)
            {
                AssemblerRegisterZMM second = Sum(weights, 1);
                Code.vcvtdq2ps(second, second);
                Code.vfmadd231ps(sum, second, __zmmword_ptr[record + Slab.Scales + Slab.VectorBytes]);
            }

            Code.vmovups(Total, total);
            Code.vfmadd231ps(Total, sum, InputScale);
            for (int piece = 0; piece < pieces; piece++)
            {
                int sums = pieces == 1 ? Slab.InputSums : Slab.InputPieceSums + (piece * Slab.VectorBytes);
                Code.vmovups(Input, __zmmword_ptr[rax + sums]);
                Code.vfnmadd231ps(Total, Input, __zmmword_ptr[record + Slab.Minima + (piece * Slab.VectorBytes)]);
            }

            Code.vmovups(total, Total);
        }
    }

    private static AssemblerRegisterZMM Sum(int weights, int piece) => Vectors[16 + (2 * piece) + weights];
}
