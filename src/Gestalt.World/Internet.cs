using Gestalt.World.Grammar;
using Gestalt.World.Sites;

namespace Gestalt.World;

/// <summary>
/// The small internet about a <see cref="SmallWorld"/>: an endless row of pages, of which number i depends on nothing but the world's
/// seed, its scale and i. So it can be written from any place, by any number of threads, and always comes out the same.
/// </summary>
/// <remarks>
/// Each run of <see cref="PagePlan.Block"/> pages holds the same mixture: junk (15 %), tales, pages about one well-known thing, pages
/// that go through the well-attested facts in turn, and pages about the less known. The turns are fair: every well-attested fact
/// comes up equally often, up to the chance of which facts a page has room for.
/// </remarks>
/// <param name="world">What the pages are about.</param>
public sealed class Internet(SmallWorld world)
{
    private const int Batch = 64;

    /// <summary>What the pages are about.</summary>
    public SmallWorld World { get; } = world;

    /// <summary>Sites that a sensible crawl leaves out.</summary>
    public static IReadOnlyList<string> BlockedDomains => Hosts.Blocked;

    /// <summary>Page number <paramref name="index"/> of the crawl.</summary>
    public Page PageAt(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new PageWriter(World).Write(index);
    }

    /// <summary>
    /// The crawl from its first page until the text of the kept pages has at least <paramref name="textBytes"/> bytes. Junk pages are
    /// included and do not count.
    /// </summary>
    /// <param name="textBytes">Wanted bytes of kept text.</param>
    /// <param name="threads">Threads that write pages; the order and the pages are the same for any number.</param>
    public IEnumerable<Page> Pages(long textBytes, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(textBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        long kept = 0;
        foreach (Page page in threads == 1 ? Endless() : EndlessByMany(threads))
        {
            yield return page;
            if (page.Fate != Fate.Drop)
            {
                kept += System.Text.Encoding.UTF8.GetByteCount(page.Text);
                if (kept >= textBytes)
                {
                    yield break;
                }
            }
        }
    }

    private IEnumerable<Page> Endless()
    {
        var writer = new PageWriter(World);
        for (long index = 0; ; index++)
        {
            yield return writer.Write(index);
        }
    }

    private IEnumerable<Page> EndlessByMany(int threads)
    {
        PageWriter[] writers = [.. Enumerable.Range(0, threads).Select(_ => new PageWriter(World))];
        var pages = new Page[threads * Batch];
        for (long start = 0; ; start += pages.Length)
        {
            long from = start;
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            {
                for (int n = part * Batch; n < (part + 1) * Batch; n++)
                {
                    pages[n] = writers[part].Write(from + n);
                }
            });
            foreach (Page page in pages)
            {
                yield return page;
            }
        }
    }
}
