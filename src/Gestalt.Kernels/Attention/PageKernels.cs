using System.Collections.Concurrent;
using System.Runtime.Intrinsics.X86;
using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels;

/// <summary>The emitted kernels for a kind of words and a head width, made when they are first needed.</summary>
internal sealed unsafe class PageKernels
{
    private static readonly ConcurrentDictionary<(PageWords Words, int HeadWidth), PageKernels?> Made = new();

    // The second level exists for bytes only.
    private readonly nint[] _scores = new nint[2];
    private readonly nint[] _results = new nint[2];

    private PageKernels()
    {
    }

    /// <summary>The kernels for what decoding reads straight from pages, or null where the format, the head width, the processor or the system does not allow them.</summary>
    public static PageKernels? ForDecode(in PagedShape shape) => shape.Format switch
    {
        CacheFormat.F16 => For(PageWords.Halves, shape.HeadWidth),
        CacheFormat.Q8_0 => For(PageWords.Bytes, shape.HeadWidth),
        _ => null,
    };

    /// <summary>The same for prompts.</summary>
    public static PageKernels? ForPrefill(in PagedShape shape) => shape.Format switch
    {
        CacheFormat.F16 => For(PageWords.BFloats, shape.HeadWidth),
        CacheFormat.Q8_0 => For(PageWords.Bytes, shape.HeadWidth),
        _ => null,
    };

    /// <summary>scores = rows · keysᵀ.</summary>
    public void Scores(int levels, PageTileArguments* arguments) =>
        ((delegate* unmanaged[SuppressGCTransition]<PageTileArguments*, void>)_scores[levels - 1])(arguments);

    /// <summary>results = shrinks · results + factors · rows · values.</summary>
    public void Results(int levels, PageTileArguments* arguments) =>
        ((delegate* unmanaged[SuppressGCTransition]<PageTileArguments*, void>)_results[levels - 1])(arguments);

    private static PageKernels? For(PageWords words, int headWidth) =>
        Made.TryGetValue((words, headWidth), out PageKernels? made) ? made : Made.GetOrAdd((words, headWidth), static key => TryCreate(key.Words, key.HeadWidth));

    private static PageKernels? TryCreate(PageWords words, int headWidth)
    {
        bool allowed = words switch
        {
            PageWords.Bytes => CpuFeatures.HasAvx512Vnni,
            PageWords.BFloats => CpuFeatures.HasAvx512BFloat16,
            _ => Avx512F.IsSupported,
        };
        if (!allowed || !Avx512BW.IsSupported || headWidth % (words == PageWords.Bytes ? 32 : 16) != 0 || GemmBackend.BestInstructions < GemmInstructions.Emitted)
        {
            return null;
        }

        var kernels = new PageKernels();
        bool windows = OperatingSystem.IsWindows();
        for (int level = 1; level <= (words == PageWords.Bytes ? 2 : 1); level++)
        {
            var tile = new PageTile(words, level);
            kernels._scores[level - 1] = ExecutableMemory.TryPlace(new PageScoresEmitter(tile, headWidth).Assemble(windows));
            kernels._results[level - 1] = ExecutableMemory.TryPlace(new PageResultsEmitter(tile, headWidth).Assemble(windows));
            if (kernels._scores[level - 1] == 0 || kernels._results[level - 1] == 0)
            {
                return null;
            }
        }

        return kernels;
    }
}
