using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>Operands of <see cref="PairEmitter"/>'s kernel. Emitted code reads it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PairArguments
{
    /// <summary>float16 values.</summary>
    public byte* Source;

    /// <summary>Receives bfloat16 values.</summary>
    public byte* Target;

    /// <summary>Vectors of 32 values, at least 1.</summary>
    public long Count;
}

/// <summary>Emits the conversion from float16 to bfloat16, nearest, ties to even.</summary>
internal sealed class PairEmitter : StoredEmitter
{
    /// <summary>Values in a step.</summary>
    public const int Values = 32;

    protected override void EmitBody()
    {
        LoadArgument(r8, 0);
        LoadArgument(r9, 8);
        LoadArgument(rcx, 16);
        Label begin = Code.CreateLabel();
        Code.Label(ref begin);
        Code.vcvtph2ps(zmm0, __ymmword_ptr[r8]);
        Code.vcvtph2ps(zmm1, __ymmword_ptr[r8 + 32]);
        Code.vcvtne2ps2bf16(zmm0, zmm1, zmm0);
        Code.vmovups(__zmmword_ptr[r9], zmm0);
        Code.add(r8, Values * sizeof(ushort));
        Code.add(r9, Values * sizeof(ushort));
        Code.dec(rcx);
        Code.jne(begin);
    }
}
