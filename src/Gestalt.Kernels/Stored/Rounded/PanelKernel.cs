using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of the kernel that multiplies one block of 32 rows of weights with many rows of activations. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PanelArguments
{
    /// <summary>The block: see <see cref="Panel"/>.</summary>
    public byte* Weights;

    /// <summary>32 codes of each row of activations.</summary>
    public byte* Inputs;

    /// <summary>A scale for each row.</summary>
    public float* InputScales;

    /// <summary>For each row what its sum begins with, whole numbers, or the sum that minima are multiplied with.</summary>
    public void* Sums;

    /// <summary>The same for the second 16 values.</summary>
    public void* SecondSums;

    /// <summary>32 results for each row, added to.</summary>
    public float* Results;

    /// <summary>Rows of activations, at least 1.</summary>
    public long Count;
}

/// <summary>A block of 32 values of 32 rows of weights: the lane is the row.</summary>
internal static class Panel
{
    /// <summary>Rows of weights.</summary>
    public const int Rows = 32;

    /// <summary>Where scales are: 32, or 32 for the first and 32 for the second 16 values.</summary>
    public const int Scales = Rows * Slab.BlockLength;

    /// <summary>Where minima are.</summary>
    public const int Minima = Scales + (2 * Rows * sizeof(float));

    /// <summary>Bytes of a block.</summary>
    public const int Bytes = Minima + (2 * Rows * sizeof(float));
}

/// <summary>
/// Emits the kernel for many rows of activations. The block's codes, 32 rows by 32 values, stay in 16 registers; each row of activations
/// is broadcast against them, four values at a time, and its 32 whole-number sums are scaled and added to its results.
/// </summary>
/// <remarks>
/// A row takes 16 <c>vpdpbusd</c>, of which two begin in a cycle, and six instructions to scale: about ten cycles for 1024 products. Nothing depends on
/// the number of rows, so that there is no edge to handle.
/// </remarks>
/// <param name="pieces">Scales in a block of 32: 1 or 2.</param>
/// <param name="hasMinima">Whether minima are taken away in float32; otherwise what the code of zero adds is taken away in whole numbers, before.</param>
internal sealed class PanelEmitter(int pieces, bool hasMinima) : StoredEmitter
{
    private const int ResultBytes = Panel.Rows * sizeof(float);

    private static readonly AssemblerRegisterZMM InputScale = zmm30;
    private static readonly AssemblerRegisterZMM InputSum = zmm31;

    protected override void EmitBody()
    {
        LoadArgument(r8, 0);
        LoadArgument(rax, 8);
        LoadArgument(rdx, 16);
        LoadArgument(r9, 24);
        LoadArgument(r10, 32);
        LoadArgument(rsi, 40);
        LoadArgument(rcx, 48);
        for (int vector = 0; vector < 2 * Slab.Vectors; vector++)
        {
            Code.vmovdqu64(Vectors[vector], __zmmword_ptr[r8 + (vector * Slab.VectorBytes)]);
        }

        for (int half = 0; half < 2; half++)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                Code.vmovups(Scale(half, piece), __zmmword_ptr[r8 + ScaleOffset(half, piece)]);
            }
        }

        Label row = Code.CreateLabel();
        Code.Label(ref row);
        EmitRow();
        Code.add(rax, Slab.BlockLength);
        Code.add(rdx, 4);
        Code.add(r9, 4);
        if (pieces == 2)
        {
            Code.add(r10, 4);
        }

        Code.add(rsi, ResultBytes);
        Code.dec(rcx);
        Code.jne(row);
    }

    private static int ScaleOffset(int half, int piece) => Panel.Scales + (piece * ResultBytes) + (half * Slab.VectorBytes);

    private static AssemblerRegisterZMM Sum(int half, int piece) => Vectors[16 + (2 * piece) + half];

    private static AssemblerRegisterZMM Scale(int half, int piece) => Vectors[22 + (2 * piece) + half];

    private void EmitRow()
    {
        int vectorsOfPiece = Slab.Vectors / pieces;
        for (int piece = 0; piece < pieces; piece++)
        {
            if (hasMinima)
            {
                Clear(Sum(0, piece));
                Clear(Sum(1, piece));
            }
            else
            {
                Code.vpbroadcastd(Sum(0, piece), __dword_ptr[piece == 0 ? r9 : r10]);
                Code.vmovdqa64(Sum(1, piece), Sum(0, piece));
            }

            for (int vector = piece * vectorsOfPiece; vector < (piece + 1) * vectorsOfPiece; vector++)
            {
                AssemblerRegisterZMM input = Vectors[20 + (vector & 1)];
                Code.vpbroadcastd(input, __dword_ptr[rax + (4 * vector)]);
                Code.vpdpbusd(Sum(0, piece), Vectors[2 * vector], input);
                Code.vpdpbusd(Sum(1, piece), Vectors[(2 * vector) + 1], input);
            }
        }

        Code.vbroadcastss(InputScale, __dword_ptr[rdx]);
        for (int half = 0; half < 2; half++)
        {
            AssemblerRegisterZMM sum = Sum(half, 0);
            AssemblerMemoryOperand result = __zmmword_ptr[rsi + (half * Slab.VectorBytes)];
            Code.vcvtdq2ps(sum, sum);
            if (pieces == 2)
            {
                AssemblerRegisterZMM second = Sum(half, 1);
                Code.vcvtdq2ps(second, second);
                Code.vmulps(sum, sum, Scale(half, 0));
                Code.vfmadd231ps(sum, second, Scale(half, 1));
                Code.vfmadd213ps(sum, InputScale, result);
            }
            else
            {
                Code.vmulps(sum, sum, InputScale);
                Code.vfmadd213ps(sum, Scale(half, 0), result);
            }
        }

        for (int piece = 0; hasMinima && piece < pieces; piece++)
        {
            Code.vbroadcastss(InputSum, __dword_ptr[piece == 0 ? r9 : r10]);
            for (int half = 0; half < 2; half++)
            {
                int offset = ScaleOffset(half, piece) - Panel.Scales + Panel.Minima;
                Code.vfnmadd231ps(Sum(half, 0), InputSum, __zmmword_ptr[r8 + offset]);
            }
        }

        for (int half = 0; half < 2; half++)
        {
            Code.vmovups(__zmmword_ptr[rsi + (half * Slab.VectorBytes)], Sum(half, 0));
        }
    }
}
