using System.Collections.Concurrent;
using System.Runtime.Intrinsics.X86;
using Gestalt.Kernels.Emit;

namespace Gestalt.Kernels;

/// <summary>The emitted kernels for a kind of words and a head width, made when they are first needed.</summary>
internal sealed unsafe class PageKernels
{
    private static readonly ConcurrentDictionary<(PageWords Words, int HeadWidth), PageKernels?> Made = new();

    private readonly Dictionary<PageTile, (nint Scores, nint Results)> _tiles = [];

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

    /// <summary>The kernels for a tile.</summary>
    public PageTileKernels this[PageTile tile] => new(_tiles[tile].Scores, _tiles[tile].Results);

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
        if (!allowed || !Avx512BW.IsSupported || !Avx512DQ.IsSupported || headWidth % (words == PageWords.Bytes ? 32 : 16) != 0 || GemmBackend.BestInstructions < GemmInstructions.Emitted)
        {
            return null;
        }

        var kernels = new PageKernels();
        bool windows = OperatingSystem.IsWindows();
        PageTile[] tiles = words switch
        {
            PageWords.Bytes => [new(words, 4), new(words, 8), new(words, 8, Levels: 2)],
            PageWords.Halves => [new(words, 4)],
            _ => [new(words, 8)],
        };
        foreach (PageTile tile in tiles)
        {
            nint scores = ExecutableMemory.TryPlace(new PageScoresEmitter(tile, headWidth).Assemble(windows));
            nint results = ExecutableMemory.TryPlace(new PageResultsEmitter(tile, headWidth).Assemble(windows));
            if (scores == 0 || results == 0)
            {
                return null;
            }

            kernels._tiles.Add(tile, (scores, results));
        }

        return kernels;
    }
}

/// <summary>The two kernels of a tile.</summary>
internal readonly unsafe struct PageTileKernels(nint scores, nint results)
{
    /// <summary>scores = rows · keysᵀ.</summary>
    public void Scores(PageTileArguments* arguments) => ((delegate* unmanaged[SuppressGCTransition]<PageTileArguments*, void>)scores)(arguments);

    /// <summary>results = shrinks · results + factors · rows · values.</summary>
    public void Results(PageTileArguments* arguments) => ((delegate* unmanaged[SuppressGCTransition]<PageTileArguments*, void>)results)(arguments);
}
