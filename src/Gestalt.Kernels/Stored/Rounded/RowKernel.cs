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

    /// <summary>Rows of activations, at least 1; for <see cref="RowForm.One"/> rounds, each of the next two rows of weights.</summary>
    public long Count;

    /// <summary>
    /// A vector of partial sums for each row of activations and each of the two of weights, added to; for <see cref="RowForm.One"/> receives the results of the
    /// first rows, and right behind them those of the second ones.
    /// </summary>
    public float* Sums;

    /// <summary>The numbers that reading stored weights needs: see <see cref="EmittedConstants"/>.</summary>
    public byte* Constants;

    /// <summary>For <see cref="RowForm.Few"/> how far ahead in both rows memory is asked for, in bytes.</summary>
    public long Ahead;
}

/// <summary>What a kernel does with the rows that it reads.</summary>
internal enum RowForm
{
    /// <summary>Multiplies two rows of weights with a few rows of activations.</summary>
    Few,

    /// <summary>Multiplies rows of weights, two at a time and one after the other, with one row of activations.</summary>
    One,

    /// <summary>Only reads one row, and stores its records where the sums would be.</summary>
    Records,
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

    // Of the first row's codes and scales only one set is in use where there is one row of activations: the others are free.
    private static readonly AssemblerRegisterZMM[] OneTotals = [zmm8, zmm9];

    /// <summary>What the function does.</summary>
    public RowForm Form { get; init; }

    /// <summary>Bytes of a slab as it is read.</summary>
    protected abstract int SlabBytes { get; }

    /// <summary>Asks memory for the slab that lies behind this one by as many bytes as a register says.</summary>
    protected virtual void EmitFetch(AssemblerRegister64 slab, AssemblerRegister64 ahead)
    {
    }

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
        switch (Form)
        {
            case RowForm.Records:
                EmitStoringRecords();
                break;
            case RowForm.One:
                EmitOne();
                break;
            default:
                EmitFew();
                break;
        }
    }

    private void EmitFew()
    {
        Label slab = Code.CreateLabel();
        Code.Label(ref slab);
        LoadArgument(rcx, 64);
        EmitFetch(r8, rcx);
        EmitFetch(r9, rcx);
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

    /// <summary>Totals stay in registers until a row ends, and rows follow each other without leaving the function: between them nothing is asked of memory.</summary>
    private void EmitOne()
    {
        LoadArgument(rcx, 40);
        LoadArgument(rdx, 48);
        Code.lea(rax, __qword_ptr[rdx + (rcx * 4)]);
        Label rows = Code.CreateLabel();
        Code.Label(ref rows);
        LoadArgument(r10, 16);
        LoadArgument(r11, 24);
        Clear(OneTotals[0]);
        Clear(OneTotals[1]);
        Label slab = Code.CreateLabel();
        Code.Label(ref slab);
        EmitOneRow(r8, OneTotals[0]);
        EmitOneRow(r9, OneTotals[1]);
        Code.add(r11, Slab.Bytes);
        Code.dec(r10);
        Code.jne(slab);

        for (int i = 0; i < 2; i++)
        {
            int total = 8 + i;
            Code.vextractf64x4(ymm10, OneTotals[i], 1);
            Code.vaddps(Halves[total], Halves[total], ymm10);
            Code.vextractf32x4(xmm10, Halves[total], 1);
            Code.vaddps(Quarters[total], Quarters[total], xmm10);
        }

        Code.vhaddps(xmm8, xmm8, xmm9);
        Code.vhaddps(xmm8, xmm8, xmm8);
        Code.vmovss(__dword_ptr[rdx], xmm8);
        Code.vextractps(__dword_ptr[rax], xmm8, 1);
        Code.add(rdx, sizeof(float));
        Code.add(rax, sizeof(float));
        Code.dec(rcx);
        Code.jne(rows);
    }

    private void EmitOneRow(AssemblerRegister64 slab, AssemblerRegisterZMM total)
    {
        AssemblerRegisterZMM[] sums = [zmm10, zmm11];
        EmitRead(0, slab);
        Code.add(slab, SlabBytes);
        Clear(sums[0]);
        Clear(sums[1]);
        for (int vector = 0; vector < Slab.Vectors; vector++)
        {
            Code.vpdpbusd(sums[SumOf(vector)], Vectors[vector], __zmmword_ptr[r11 + (vector * Slab.VectorBytes)]);
        }

        if (pieces == 1)
        {
            Code.vpaddd(sums[0], sums[0], sums[1]);
        }

        for (int piece = 0; piece < pieces; piece++)
        {
            Code.vcvtdq2ps(sums[piece], sums[piece]);
        }

        Code.vmulps(sums[0], sums[0], Vectors[Scale(0, 0)]);
        if (pieces == 2)
        {
            Code.vfmadd231ps(sums[0], sums[1], Vectors[Scale(0, 1)]);
        }

        Code.vfmadd231ps(total, sums[0], __zmmword_ptr[r11 + Slab.InputScales]);
        for (int piece = 0; piece < pieces; piece++)
        {
            Code.vfnmadd231ps(total, Vectors[Minimum(0, piece)], __zmmword_ptr[r11 + InputSums(piece)]);
        }
    }

    /// <summary>Which of two whole-number sums a vector is added to. There are two for one piece, too: each product would wait for the one before.</summary>
    private int SumOf(int vector) => pieces == 2 ? vector / (Slab.Vectors / 2) : vector % 2;

    private int InputSums(int piece) => pieces == 1 ? Slab.InputSums : Slab.InputPieceSums + (piece * Slab.VectorBytes);

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
        for (int sum = 0; sum < 2; sum++)
        {
            Clear(Sum(0, sum));
            Clear(Sum(1, sum));
        }

        for (int vector = 0; vector < Slab.Vectors; vector++)
        {
            int sum = SumOf(vector);
            Code.vmovdqu64(Input, __zmmword_ptr[rax + (vector * Slab.VectorBytes)]);
            Code.vpdpbusd(Sum(0, sum), Vectors[vector], Input);
            Code.vpdpbusd(Sum(1, sum), Vectors[Slab.Vectors + vector], Input);
        }

        Code.vmovups(InputScale, __zmmword_ptr[rax + Slab.InputScales]);
        for (int weights = 0; weights < 2; weights++)
        {
            AssemblerMemoryOperand total = __zmmword_ptr[rdx + (weights * Slab.VectorBytes)];
            AssemblerRegisterZMM sum = Sum(weights, 0);
            if (pieces == 1)
            {
                Code.vpaddd(sum, sum, Sum(weights, 1));
            }

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
                Code.vfnmadd231ps(Total, Vectors[Minimum(weights, piece)], __zmmword_ptr[rax + InputSums(piece)]);
            }

            Code.vmovups(total, Total);
        }
    }

    private static AssemblerRegisterZMM Sum(int weights, int sum) => Vectors[Free + (2 * sum) + weights];
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
