using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Gestalt.Kernels.Emit;

/// <summary>
/// Writes the machine code of a micro-kernel for 512-bit vectors: up to 14 rows by 2 vectors of sums, two vectors of B and two
/// broadcasts of A fill the 32 registers exactly.
/// </summary>
/// <remarks>
/// <para>
/// A step of k loads 2 vectors of B, broadcasts 14 words of A and does 28 multiply-adds: 14 cycles of arithmetic, 8 cycles of
/// loads. The float32 kernel multiplies with <c>vfmadd231ps</c>; the bfloat16 kernel is the same code with
/// <c>vdpbf16ps</c>, for which .NET has no intrinsic: it multiplies the two bfloat16 of a word and adds both products.
/// </para>
/// <para>
/// Emitting has a second gain over C#: there is a kernel for every number of rows, so that no tile at an edge does work in vain, and
/// the stores of the last columns are masked.
/// </para>
/// </remarks>
internal sealed class GemmEmitter
{
    /// <summary>Most rows of a tile.</summary>
    public const int MaxRows = 14;

    /// <summary>Bytes of one step in a panel of B: two vectors.</summary>
    private const int PanelStep = 128;

    private const int Unroll = 4;
    private const int FirstSum = 4;

    // Rows are reached from five pointers, three rows apart, by adding the stride none, once or twice.
    private const int RowsPerPointer = 3;

    // Offsets into GemmTileArguments.
    private const int OffsetA = 0;
    private const int OffsetStrideA = 8;
    private const int OffsetB = 16;
    private const int OffsetSteps = 24;
    private const int OffsetC = 32;
    private const int OffsetStrideC = 40;
    private const int OffsetAccumulate = 48;
    private const int OffsetLastMask = 56;
    private const int OffsetSoon = 64;

    private static readonly AssemblerRegister64[] RowPointers = [r8, r9, r10, r11, rax];

    private static readonly AssemblerRegisterZMM[] Vectors =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    // Windows wants these back as they were; elsewhere a callee may use all vector registers.
    private static readonly AssemblerRegisterXMM[] SavedOnWindows = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    private readonly Assembler _code = new(64);
    private readonly Precision _precision;
    private readonly int _rows;
    private readonly int _vectors;
    private readonly bool _masked;
    private readonly bool _windows;

    private GemmEmitter(Precision precision, int rows, int vectors, bool masked, bool windows)
    {
        _precision = precision;
        _rows = rows;
        _vectors = vectors;
        _masked = masked;
        _windows = windows;
    }

    /// <summary>Machine code of the function <c>void (GemmTileArguments*)</c> in the calling convention of the system asked for.</summary>
    /// <param name="precision">What a word of the operands is.</param>
    /// <param name="rows">Rows of the tile, 1 to <see cref="MaxRows"/>.</param>
    /// <param name="vectors">Vectors in a row of the tile, 1 or 2.</param>
    /// <param name="masked">Whether the last vector is loaded and stored under a mask.</param>
    /// <param name="windows">Whether the Windows calling convention is wanted.</param>
    public static byte[] Emit(Precision precision, int rows, int vectors, bool masked, bool windows)
    {
        var emitter = new GemmEmitter(precision, rows, vectors, masked, windows);
        emitter.EmitFunction();
        using var stream = new MemoryStream();
        emitter._code.Assemble(new StreamCodeWriter(stream), rip: 0);
        return stream.ToArray();
    }

    private void EmitFunction()
    {
        EmitPrologue();
        PrefetchC();
        for (int i = 0; i < _rows * _vectors; i++)
        {
            _code.vpxord(Vectors[FirstSum + i], Vectors[FirstSum + i], Vectors[FirstSum + i]);
        }

        EmitLoop();
        EmitStores();
        EmitEpilogue();
    }

    /// <summary>rdi holds the arguments from here on, as it does on entry everywhere but on Windows.</summary>
    private void EmitPrologue()
    {
        _code.push(rbx);
        if (!_windows)
        {
            return;
        }

        _code.push(rdi);
        _code.push(rsi);
        _code.mov(rdi, rcx);
        _code.sub(rsp, 16 * SavedOnWindows.Length);
        for (int i = 0; i < SavedOnWindows.Length; i++)
        {
            _code.vmovdqu(__xmmword_ptr[rsp + (16 * i)], SavedOnWindows[i]);
        }
    }

    private void EmitEpilogue()
    {
        // Mixing dirty upper halves with old SSE code is slow on some processors.
        _code.vzeroupper();
        if (_windows)
        {
            for (int i = 0; i < SavedOnWindows.Length; i++)
            {
                _code.vmovdqu(SavedOnWindows[i], __xmmword_ptr[rsp + (16 * i)]);
            }

            _code.add(rsp, 16 * SavedOnWindows.Length);
            _code.pop(rsi);
            _code.pop(rdi);
        }

        _code.pop(rbx);
        _code.ret();
    }

    /// <summary>The tile of C is wanted when k is through: asking for it now hides its way from memory. It may straddle one line more than it has vectors.</summary>
    private void PrefetchC()
    {
        SetRowPointers(OffsetC, OffsetStrideC);
        for (int row = 0; row < _rows; row++)
        {
            _code.prefetchw(__byte_ptr[Row(row, 0)]);
            _code.prefetchw(__byte_ptr[Row(row, (64 * _vectors) - 1)]);
        }
    }

    private void EmitLoop()
    {
        SetRowPointers(OffsetA, OffsetStrideA);
        _code.mov(rdx, __qword_ptr[rdi + OffsetB]);
        _code.mov(rsi, __qword_ptr[rdi + OffsetSteps]);
        _code.mov(rbx, __qword_ptr[rdi + OffsetSoon]);

        Label unrolled = _code.CreateLabel();
        Label rest = _code.CreateLabel();
        Label single = _code.CreateLabel();
        Label done = _code.CreateLabel();

        _code.sub(rsi, Unroll);
        _code.jl(rest);
        _code.Label(ref unrolled);
        _code.prefetcht1(__byte_ptr[rbx]);
        _code.add(rbx, 64);
        EmitSteps(Unroll);
        _code.sub(rsi, Unroll);
        _code.jge(unrolled);

        _code.Label(ref rest);
        _code.add(rsi, Unroll);
        _code.je(done);
        _code.Label(ref single);
        EmitSteps(1);
        _code.dec(rsi);
        _code.jne(single);
        _code.Label(ref done);
    }

    private void EmitSteps(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            for (int vector = 0; vector < _vectors; vector++)
            {
                _code.vmovups(Vectors[vector], __zmmword_ptr[rdx + ((PanelStep * step) + (64 * vector))]);
            }

            for (int row = 0; row < _rows; row++)
            {
                AssemblerRegisterZMM broadcast = Vectors[2 + (row & 1)];
                _code.vbroadcastss(broadcast, __dword_ptr[Row(row, 4 * step)]);
                for (int vector = 0; vector < _vectors; vector++)
                {
                    MultiplyAdd(Sum(row, vector), broadcast, Vectors[vector]);
                }
            }
        }

        for (int pointer = 0; pointer * RowsPerPointer < _rows; pointer++)
        {
            _code.add(RowPointers[pointer], 4 * steps);
        }

        _code.add(rdx, PanelStep * steps);
    }

    private void MultiplyAdd(AssemblerRegisterZMM sum, AssemblerRegisterZMM a, AssemblerRegisterZMM b)
    {
        if (_precision == Precision.BFloat16)
        {
            _code.vdpbf16ps(sum, a, b);
        }
        else
        {
            _code.vfmadd231ps(sum, a, b);
        }
    }

    private void EmitStores()
    {
        SetRowPointers(OffsetC, OffsetStrideC);
        if (_masked)
        {
            _code.mov(rdx, __qword_ptr[rdi + OffsetLastMask]);
            _code.kmovw(k1, edx);
        }

        Label replace = _code.CreateLabel();
        _code.cmp(__qword_ptr[rdi + OffsetAccumulate], 0);
        _code.je(replace);
        ForEachSum((sum, target, masked) =>
        {
            if (masked)
            {
                // Zeroing what the mask leaves out keeps values beyond the last column out of the sum.
                _code.vmovups(zmm0.k1.z, target);
                _code.vaddps(sum, zmm0, sum);
            }
            else
            {
                _code.vaddps(sum, sum, target);
            }
        });
        _code.Label(ref replace);
        ForEachSum((sum, target, masked) => _code.vmovups(masked ? target.k1 : target, sum));
    }

    private void ForEachSum(Action<AssemblerRegisterZMM, AssemblerMemoryOperand, bool> emit)
    {
        for (int row = 0; row < _rows; row++)
        {
            for (int vector = 0; vector < _vectors; vector++)
            {
                emit(Sum(row, vector), __zmmword_ptr[Row(row, 64 * vector)], _masked && vector == _vectors - 1);
            }
        }
    }

    private AssemblerRegisterZMM Sum(int row, int vector) => Vectors[FirstSum + (row * _vectors) + vector];

    /// <summary>Points <see cref="RowPointers"/> at rows 0, 3, 6, 9 and 12 of the matrix named by two argument offsets; rcx holds its stride.</summary>
    private void SetRowPointers(int pointerOffset, int strideOffset)
    {
        _code.mov(rcx, __qword_ptr[rdi + strideOffset]);
        _code.mov(RowPointers[0], __qword_ptr[rdi + pointerOffset]);
        for (int pointer = 1; pointer * RowsPerPointer < _rows; pointer++)
        {
            _code.lea(RowPointers[pointer], __qword_ptr[RowPointers[pointer - 1] + (rcx * 2)]);
            _code.add(RowPointers[pointer], rcx);
        }
    }

    private AssemblerMemoryOperand Row(int row, int displacement)
    {
        AssemblerRegister64 pointer = RowPointers[row / RowsPerPointer];
        return (row % RowsPerPointer) switch
        {
            0 => pointer + displacement,
            1 => pointer + rcx + displacement,
            _ => pointer + (rcx * 2) + displacement,
        };
    }
}
