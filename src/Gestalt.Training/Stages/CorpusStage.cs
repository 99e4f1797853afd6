using Gestalt.Corpus;
using Gestalt.World;

namespace Gestalt.Training.Stages;

/// <summary>Stage 1: pages or the user's own files become clean documents, some of them held out.</summary>
public static class CorpusStage
{
    /// <summary>The sites that a sensible crawl of the small internet leaves out.</summary>
    public static UrlBlocklist SmallInternetBlocklist { get; } = new(Internet.BlockedDomains);

    /// <summary>Builds the run's corpus.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">The user's files; null for the pages of the run's small internet.</param>
    /// <param name="holdOut">Which documents to hold out; null for the default.</param>
    /// <param name="threads">Threads to use; the result does not depend on them.</param>
    /// <param name="cancellation">Gives up, leaving what was there.</param>
    /// <returns>What came of it, in a line.</returns>
    public static string Run(RunFolder run, string? data, string? holdOut, int threads, CancellationToken cancellation)
    {
        var options = new CorpusOptions { Threads = threads, Blocklist = data is null ? SmallInternetBlocklist : UrlBlocklist.WordsOnly };
        if (holdOut is not null) options = options with { HoldOut = HoldOut.Parse(holdOut) };
        CorpusReport report = CorpusBuilder.Build([data ?? Path.Combine(run.World, "pages.warc.gz")], run.Corpus, options, cancellation: cancellation).Report;
        return FormattableString.Invariant(
            $"{report.Training.Documents:N0} documents ({report.Training.Bytes / 1e6:0.0} MB) of {report.DocumentsRead:N0} read, {report.HeldOut.Documents:N0} more held out ({report.HeldOut.Bytes / 1e6:0.00} MB)");
    }
}
