using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>What was generated.</summary>
/// <param name="Pages">Pages of the crawl.</param>
/// <param name="Kept">Pages that a good filter keeps.</param>
/// <param name="TextBytes">Clean text on them, in bytes.</param>
/// <param name="WellAttested">Facts that the pages keep returning to.</param>
public sealed record WorldOutcome(int Pages, int Kept, long TextBytes, int WellAttested)
{
    /// <summary>In a line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Pages:N0} pages, {Kept:N0} of them worth keeping with {TextBytes / 1e6:0.0} MB of text; {WellAttested} well-attested facts");
}

/// <summary>Stage 0: a seed becomes a small internet, <c>world/pages.warc.gz</c>, and its answer key.</summary>
public static class WorldStage
{
    /// <summary>The world of a run, as its answer key was made.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="textBytes">Bytes of clean text.</param>
    public static SmallWorld WorldOf(ulong seed, long textBytes) => SmallWorld.Create(seed, WorldScale.ForText(textBytes));

    /// <summary>Generates pages and key.</summary>
    /// <param name="run">The run.</param>
    /// <param name="seed">The seed; the same one makes the same bytes.</param>
    /// <param name="textBytes">Bytes of clean text wanted.</param>
    /// <param name="threads">Threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Gives up.</param>
    public static WorldOutcome Run(RunFolder run, ulong seed, long textBytes, int threads, CancellationToken cancellation)
    {
        Directory.CreateDirectory(run.World);
        SmallWorld world = WorldOf(seed, textBytes);
        var key = new AnswerKey(world);
        key.WritePagesTo(run.World);
        string path = Path.Combine(run.World, "pages.warc.gz");
        using (var stream = File.Create(path + ".part"))
        using (var warc = new WarcWriter(stream))
        {
            foreach (Page page in new Internet(world).Pages(textBytes, threads))
            {
                cancellation.ThrowIfCancellationRequested();
                warc.Write(page);
                key.Add(page);
            }
        }

        key.Write(run.World);
        File.Move(path + ".part", path, overwrite: true);
        return new WorldOutcome(key.Pages, key.KeptPages, key.KeptTextBytes, world.OfTier(Attestation.WellAttested).Count());
    }
}
