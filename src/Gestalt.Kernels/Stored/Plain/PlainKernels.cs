using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels.Stored;

/// <summary>The emitted kernels of products with float16, bfloat16 and float32 weights, or none where the processor or the system does not allow them.</summary>
internal sealed unsafe class PlainKernels
{
    // Two or four rows of weights, fetching or not.
    private const int Kinds = 4;

    private static readonly Lazy<PlainKernels?> LazyShared = new(TryCreate);

    private readonly nint[] _rows = new nint[((int)WeightFormat.BF16 + 1) * Kinds * (PlainRowEmitter.MostRows + 1)];
    private nint _pairs;

    /// <summary>The kernels, or null.</summary>
    public static PlainKernels? Shared => LazyShared.Value;

    /// <summary>Two or four rows of weights with a few rows of activations.</summary>
    public delegate* unmanaged[SuppressGCTransition]<PlainRowArguments*, void> Rows(WeightFormat format, int rows, int weightRows, bool fetches) =>
        (delegate* unmanaged[SuppressGCTransition]<PlainRowArguments*, void>)_rows[Slot(format, rows, weightRows, fetches)];

    /// <summary>float16 to bfloat16; null where the processor has no bfloat16.</summary>
    public delegate* unmanaged[SuppressGCTransition]<PairArguments*, void> Pairs => (delegate* unmanaged[SuppressGCTransition]<PairArguments*, void>)_pairs;

    private static int Slot(WeightFormat format, int rows, int weightRows, bool fetches) =>
        (Kinds * (((int)format * (PlainRowEmitter.MostRows + 1)) + rows)) + (weightRows == FourRows.Count ? 2 : 0) + (fetches ? 1 : 0);

    private static PlainKernels? TryCreate()
    {
        if (!System.Runtime.Intrinsics.X86.Avx512BW.IsSupported || GemmBackend.BestInstructions < GemmInstructions.Emitted)
        {
            return null;
        }

        var kernels = new PlainKernels();
        bool windows = OperatingSystem.IsWindows();
        for (WeightFormat format = WeightFormat.F32; format <= WeightFormat.BF16; format++)
        {
            for (int kernel = 0; kernel < PlainRowEmitter.MostRows * Kinds; kernel++)
            {
                (int rows, int weightRows, bool fetches) = (1 + (kernel / Kinds), kernel % Kinds < 2 ? 2 : FourRows.Count, kernel % 2 == 1);
                nint place = ExecutableMemory.TryPlace(new PlainRowEmitter(format, rows, weightRows, fetches).Assemble(windows));
                if (place == 0)
                {
                    return null;
                }

                kernels._rows[Slot(format, rows, weightRows, fetches)] = place;
            }
        }

        kernels._pairs = CpuFeatures.HasAvx512BFloat16 ? ExecutableMemory.TryPlace(new PairEmitter().Assemble(windows)) : 0;
        return kernels;
    }
}
