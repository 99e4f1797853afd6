using System.Runtime.Intrinsics.X86;
using Gestalt.Kernels.Emit;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Tests;

/// <summary>The emitted code for Windows, run here: a bridge calls it by that system's convention and shows what it did to the registers it must preserve.</summary>
public sealed unsafe class GemmEmitterTests
{
    private const int Steps = 23;
    private const int Saved = 10; // xmm6 to xmm15
    private const int SavedBytes = 16 * Saved;

    [Theory]
    [InlineData(14, 2, false)]
    [InlineData(14, 2, true)]
    [InlineData(1, 1, true)]
    [InlineData(5, 2, false)]
    public void Code_for_windows_computes_the_same_and_preserves_what_it_must(int rows, int vectors, bool masked)
    {
        Assert.SkipUnless(Avx512F.IsSupported, "this machine has no 512-bit vectors");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there every product runs this code");
        float[] here = Run(GemmEmitter.Emit(Precision.Float32, rows, vectors, masked, windows: false), rows, out _);
        byte[] windows = GemmEmitter.Emit(Precision.Float32, rows, vectors, masked, windows: true);
        Assert.Equal(here, Run(windows, rows, out byte[] registers));

        byte[] expected = Enumerable.Range(0, SavedBytes).Select(i => (byte)i).ToArray();
        Assert.Equal(expected, registers[..SavedBytes]);
        Assert.Equal([0x1111, 0x2222, 0x3333], Enumerable.Range(0, 3).Select(i => BitConverter.ToInt64(registers, SavedBytes + (8 * i))));
        Assert.Contains(here, value => value != 0);
    }

    /// <summary>Runs code on a tile of simple numbers; code for Windows through the bridge.</summary>
    private static float[] Run(byte[] code, int rows, out byte[] registers)
    {
        registers = new byte[SavedBytes + 24];
        for (int i = 0; i < SavedBytes; i++)
        {
            registers[i] = (byte)i;
        }

        float[] a = [.. Enumerable.Range(0, rows * Steps).Select(i => (float)(i % 7) - 3)];
        float[] b = [.. Enumerable.Range(0, 32 * Steps).Select(i => (float)(i % 5) - 2)];
        float[] c = new float[rows * 32];
        nint kernel = ExecutableMemory.TryPlace(code);
        Assert.NotEqual(0, kernel);
        fixed (float* pa = a, pb = b, pc = c)
        fixed (byte* pr = registers)
        {
            GemmTileArguments arguments;
            arguments.A = pa;
            arguments.StrideA = Steps * sizeof(float);
            arguments.B = pb;
            arguments.Steps = Steps;
            arguments.C = pc;
            arguments.StrideC = 32 * sizeof(float);
            arguments.Accumulate = 0;
            arguments.LastMask = 0x7FF;
            arguments.Soon = pb;
            bool isForWindows = code.AsSpan().IndexOf(Bytes(assembler => assembler.mov(rdi, rcx))) >= 0;
            if (isForWindows)
            {
                nint bridge = ExecutableMemory.TryPlace(Bridge());
                ((delegate* unmanaged<GemmTileArguments*, nint, byte*, void>)bridge)(&arguments, kernel, pr);
            }
            else
            {
                ((delegate* unmanaged<GemmTileArguments*, void>)kernel)(&arguments);
            }
        }

        return c;
    }

    /// <summary>void (arguments in rdi, kernel in rsi, registers in rdx): fills what Windows preserves, calls with rcx, and writes back what came out.</summary>
    private static byte[] Bridge() => Bytes(code =>
    {
        AssemblerRegisterXMM[] preserved = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
        code.push(rbx);
        code.push(r12);
        code.push(r13);
        code.mov(r12, rdx);
        code.mov(r13, rsi);
        for (int i = 0; i < Saved; i++)
        {
            code.vmovdqu(preserved[i], __xmmword_ptr[r12 + (16 * i)]);
        }

        code.mov(rcx, rdi);
        code.mov(rdi, 0x1111);
        code.mov(rsi, 0x2222);
        code.mov(rbx, 0x3333);
        code.sub(rsp, 32);
        code.call(r13);
        code.add(rsp, 32);
        for (int i = 0; i < Saved; i++)
        {
            code.vmovdqu(__xmmword_ptr[r12 + (16 * i)], preserved[i]);
        }

        code.mov(__qword_ptr[r12 + SavedBytes], rdi);
        code.mov(__qword_ptr[r12 + SavedBytes + 8], rsi);
        code.mov(__qword_ptr[r12 + SavedBytes + 16], rbx);
        code.pop(r13);
        code.pop(r12);
        code.pop(rbx);
        code.ret();
    });

    private static byte[] Bytes(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }
}
