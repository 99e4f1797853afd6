using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// Keys and values of many sequences in pages of <see cref="PagedShape.TokensPerPage"/> tokens (Kwon et al., arXiv 2309.06180), in memory that is reserved once.
/// Sequences that begin alike share pages, also with sequences that have ended (<see cref="Remember"/>), as long as memory lasts: what was used least
/// recently is forgotten first.
/// </summary>
/// <remarks>
/// A page belongs to one layer. Layers with a sliding window give back the pages that no token to come can see. Not thread-safe: its engine uses it from one
/// thread at a time.
/// </remarks>
public sealed unsafe class PagedCache : IDisposable
{
    /// <summary>How far back <see cref="CachedSequence.Truncate"/> can always go, in tokens.</summary>
    public const int WindowSlack = PagedShape.TokensPerPage;

    private const int PageTokens = PagedShape.TokensPerPage;
    private readonly int[] _windows;
    private readonly int _longestWindow;
    private readonly PrefixTree _prefixes;

    /// <summary>Reserves the memory.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="format">How keys and values are kept.</param>
    /// <param name="bytes">How much memory they may take.</param>
    /// <exception cref="ArgumentException">The format does not go with the model's heads, or the memory is too small for a single page of each layer.</exception>
    public PagedCache(TransformerConfig config, CacheFormat format, long bytes)
    {
        ArgumentNullException.ThrowIfNull(config);
        Format = format;
        Layers = config.Layers;
        _windows = [.. Enumerable.Range(0, Layers).Select(config.WindowOf)];
        _longestWindow = _windows.Max();
        PagedShape shape = ShapeOf(config, format);
        shape.Validate();
        long count = bytes / shape.PageBytes;
        if (count < 2 * Layers)
        {
            throw new ArgumentException($"A cache of {bytes} bytes does not hold two pages of {shape.PageBytes} bytes for each of {Layers} layers.", nameof(bytes));
        }

        Pool = new PagePool(shape.PageBytes, Math.Min(count, int.MaxValue));
        _prefixes = new PrefixTree(this);
    }

    /// <summary>How keys and values are kept.</summary>
    public CacheFormat Format { get; }

    /// <summary>Bytes reserved.</summary>
    public long Bytes => Pool.PageBytes * Pool.Count;

    /// <summary>Bytes in pages that sequences or the memory of earlier ones hold.</summary>
    public long UsedBytes => Pool.PageBytes * (Pool.Count - Pool.FreeCount);

    internal int Layers { get; }

    internal PagePool Pool { get; }

    /// <summary>
    /// Bytes that one sequence takes at most while it is read in pieces: all tokens in layers that see everything, in others the window, the piece, and what
    /// <see cref="WindowSlack"/> keeps; and a page of each layer to part from a shared one.
    /// </summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="format">How keys and values are kept.</param>
    /// <param name="tokens">Length of the sequence.</param>
    /// <param name="piece">Tokens that are read at once.</param>
    public static long BytesFor(TransformerConfig config, CacheFormat format, int tokens, int piece)
    {
        ArgumentNullException.ThrowIfNull(config);
        long pages = 0;
        for (int layer = 0; layer < config.Layers; layer++)
        {
            int window = config.WindowOf(layer);
            long kept = window == 0 ? tokens : Math.Min(tokens, (long)window + piece + WindowSlack + PageTokens);
            pages += ((kept + PageTokens - 1) / PageTokens) + 1;
        }

        return pages * ShapeOf(config, format).PageBytes;
    }

    /// <summary>The longest sequence that fits in so much memory; 0 when none does.</summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="format">How keys and values are kept.</param>
    /// <param name="bytes">The memory.</param>
    /// <param name="piece">Tokens that are read at once.</param>
    public static int LargestContext(TransformerConfig config, CacheFormat format, long bytes, int piece)
    {
        (int low, int high) = (0, 1 << 24);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = BytesFor(config, format, middle, piece) <= bytes ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Begins a sequence that already holds as many of its first tokens as are remembered.</summary>
    /// <param name="tokens">The tokens that will be read; at least the last one is left to read, so that there are logits. Empty for a sequence that shares nothing.</param>
    public CachedSequence Begin(ReadOnlySpan<int> tokens)
    {
        var sequence = new CachedSequence(this);
        if (tokens.Length > 1)
        {
            _prefixes.Find(tokens[..^1], sequence);
        }

        return sequence;
    }

    /// <summary>
    /// Remembers what a sequence holds for those that will begin alike. Its pages are shared from then on, none is copied.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="tokens">Its tokens; the first <see cref="CachedSequence.Length"/> of them count.</param>
    /// <param name="hasEnded">Whether its last page, which is not full, is remembered, too.</param>
    public void Remember(CachedSequence sequence, ReadOnlySpan<int> tokens, bool hasEnded)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens.Length, sequence.Length, nameof(tokens));
        int length = hasEnded ? sequence.Length : sequence.Length / PageTokens * PageTokens;
        _prefixes.Add(tokens[..length], sequence);
    }

    /// <summary>Forgets everything that no sequence holds.</summary>
    public void Forget() => _prefixes.Clear();

    /// <summary>
    /// Readies pages for a sequence's next tokens, first freeing what its windows have left behind, then forgetting what nobody needs.
    /// </summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <returns>False if other sequences hold too much of the memory; nothing has been taken then.</returns>
    public bool TryReserve(CachedSequence sequence, int tokens)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        sequence.DropBehindWindow();
        int missing = sequence.Missing(tokens);
        if (missing > Pool.FreeCount)
        {
            _prefixes.Evict(missing);
            missing = sequence.Missing(tokens); // a page that was shared with what is now forgotten needs no copy
            if (missing > Pool.FreeCount)
            {
                return false;
            }
        }

        sequence.Extend(tokens);
        return true;
    }

    /// <summary>Returns the memory to the system. Its sequences may not be used any more.</summary>
    public void Dispose() => Pool.Dispose();

    internal static PagedShape ShapeOf(TransformerConfig config, CacheFormat format, int layer = 0) => new(
        config.Heads, config.KeyValueHeads, config.HeadWidth, format, config.AttentionScale, config.AttentionSoftCap, config.WindowOf(layer));

    internal bool IsWindowed(int layer) => _windows[layer] > 0;

    /// <summary>The first page that a token after so many others sees in layers with a window.</summary>
    internal int FirstWindowPage(int tokens) => _longestWindow == 0 ? 0 : Math.Max(0, tokens - _longestWindow + 1) / PageTokens;
}
