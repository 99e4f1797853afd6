using System.CommandLine;
using System.Diagnostics;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Corpus;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Training;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt corpus</c>: whatever text people have → clean, deduplicated documents.</summary>
internal static class CorpusCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("INPUT") { Description = "Files, folders, globs, or - for standard input: WARC, HTML, text, Markdown, JSONL with a text field, all of them also as .gz; with --run it may be left out: the run's small internet", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> run = RunSource.Option("The run to make it for, instead of --out");
        var output = new Option<string>("--out", "-o") { Description = "The folder for the corpus", HelpName = "FOLDER", DefaultValueFactory = _ => "corpus" };
        var profile = new Option<string>("--profile") { Description = "How sternly documents are judged: gentle, web, or automatic by origin", HelpName = "PROFILE", DefaultValueFactory = _ => "automatic" };
        profile.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "automatic", "gentle", "web");
        var holdOut = new Option<string?>("--hold-out") { Description = "Kept for measuring: a number of documents, a share, a file name pattern, or none [default: 2%]", HelpName = "WHAT" };
        var comments = new Option<bool>("--comments") { Description = "Readers' comments under an article belong to its text" };
        Option<bool> json = Json.Option();
        return new Verb(
            "corpus",
            "Turn web pages and text files into clean documents, each once",
            "Pages from the web go through all of FineWeb's steps: address, extraction, language, repetition, quality, near-duplicates, personal data. Your own text files only lose broken encodings. Whatever is left out is counted and explained in corpus.json.",
            new Example("gestalt corpus crawl/*.warc.gz --out corpus", "a crawl"),
            new Example("gestalt corpus books/ --hold-out 'dracula.txt' --out corpus", "a folder of books, one kept to measure on"),
            new Example("gestalt corpus --run first", "the small internet of a run, into the run"),
            new Example("zcat dump.jsonl.gz | gestalt corpus - --hold-out 5%", "JSONL from standard input"))
            .With(inputs, run, output, profile, holdOut, comments, json)
            .Does(parse => Build(
                parse.GetValue(inputs) ?? [], parse.GetValue(run) is string name ? RunSource.Named(name) : null, parse.GetRequiredValue(output),
                new CorpusOptions
                {
                    Profile = Enum.Parse<CorpusProfile>(parse.GetRequiredValue(profile), ignoreCase: true),
                    HoldOut = parse.GetValue(holdOut) is string wish ? HoldOut.Parse(wish) : HoldOut.Default,
                    KeepComments = parse.GetValue(comments),
                    Threads = parse.GetValue(GlobalOptions.Threads) ?? Environment.ProcessorCount,
                },
                parse.GetValue(json)));
    }

    private static void Build(string[] inputs, RunFolder? run, string folder, CorpusOptions options, bool json)
    {
        if (inputs.Length == 0 && run is null) throw new UserError(ExitCode.Usage, "what shall the corpus be made of? Give files, folders, globs, - for standard input, or a run: gestalt corpus --run first");
        if (inputs.Length == 0)
        {
            inputs = [Path.Combine(run!.World, "pages.warc.gz")];
            options = options with { Blocklist = CorpusStage.SmallInternetBlocklist };
        }

        TextInput.Require(inputs);
        folder = run?.Corpus ?? folder;
        OutputPath.RequireFolder(folder);
        using var interruption = new Interruption("stopping; the folder stays as it was (Ctrl-C again stops at once)");
        using var progress = new WorkProgress("reading", QuantityFormat.Bytes);
        long begun = Stopwatch.GetTimestamp();
        CorpusReport Make() => CorpusBuilder.Build(inputs, folder, options, new Watch(progress), interruption.Token).Report;
        CorpusReport report = run is null ? Make() : RunStage.Do(run, "corpus", made => $"{made.Training.Documents:N0} documents to learn from, {made.HeldOut.Documents:N0} held out", Make);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        progress.Dispose();
        if (json)
        {
            Json.Write(new { Folder = folder, Seconds = seconds, Report = report });
            return;
        }

        Messages.Say($"{report.DocumentsRead:N0} documents read in {QuantityFormat.Duration(seconds)} → {folder}");
        Messages.Say($"  to learn from  {report.Training.Documents,9:N0}  {QuantityFormat.Bytes(report.Training.Bytes)}");
        Messages.Say($"  held out       {report.HeldOut.Documents,9:N0}  {QuantityFormat.Bytes(report.HeldOut.Bytes)}  {report.HoldOutRule}");
        foreach (DropTally drop in report.Dropped) Messages.Say($"  dropped        {drop.Documents,9:N0}  {drop.Reason}");
        if (report.Repaired > 0) Messages.Say($"  repaired       {report.Repaired,9:N0}  broken encodings");
        foreach (string notice in report.Notices) Messages.Warn(notice);
    }

    private sealed class Watch(WorkProgress progress) : IProgress<CorpusProgress>
    {
        public void Report(CorpusProgress value) =>
            progress.Report(value.BytesRead, value.BytesTotal, $"{value.DocumentsKept:N0} of {value.DocumentsRead:N0} documents kept");
    }
}
