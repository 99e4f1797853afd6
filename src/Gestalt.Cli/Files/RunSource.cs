using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Corpus;
using Gestalt.Kernels;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Files;

/// <summary>The run that a verb works on.</summary>
internal static class RunSource
{
    /// <summary>The option that names it.</summary>
    public static Option<string?> Option(string description = "The run: a name below runs/, or a folder [default: the newest run]") =>
        new("--run", "-r") { Description = description, HelpName = "NAME" };

    /// <summary>The folder for a name: a name alone is a folder below <c>runs/</c>, anything with a slash is a path.</summary>
    public static RunFolder Named(string name) => new(name.Contains('/') || name.Contains(Path.DirectorySeparatorChar) || Directory.Exists(name) ? name : Path.Combine(ModelSource.Runs, name));

    /// <summary>The run of that name, or the newest; it must exist.</summary>
    /// <exception cref="UserError">There is none.</exception>
    public static RunFolder Existing(string? name)
    {
        if (name is null)
            return Newest() ?? throw new UserError(ExitCode.Missing, $"there is no run below '{Path.GetFullPath(ModelSource.Runs)}' yet. Begin one: gestalt life");
        RunFolder run = Named(name);
        return Directory.Exists(run.Path) ? run : throw new UserError(ExitCode.Missing, $"there is no run '{run.Path}'. See what there is: ls {ModelSource.Runs}/");
    }

    /// <summary>All runs, the one that was worked on last first.</summary>
    public static IEnumerable<RunFolder> All() => Directory.Exists(ModelSource.Runs)
        ? Directory.EnumerateDirectories(ModelSource.Runs).OrderByDescending(LastWrite).Select(folder => new RunFolder(folder))
        : [];

    /// <summary>
    /// The run's plan. A run that has none, because its corpus was made by hand, gets one: that of a life of
    /// <paramref name="minutes"/> on its text, with the vocabulary that it has.
    /// </summary>
    public static LifePlan Plan(RunFolder run, double minutes, ulong seed, Precision? precision, CancellationToken cancellation)
    {
        if (File.Exists(run.Plan)) return LifePlan.Load(run.Plan);
        if (!CorpusFolder.Exists(run.Corpus) || !File.Exists(run.Tokenizer))
            throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no {(CorpusFolder.Exists(run.Corpus) ? "tokenizer" : "corpus")} yet. Make it first: "
                + (CorpusFolder.Exists(run.Corpus) ? $"gestalt tokenizer train --run {run.Name}" : $"gestalt corpus TEXT --run {run.Name}"));
        CorpusReport corpus = CorpusFolder.Open(run.Corpus).Report;
        string data = corpus.Inputs.Count > 0 ? corpus.Inputs[0] : run.Corpus;
        LifePlan plan = LifePlanner.Create(new LifeRequest(minutes, data, null, seed, CommandLine.AsTyped), corpus.Training.Bytes, WorkerPool.Shared, precision, cancellation);
        int vocabulary = Gestalt.Text.TokenizerJson.Load(run.Tokenizer).VocabularySize;
        plan = plan with { Model = plan.Model with { Vocabulary = vocabulary } };
        plan.Save(run.Plan);
        return plan;
    }

    /// <summary>The small world that a run was born in.</summary>
    /// <param name="run">The run.</param>
    /// <param name="otherwise">What a user can do whose run has read a text of their own.</param>
    /// <exception cref="UserError">It has no plan, or has read a person's own text.</exception>
    public static SmallWorld WorldOf(RunFolder run, string otherwise)
    {
        if (!File.Exists(run.Plan)) throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no plan, and so no world whose answers are known. Name a run that gestalt life made.");
        LifePlan plan = LifePlan.Load(run.Plan);
        return plan.WorldBytes > 0
            ? WorldStage.WorldOf(plan.Request.Seed, plan.WorldBytes)
            : throw new UserError(ExitCode.BadInput, $"the run '{run.Path}' has read a person's own text, which has no answer key. Use a run that gestalt life made without --data. {otherwise}");
    }

    private static RunFolder? Newest() => All().FirstOrDefault();

    /// <summary>When anything in the run changed last; its stages write into folders of their own.</summary>
    private static DateTime LastWrite(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(File.GetLastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();
}
