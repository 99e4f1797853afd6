using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of <see cref="PlainRowEmitter"/>'s kernels. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PlainRowArguments
{
    /// <summary>The first row of weights.</summary>
    public byte* Weights;

    /// <summary>The second row of weights.</summary>
    public byte* SecondWeights;

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

    /// <summary>Receives a vector of partial sums for each row of activations and each of the two of weights.</summary>
    public float* Sums;
}

/// <summary>
/// Emits the kernels for weights that are numbers of their own, float16, bfloat16 or float32, and a few rows of activations: the weights become float32,
/// exactly, in registers, and everything is multiplied and added in float32.
/// </summary>
/// <param name="format">How weights are stored.</param>
/// <param name="rows">Rows of activations, 1 to <see cref="MostRows"/>.</param>
internal sealed class PlainRowEmitter(WeightFormat format, int rows) : StoredEmitter
{
    /// <summary>Most rows of activations: two sums for each are kept in registers.</summary>
    public const int MostRows = 8;

    /// <summary>Values in a vector.</summary>
    public const int Lanes = 16;

    private const int Weight = 0;
    private const int Input = 2;
    private const int FirstSum = 8;
    private const int MostSums = 16;
    private const int AheadBytes = 4096;
    private const int LineBytes = 64;

    private static readonly AssemblerRegister64[] InputPointers = [rax, rdx, r10];

    private int ValueBytes => format == WeightFormat.F32 ? sizeof(float) : sizeof(ushort);

    /// <summary>Vectors in a round of the loop, each with sums of its own: additions to one sum would wait for each other.</summary>
    public static int Unroll(int rows) => rows <= 2 ? 4 : rows <= MostSums / 4 ? 2 : 1;

    protected override void EmitBody()
    {
        LoadArgument(r8, 0);
        LoadArgument(r9, 8);
        LoadArgument(rax, 16);
        LoadArgument(rcx, 24);
        Code.lea(rdx, __qword_ptr[rcx + (rcx * 2)]);
        Code.lea(r10, __qword_ptr[rax + (rdx * 2)]);
        Code.add(rdx, rax);
        for (int i = 0; i < 2 * rows * Unroll(rows); i++)
        {
            Clear(Vectors[FirstSum + i]);
        }

        EmitLoop(32, Unroll(rows));
        AddUnrolledSums();
        EmitLoop(40, 1);

        Label done = Code.CreateLabel();
        LoadArgument(rsi, 48);
        Code.test(rsi, rsi);
        Code.je(done);
        Code.kmovw(k1, esi);
        EmitVector(0, masked: true);
        Code.Label(ref done);

        LoadArgument(rsi, 56);
        for (int i = 0; i < 2 * rows; i++)
        {
            Code.vmovups(__zmmword_ptr[rsi + (i * LineBytes)], Vectors[FirstSum + i]);
        }
    }

    private void EmitLoop(int countOffset, int unroll)
    {
        Label begin = Code.CreateLabel();
        Label end = Code.CreateLabel();
        LoadArgument(rsi, countOffset);
        Code.test(rsi, rsi);
        Code.je(end);
        Code.Label(ref begin);
        for (int line = 0; line < unroll * Lanes * ValueBytes; line += LineBytes)
        {
            Code.prefetchnta(__byte_ptr[r8 + (AheadBytes + line)]);
            Code.prefetchnta(__byte_ptr[r9 + (AheadBytes + line)]);
        }

        for (int vector = 0; vector < unroll; vector++)
        {
            EmitVector(vector, masked: false);
        }

        Code.add(r8, unroll * Lanes * ValueBytes);
        Code.add(r9, unroll * Lanes * ValueBytes);
        for (int pointer = 0; 3 * pointer < rows; pointer++)
        {
            Code.add(InputPointers[pointer], unroll * Lanes * sizeof(float));
        }

        Code.dec(rsi);
        Code.jne(begin);
        Code.Label(ref end);
    }

    private void EmitVector(int vector, bool masked)
    {
        EmitWeight(Weight, r8, vector * Lanes * ValueBytes, masked);
        EmitWeight(Weight + 1, r9, vector * Lanes * ValueBytes, masked);
        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM input = Vectors[Input + (row & 1)];
            AssemblerMemoryOperand values = Row(row, vector * Lanes * sizeof(float));
            Code.vmovups(masked ? input.k1.z : input, values);
            Code.vfmadd231ps(Sum(vector, row, 0), Vectors[Weight], input);
            Code.vfmadd231ps(Sum(vector, row, 1), Vectors[Weight + 1], input);
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
        for (int vector = 1; vector < Unroll(rows); vector++)
        {
            for (int row = 0; row < rows; row++)
            {
                Code.vaddps(Sum(0, row, 0), Sum(0, row, 0), Sum(vector, row, 0));
                Code.vaddps(Sum(0, row, 1), Sum(0, row, 1), Sum(vector, row, 1));
            }
        }
    }

    private AssemblerRegisterZMM Sum(int vector, int row, int weights) => Vectors[FirstSum + (2 * ((vector * rows) + row)) + weights];

    private AssemblerMemoryOperand Row(int row, int displacement)
    {
        AssemblerRegister64 pointer = InputPointers[row / 3];
        return (row % 3) switch
        {
            0 => __zmmword_ptr[pointer + displacement],
            1 => __zmmword_ptr[pointer + rcx + displacement],
            _ => __zmmword_ptr[pointer + (rcx * 2) + displacement],
        };
    }
}
