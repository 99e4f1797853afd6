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
/// A row takes 16 <c>vpdpbusd</c>, of which two begin in a cycle, and four to six multiplications in float32 at the same places: 10 or 11 cycles for 1024 products. Each sum is a chain of
/// eight, so that rows of activations are taken four at a time, in turns: with one after the other the processor's queues are full of instructions that wait. Measured in cycles a row, from cache, one by one and in
/// fours: 11.0 and 10.6 without minima, 12.7 and 11.6 with them, which then stay in registers, too. The bits of a row do not depend on its neighbours.
/// </remarks>
/// <param name="pieces">Scales in a block of 32: 1 or 2.</param>
/// <param name="hasMinima">Whether minima are taken away in float32; otherwise what the code of zero adds is taken away in whole numbers, before.</param>
internal sealed class PanelEmitter(int pieces, bool hasMinima) : StoredEmitter
{
    private const int ResultBytes = Panel.Rows * sizeof(float);

    // Sixteen registers hold codes; of the others eight are sums, so that the rows in turns are four, or two where a row has two pieces.
    private const int FirstSum = 2 * Slab.Vectors;
    private const int FirstScale = 28;
    private const int FirstMinimum = 30;

    private static readonly AssemblerRegisterZMM[] Inputs = [zmm24, zmm25];
    private static readonly AssemblerRegisterZMM InputScale = zmm26;
    private static readonly AssemblerRegisterZMM InputSum = zmm27;

    private readonly int _rowsInTurns = 4 / pieces;

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

            if (MinimaStay)
            {
                Code.vmovups(Vectors[FirstMinimum + half], Minimum(half, 0));
            }
        }

        Label some = Code.CreateLabel();
        Label rest = Code.CreateLabel();
        Label one = Code.CreateLabel();
        Label end = Code.CreateLabel();
        Code.sub(rcx, _rowsInTurns);
        Code.jl(rest);
        Code.Label(ref some);
        EmitRows(_rowsInTurns);
        Code.sub(rcx, _rowsInTurns);
        Code.jge(some);
        Code.Label(ref rest);
        Code.add(rcx, _rowsInTurns);
        Code.je(end);
        Code.Label(ref one);
        EmitRows(1);
        Code.dec(rcx);
        Code.jne(one);
        Code.Label(ref end);
        Code.nop();
    }

    /// <summary>Whether there are registers for the minima.</summary>
    private bool MinimaStay => hasMinima && pieces == 1;

    private static int ScaleOffset(int half, int piece) => Panel.Scales + (piece * ResultBytes) + (half * Slab.VectorBytes);

    private static AssemblerMemoryOperand Minimum(int half, int piece) => __zmmword_ptr[r8 + (ScaleOffset(half, piece) - Panel.Scales + Panel.Minima)];

    private static AssemblerRegisterZMM Scale(int half, int piece) => Vectors[FirstScale + (2 * piece) + half];

    private AssemblerRegisterZMM Sum(int row, int half, int piece) => Vectors[FirstSum + (2 * ((piece * _rowsInTurns) + row)) + half];

    private static AssemblerRegister64 Sums(int piece) => piece == 0 ? r9 : r10;

    private void EmitRows(int rows)
    {
        EmitBeginnings(rows);
        EmitProducts(rows);
        for (int row = 0; row < rows; row++)
        {
            EmitScaling(row);
        }

        Code.add(rax, rows * Slab.BlockLength);
        Code.add(rdx, rows * sizeof(float));
        Code.add(r9, rows * sizeof(float));
        if (pieces == 2)
        {
            Code.add(r10, rows * sizeof(float));
        }

        Code.add(rsi, rows * ResultBytes);
    }

    private void EmitBeginnings(int rows)
    {
        for (int piece = 0; piece < pieces; piece++)
        {
            for (int row = 0; row < rows; row++)
            {
                if (hasMinima)
                {
                    Clear(Sum(row, 0, piece));
                    Clear(Sum(row, 1, piece));
                }
                else
                {
                    Code.vpbroadcastd(Sum(row, 0, piece), __dword_ptr[Sums(piece) + (row * sizeof(float))]);
                    Code.vmovdqa64(Sum(row, 1, piece), Sum(row, 0, piece));
                }
            }
        }
    }

    private void EmitProducts(int rows)
    {
        int vectorsOfPiece = Slab.Vectors / pieces;
        for (int step = 0; step < vectorsOfPiece; step++)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                int vector = (piece * vectorsOfPiece) + step;
                for (int row = 0; row < rows; row++)
                {
                    AssemblerRegisterZMM input = Inputs[row & 1];
                    Code.vpbroadcastd(input, __dword_ptr[rax + ((row * Slab.BlockLength) + (4 * vector))]);
                    Code.vpdpbusd(Sum(row, 0, piece), Vectors[2 * vector], input);
                    Code.vpdpbusd(Sum(row, 1, piece), Vectors[(2 * vector) + 1], input);
                }
            }
        }
    }

    private void EmitScaling(int row)
    {
        Code.vbroadcastss(InputScale, __dword_ptr[rdx + (row * sizeof(float))]);
        for (int half = 0; half < 2; half++)
        {
            AssemblerRegisterZMM sum = Sum(row, half, 0);
            AssemblerMemoryOperand result = Result(row, half);
            Code.vcvtdq2ps(sum, sum);
            if (pieces == 2)
            {
                AssemblerRegisterZMM second = Sum(row, half, 1);
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
            Code.vbroadcastss(InputSum, __dword_ptr[Sums(piece) + (row * sizeof(float))]);
            for (int half = 0; half < 2; half++)
            {
                if (MinimaStay)
                {
                    Code.vfnmadd231ps(Sum(row, half, 0), InputSum, Vectors[FirstMinimum + half]);
                }
                else
                {
                    Code.vfnmadd231ps(Sum(row, half, 0), InputSum, Minimum(half, piece));
                }
            }
        }

        for (int half = 0; half < 2; half++)
        {
            Code.vmovups(Result(row, half), Sum(row, half, 0));
        }
    }

    private static AssemblerMemoryOperand Result(int row, int half) => __zmmword_ptr[rsi + ((row * ResultBytes) + (half * Slab.VectorBytes))];
}
