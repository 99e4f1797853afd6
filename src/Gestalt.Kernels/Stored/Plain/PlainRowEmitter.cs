using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of <see cref="PlainRowEmitter"/>'s kernels. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PlainRowArguments
{
    /// <summary>The rows of weights, two or four.</summary>
    public FourRows Weights;

    /// <summary>The first row of activations.</summary>
    public float* Inputs;

    /// <summary>Distance between rows of activations, in bytes.</summary>
    public long InputStride;

    /// <summary>Rounds of the loop: <see cref="PlainRowEmitter.Unroll"/> vectors each.</summary>
    public long Rounds;

    /// <summary>Whole vectors that are left.</summary>
    public long Vectors;

    /// <summary>Bits of the values in a last vector that is not whole, or 0.</summary>
    public long RestMask;

    /// <summary>A vector of partial sums for each row of activations and each of weights; added to.</summary>
    public float* Sums;
}

/// <summary>
/// Emits the kernels for weights that are numbers of their own, float16, bfloat16 or float32, and a few rows of activations: the weights become float32,
/// exactly, in registers, and everything is multiplied and added in float32.
/// </summary>
/// <param name="format">How weights are stored.</param>
/// <param name="rows">Rows of activations, 1 to <see cref="MostRows"/>.</param>
/// <param name="weightRows">Rows of weights: 2 where memory decides; 4 where activations, which then come from the second-level cache, do.</param>
/// <param name="fetches">Whether the kernel asks memory for what it will read next; not where others have read the same weights just before.</param>
internal sealed class PlainRowEmitter(WeightFormat format, int rows, int weightRows, bool fetches) : StoredEmitter
{
    /// <summary>Most rows of activations: with four rows of weights they keep 16 sums in registers.</summary>
    public const int MostRows = 4;

    /// <summary>Values in a vector.</summary>
    public const int Lanes = 16;

    private const int Weight = 0;
    private const int Input = 4;
    private const int FirstSum = 8;
    private const int Sums = 16;

    // Less far than where activations are rounded: these are four times as long, and share the first-level cache.
    private const int AheadBytes = 4096;

    private static readonly AssemblerRegister64[] WeightPointers = [r8, r9, r10, r11];

    private int ValueBytes => format == WeightFormat.F32 ? sizeof(float) : sizeof(ushort);

    /// <summary>Vectors in a round of the loop, each with sums of its own: additions to one sum would wait for each other.</summary>
    public static int Unroll(int rows, int weightRows) => Math.Min(4, Sums / weightRows / (rows == 3 ? 4 : rows));

    private int Unrolled => Unroll(rows, weightRows);

    protected override void EmitBody()
    {
        for (int weights = 0; weights < weightRows; weights++)
        {
            LoadArgument(WeightPointers[weights], weights * sizeof(long));
        }

        LoadArgument(rax, 32);
        LoadArgument(rcx, 40);
        Code.lea(rdx, __qword_ptr[rcx + (rcx * 2)]);
        for (int i = 0; i < weightRows * rows * Unrolled; i++)
        {
            Clear(Vectors[FirstSum + i]);
        }

        EmitLoop(48, Unrolled);
        AddUnrolledSums();
        EmitLoop(56, 1);

        Label done = Code.CreateLabel();
        LoadArgument(rsi, 64);
        Code.test(rsi, rsi);
        Code.je(done);
        Code.kmovw(k1, esi);
        EmitVector(0, masked: true);
        Code.Label(ref done);

        LoadArgument(rsi, 72);
        for (int i = 0; i < weightRows * rows; i++)
        {
            AssemblerMemoryOperand sum = __zmmword_ptr[rsi + (i * LineBytes)];
            Code.vaddps(Vectors[FirstSum + i], Vectors[FirstSum + i], sum);
            Code.vmovups(sum, Vectors[FirstSum + i]);
        }
    }

    private void EmitLoop(int countOffset, int unroll)
    {
        Label begin = Code.CreateLabel();
        Label end = Code.CreateLabel();
        int bytes = unroll * Lanes * ValueBytes;
        LoadArgument(rsi, countOffset);
        Code.test(rsi, rsi);
        Code.je(end);
        Code.Label(ref begin);
        foreach (AssemblerRegister64 pointer in WeightPointers.AsSpan(0, weightRows))
        {
            for (int line = 0; fetches && line < bytes; line += LineBytes)
            {
                Code.prefetchnta(__byte_ptr[pointer + (AheadBytes + line)]);
            }
        }

        for (int vector = 0; vector < unroll; vector++)
        {
            EmitVector(vector, masked: false);
        }

        foreach (AssemblerRegister64 pointer in WeightPointers.AsSpan(0, weightRows))
        {
            Code.add(pointer, bytes);
        }

        Code.add(rax, unroll * Lanes * sizeof(float));
        Code.dec(rsi);
        Code.jne(begin);
        Code.Label(ref end);
    }

    private void EmitVector(int vector, bool masked)
    {
        for (int weights = 0; weights < weightRows; weights++)
        {
            EmitWeight(Weight + weights, WeightPointers[weights], vector * Lanes * ValueBytes, masked);
        }

        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM input = Vectors[Input + row];
            Code.vmovups(masked ? input.k1.z : input, Row(row, vector * Lanes * sizeof(float)));
            for (int weights = 0; weights < weightRows; weights++)
            {
                Code.vfmadd231ps(Sum(vector, row, weights), Vectors[Weight + weights], input);
            }
        }
    }

    private void EmitWeight(int target, AssemblerRegister64 pointer, int displacement, bool masked)
    {
        AssemblerRegisterZMM weight = masked ? Vectors[target].k1.z : Vectors[target];
        switch (format)
        {
            case WeightFormat.F16:
                Code.vcvtph2ps(weight, __ymmword_ptr[pointer + displacement]);
                break;
            case WeightFormat.BF16:
                Code.vpmovzxwd(weight, __ymmword_ptr[pointer + displacement]);
                Code.vpslld(Vectors[target], Vectors[target], 16);
                break;
            default:
                Code.vmovups(weight, __zmmword_ptr[pointer + displacement]);
                break;
        }
    }

    private void AddUnrolledSums()
    {
        for (int vector = 1; vector < Unrolled; vector++)
        {
            for (int i = 0; i < weightRows * rows; i++)
            {
                AssemblerRegisterZMM sum = Vectors[FirstSum + i];
                Code.vaddps(sum, sum, Vectors[FirstSum + (vector * weightRows * rows) + i]);
            }
        }
    }

    private AssemblerRegisterZMM Sum(int vector, int row, int weights) => Vectors[FirstSum + (weightRows * ((vector * rows) + row)) + weights];

    private AssemblerMemoryOperand Row(int row, int displacement) => row switch
    {
        0 => __zmmword_ptr[rax + displacement],
        1 => __zmmword_ptr[rax + rcx + displacement],
        2 => __zmmword_ptr[rax + (rcx * 2) + displacement],
        _ => __zmmword_ptr[rax + rdx + displacement],
    };
}
