using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels.Stored;

/// <summary>The emitted kernels of products with float16, bfloat16 and float32 weights, or none where the processor or the system does not allow them.</summary>
internal sealed unsafe class PlainKernels
{
    private static readonly Lazy<PlainKernels?> LazyShared = new(TryCreate);

    private readonly nint[] _rows = new nint[3 * (PlainRowEmitter.MostRows + 1)];
    private nint _pairs;

    /// <summary>The kernels, or null.</summary>
    public static PlainKernels? Shared => LazyShared.Value;

    /// <summary>Two rows of weights with a few rows of activations.</summary>
    public delegate* unmanaged[SuppressGCTransition]<PlainRowArguments*, void> Rows(WeightFormat format, int rows) =>
        (delegate* unmanaged[SuppressGCTransition]<PlainRowArguments*, void>)_rows[Slot(format, rows)];

    /// <summary>float16 to bfloat16; null where the processor has no bfloat16.</summary>
    public delegate* unmanaged[SuppressGCTransition]<PairArguments*, void> Pairs => (delegate* unmanaged[SuppressGCTransition]<PairArguments*, void>)_pairs;

    private static int Slot(WeightFormat format, int rows) => ((int)format * (PlainRowEmitter.MostRows + 1)) + rows;

    private static PlainKernels? TryCreate()
    {
        if (!System.Runtime.Intrinsics.X86.Avx512BW.IsSupported || GemmBackend.BestInstructions < GemmInstructions.Emitted)
        {
            return null;
        }

        var kernels = new PlainKernels();
        bool windows = OperatingSystem.IsWindows();
        for (int rows = 1; rows <= PlainRowEmitter.MostRows; rows++)
        {
            for (WeightFormat format = WeightFormat.F32; format <= WeightFormat.BF16; format++)
            {
                nint kernel = ExecutableMemory.TryPlace(new PlainRowEmitter(format, rows).Assemble(windows));
                if (kernel == 0)
                {
                    return null;
                }

                kernels._rows[Slot(format, rows)] = kernel;
            }
        }

        kernels._pairs = CpuFeatures.HasAvx512BFloat16 ? ExecutableMemory.TryPlace(new PairEmitter().Assemble(windows)) : 0;
        return kernels;
    }
}
