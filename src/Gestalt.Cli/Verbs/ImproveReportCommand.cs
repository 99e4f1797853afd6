using System.CommandLine;
using System.Text;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Store.Improving;
using Gestalt.Training.Improvement;

namespace Gestalt.Cli.Verbs;

/// <summary>How before and after are compared.</summary>
/// <param name="Margin">By how much a share may fall and still count as kept, 0 to 1.</param>
/// <param name="IsStrict">Whether it is a failure that something became worse.</param>
/// <param name="Size">How much of everything else is asked.</param>
internal sealed record ImproveReportRequest(double Margin, bool IsStrict, ExamSize Size);

/// <summary>What a person says about that.</summary>
internal sealed class ImproveReportArguments
{
    public Option<double> Margin { get; } = new("--margin") { Description = "By how many points a share may fall, at the end of its interval, and still be called kept (a cost: by how many percent it may rise)", HelpName = "POINTS", DefaultValueFactory = _ => 2 };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Fail, with exit status 8, if anything became worse beyond its interval" };

    public Option<int> Questions { get; } = new("--questions") { Description = "The most questions of one kind", HelpName = "N", DefaultValueFactory = _ => new ExamSize().Facts };

    /// <summary>All of them.</summary>
    public Option[] All => [Margin, Strict, Questions];

    /// <summary>What was asked for.</summary>
    /// <exception cref="UserError">A number is impossible.</exception>
    public ImproveReportRequest Read(ParseResult parse)
    {
        int questions = Questions.AtLeastOne(parse.GetValue(Questions));
        var usual = new ExamSize();
        return new ImproveReportRequest(Margin.Between(parse.GetValue(Margin), 0, 100) / 100, parse.GetValue(Strict),
            new ExamSize(questions, Math.Min(usual.Strangers, questions), Math.Min(usual.Stories, questions), Math.Min(usual.Documents, questions), Math.Min(usual.ToolQuestions, questions)));
    }
}

/// <summary><c>gestalt improve report</c>: a version's model, and the one before → what changed.</summary>
internal static class ImproveReportCommand
{
    public static Command Create()
    {
        var where = new ImproveArguments();
        var version = new Option<int?>("--version") { Description = "Which version [default: the newest]", HelpName = "N" };
        var report = new ImproveReportArguments();
        Option<bool> json = Json.Option();
        return new Verb("report", "Compare before and after: what was flagged, and everything else",
            "Both models are asked the same: the corrected questions in their own words, in other words (where the model's world has them), and those that were held back; logged questions whose answers were good; facts told, never told, and of strangers, stories, tools, as far as the run has them; and what conversations that it was made from and text that it never read cost it. "
            + "Changes are paired, question by question, each with its 95 % interval. Writes report.html and report.json into the version's folder.",
            new Example("gestalt improve report --run first", "the newest version"),
            new Example("gestalt improve report --run first --version 2 --strict", "fails if anything became worse beyond chance"))
            .With(where.Run, where.Log, version).With(report.All).With(json)
            .Does(parse =>
            {
                ImproveScope scope = where.Read(parse);
                int newest = scope.Folder.Versions.Newest;
                if (newest == 0) throw new UserError(ExitCode.Missing, $"there is no version in '{scope.Shown}' yet. Make one: gestalt improve train {scope.Option}");
                Report(scope, parse.GetValue(version) ?? newest, report.Read(parse), parse.GetValue(json));
            });
    }

    /// <summary>Compares, writes, tells.</summary>
    /// <exception cref="UserError">The version was not trained; or, where that is strict, something became worse.</exception>
    public static void Report(ImproveScope scope, int version, ImproveReportRequest request, bool json)
    {
        (VersionManifest manifest, ImprovementSet set) = scope.Folder.Versions.Open(version);
        TrainedVersion trained = ImprovementTraining.Read(scope.Folder, version) ?? throw new UserError(ExitCode.Missing, $"v{version} was not trained yet. Train it: gestalt improve train {scope.Option}");
        if (trained.SetHash != manifest.Hash) throw new UserError(ExitCode.Damaged, $"{scope.Folder.TrainedOf(version)} was trained on another content than v{version} has. Train it anew: gestalt improve train {scope.Option} --again");
        if (trained.BeforeSha256.Length > 0 && ImprovementFolder.HashOf(trained.Before) != trained.BeforeSha256)
            throw new UserError(ExitCode.BadInput, $"the model before, {trained.Before}, is no longer the one that v{version} was trained from. Train it anew: gestalt improve train {scope.Option} --again");
        using var interruption = new Interruption("stopping; no report is written (Ctrl-C again stops at once)");
        string[] patterns = [.. set.Corrected.Concat(set.HeldBack).SelectMany(one => one.Flags).Select(flag => flag.By).Where(by => by.StartsWith(Flag.RulePrefix + PatternRule.Prefix, StringComparison.Ordinal)).Select(by => by[Flag.RulePrefix.Length..]).Distinct()];
        RuleBook book = scope.Book([.. scope.Book().Rules.Select(rule => rule.Name), .. patterns]);
        var exam = new ImprovementExam(set, book, scope.World, scope.Run, request.Size);
        Messages.Say($"asking the model before, and the one after, {set.Corrected.Count + set.HeldBack.Count} corrected questions and everything else ...");
        ImprovementReport report = ImprovementReport.Compare(Hold(exam, trained.Before, null, interruption.Token), Hold(exam, trained.IsAdapter ? trained.Before : trained.After, trained.IsAdapter ? trained.After : null, interruption.Token), request.Margin);
        string page = scope.Folder.ReportOf(version);
        Write(page, ImprovementPage.Of(report, $"v{version}", Facts(manifest, set, trained)).ToString());
        Write(Path.ChangeExtension(page, ".json"), Json.Text(report) + "\n");
        if (json) Json.Write(report);
        else Print(report);
        Messages.Say($"Everything else: {report.Summary}. {page}");
        if (request.IsStrict && report.Regressed.Count > 0) throw new UserError(ExitCode.Regressed, $"{report.Summary}. Read {page}; more of what it was made from (--replay-per-correction, --documents), more weight on good answers (--good-weight) or a lower --learning-rate keeps more.");
    }

    private static ExamResult Hold(ImprovementExam exam, string path, string? adapter, CancellationToken cancellation)
    {
        using LanguageModel model = new EngineRequest(Adapter: adapter).Open(path, precision: null);
        return exam.Hold(model, cancellation);
    }

    private static IReadOnlyList<(string, string)> Facts(VersionManifest manifest, ImprovementSet set, TrainedVersion trained) =>
    [
        ("version", $"v{manifest.Number}, {manifest.Hash}"), ("made", $"{manifest.Made:yyyy-MM-dd HH:mm} UTC, {manifest.New} corrections new, after {manifest.Parent ?? "none"}"),
        ("learned", $"{set.Corrected.Count} corrections, {set.Kept.Count} good answers, {set.Replay.Count} replayed conversations"), ("held back", $"{set.HeldBack.Count} corrections, {set.KeptBack.Count} good answers, {set.ReplayBack.Count} conversations"),
        ("before", trained.Before), ("after", trained.After), ("training", FormattableString.Invariant($"{trained.Steps} steps of AdamW at {trained.LearningRate:g}, {trained.Tokens:N0} tokens, {trained.DocumentShare * 100:0} % of them documents of the run's corpus")),
        ("command", CommandLine.AsTyped),
    ];

    private static void Print(ImprovementReport report)
    {
        foreach (ShareChange share in report.Shares)
            Console.Out.WriteLine(FormattableString.Invariant($"{share.Name,-34} {Short(share.Before)} → {Short(share.After)}  {share.Pairs}: {ImprovementPage.NameOf(share.Verdict)}"));
        foreach (CostChange cost in report.Costs)
            Console.Out.WriteLine($"{cost.Name,-34} {cost.Pairs} {cost.Unit}: {ImprovementPage.NameOf(cost.Verdict)}");

        static string Short(Proportion share) => FormattableString.Invariant($"{share.Share * 100,5:0.0} % [{share.Low * 100:0.0}, {share.High * 100:0.0}]");
    }

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
