using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// The keys and values of one sequence in a <see cref="PagedCache"/>: for each layer a table of pages, some of them shared with other sequences. Made by
/// <see cref="PagedCache.Begin"/>; disposing of it frees at once what nobody else holds.
/// </summary>
public sealed unsafe class CachedSequence : IDisposable
{
    private const int PageTokens = PagedShape.TokensPerPage;
    private readonly PagedCache _cache;
    private AlignedMemory _tables;
    private int _tableLength;
    private int _windowFrom; // pages before it are gone in layers with a window
    private bool _isDisposed;

    internal CachedSequence(PagedCache cache)
    {
        _cache = cache;
        _tableLength = 4;
        _tables = NewTables(_tableLength);
    }

    /// <summary>Tokens that have been read.</summary>
    public int Length { get; private set; }

    /// <summary>Pages per layer, those behind a window counted as if they were still there.</summary>
    internal int Pages { get; private set; }

    /// <summary>
    /// Forgets all but the first tokens: back past rejected guesses. Layers with a window can go back by <see cref="PagedCache.WindowSlack"/> tokens at most.
    /// </summary>
    /// <param name="length">How many tokens stay.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (_windowFrom > _cache.FirstWindowPage(length))
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The window at {length} tokens is gone: the sequence had grown to {Length}.");
        }

        Length = length;
        int kept = PagesFor(length);
        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            for (int page = Math.Max(kept, LivesFrom(layer)); page < Pages; page++)
            {
                Drop(layer, page);
            }
        }

        Pages = kept;
    }

    /// <summary>Frees the pages that nobody else holds.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            for (int page = LivesFrom(layer); page < Pages; page++)
            {
                Drop(layer, page);
            }
        }

        Pages = 0;
        _tables.Dispose();
    }

    internal static int PagesFor(int tokens) => (tokens + PageTokens - 1) / PageTokens;

    /// <summary>A layer's pages, in order.</summary>
    internal byte** Table(int layer) => (byte**)_tables.Pointer + ((long)layer * _tableLength);

    /// <summary>First page that a layer still has.</summary>
    internal int LivesFrom(int layer) => _cache.IsWindowed(layer) ? Math.Min(_windowFrom, Pages) : 0;

    /// <summary>Counts tokens that the model has read.</summary>
    internal void Advance(int tokens) => Length += tokens;

    /// <summary>Pages that have to be taken before so many more tokens can be written, copies of shared ones included.</summary>
    internal int Missing(int tokens)
    {
        int missing = Math.Max(0, PagesFor(Length + tokens) - Pages) * _cache.Layers;
        if (tokens > 0 && Length % PageTokens != 0)
        {
            for (int layer = 0; layer < _cache.Layers; layer++)
            {
                missing += _cache.Pool.IsShared(Table(layer)[Length / PageTokens]) ? 1 : 0;
            }
        }

        return missing;
    }

    /// <summary>Takes the missing pages, which the pool must have, and a page of its own where the last one is shared.</summary>
    internal void Extend(int tokens)
    {
        int wanted = PagesFor(Length + tokens);
        Fit(wanted);
        int last = Length / PageTokens;
        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            byte** table = Table(layer);
            if (tokens > 0 && Length % PageTokens != 0 && _cache.Pool.IsShared(table[last]))
            {
                byte* own = _cache.Pool.Take();
                Buffer.MemoryCopy(table[last], own, _cache.Pool.PageBytes, _cache.Pool.PageBytes);
                _cache.Pool.Release(table[last]);
                table[last] = own;
            }

            for (int page = Pages; page < wanted; page++)
            {
                table[page] = _cache.Pool.Take();
            }
        }

        Pages = Math.Max(Pages, wanted);
    }

    /// <summary>Takes part in pages that another sequence has filled; this one must end where a page does.</summary>
    /// <param name="pages">One page for each layer.</param>
    /// <param name="tokens">How many of its tokens are this sequence's, too.</param>
    internal void Adopt(ReadOnlySpan<nint> pages, int tokens)
    {
        Fit(Pages + 1);
        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            Table(layer)[Pages] = (byte*)pages[layer];
            _cache.Pool.Hold((byte*)pages[layer]);
        }

        Pages++;
        Length += tokens;
    }

    /// <summary>Frees what no token to come sees in layers with a window.</summary>
    internal void DropBehindWindow()
    {
        int from = Math.Min(_cache.FirstWindowPage(Length - PagedCache.WindowSlack), Pages);
        if (from <= _windowFrom)
        {
            return;
        }

        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            for (int page = _windowFrom; _cache.IsWindowed(layer) && page < from; page++)
            {
                Drop(layer, page);
            }
        }

        _windowFrom = from;
    }

    private void Drop(int layer, int page)
    {
        byte** entry = Table(layer) + page;
        _cache.Pool.Release(*entry);
        *entry = null;
    }

    private void Fit(int pages)
    {
        if (pages <= _tableLength)
        {
            return;
        }

        int length = Math.Max(pages, 2 * _tableLength);
        AlignedMemory tables = NewTables(length);
        for (int layer = 0; layer < _cache.Layers; layer++)
        {
            Buffer.MemoryCopy(Table(layer), (byte**)tables.Pointer + ((long)layer * length), (long)length * sizeof(byte*), (long)Pages * sizeof(byte*));
        }

        _tables.Dispose();
        (_tables, _tableLength) = (tables, length);
    }

    private AlignedMemory NewTables(int length) => new((long)_cache.Layers * length * sizeof(byte*));
}
