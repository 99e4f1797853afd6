using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Stored;

/// <summary>What emitted functions <c>void (arguments*)</c> of this folder share: the frame around them, and names for the registers.</summary>
/// <remarks>From the prologue on rdi holds the arguments; rax, rcx, rdx, rsi and r8 to r11 are free, and all vector registers.</remarks>
internal abstract class StoredEmitter
{
    /// <summary>Bytes of a cache line and of a vector.</summary>
    protected const int LineBytes = 64;

    // Windows wants these back as they were; elsewhere a callee may use all vector registers.
    private static readonly AssemblerRegisterXMM[] SavedOnWindows = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    protected static readonly AssemblerRegisterZMM[] Vectors =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    protected static readonly AssemblerRegisterYMM[] Halves =
    [
        ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15,
        ymm16, ymm17, ymm18, ymm19, ymm20, ymm21, ymm22, ymm23, ymm24, ymm25, ymm26, ymm27, ymm28, ymm29, ymm30, ymm31,
    ];

    protected static readonly AssemblerRegisterXMM[] Quarters =
    [
        xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15,
        xmm16, xmm17, xmm18, xmm19, xmm20, xmm21, xmm22, xmm23, xmm24, xmm25, xmm26, xmm27, xmm28, xmm29, xmm30, xmm31,
    ];

    /// <summary>Registers from 16 on exist in the newer encoding only.</summary>
    protected Assembler Code { get; } = new(64) { PreferVex = false };

    /// <summary>The machine code of the function.</summary>
    /// <param name="windows">Whether the Windows calling convention is wanted.</param>
    public byte[] Assemble(bool windows)
    {
        EmitPrologue(windows);
        EmitBody();
        EmitEpilogue(windows);
        using var stream = new MemoryStream();
        Code.Assemble(new StreamCodeWriter(stream), rip: 0);
        return stream.ToArray();
    }

    protected abstract void EmitBody();

    protected void LoadArgument(AssemblerRegister64 register, int offset) => Code.mov(register, __qword_ptr[rdi + offset]);

    protected void Clear(AssemblerRegisterZMM vector) => Code.vpxord(vector, vector, vector);

    private void EmitPrologue(bool windows)
    {
        if (!windows)
        {
            return;
        }

        Code.push(rdi);
        Code.push(rsi);
        Code.mov(rdi, rcx);
        Code.sub(rsp, 16 * SavedOnWindows.Length);
        for (int i = 0; i < SavedOnWindows.Length; i++)
        {
            Code.vmovdqu(__xmmword_ptr[rsp + (16 * i)], SavedOnWindows[i]);
        }
    }

    private void EmitEpilogue(bool windows)
    {
        // Mixing dirty upper halves with old SSE code is slow on some processors.
        Code.vzeroupper();
        if (windows)
        {
            for (int i = 0; i < SavedOnWindows.Length; i++)
            {
                Code.vmovdqu(SavedOnWindows[i], __xmmword_ptr[rsp + (16 * i)]);
            }

            Code.add(rsp, 16 * SavedOnWindows.Length);
            Code.pop(rsi);
            Code.pop(rdi);
        }

        Code.ret();
    }
}
