using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Corpus;
using Gestalt.Store.Improving;
using Gestalt.Training;
using Gestalt.Training.Improvement;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Cli.Verbs;

/// <summary>What all parts of <c>gestalt improve</c> are told: which run, and where its log is.</summary>
internal sealed class ImproveArguments
{
    public Option<string?> Run { get; } = RunSource.Option("The run whose model is improved: a name below runs/, or a folder [default: the one that the log lies in, or the newest run]");

    public Option<string?> Log { get; } = new("--log") { Description = "The folder of the log, as 'chat --log' and 'serve --log' have it [default: improve/ in the run]", HelpName = "FOLDER" };

    /// <summary>What was asked for.</summary>
    public ImproveScope Read(ParseResult parse) => ImproveScope.Of(parse.GetValue(Run), parse.GetValue(Log));

    /// <summary>Who reviews.</summary>
    public static Option<string> As() => new("--as") { Description = "Who says so", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
}

/// <summary>A log, and what is known of the model that it is about.</summary>
/// <param name="Folder">Log, review, versions.</param>
/// <param name="Run">The run; null for a model of others.</param>
internal sealed record ImproveScope(ImprovementFolder Folder, RunFolder? Run)
{
    private readonly Lazy<Conversations?> _world = new(() => WorldOf(Run));

    /// <summary>How one talks about the run's world; null where its text has no answer key.</summary>
    public Conversations? World => _world.Value;

    /// <summary>The corpus that the run's base model was made from; null where there is none.</summary>
    public string? Corpus => Run is not null && CorpusFolder.Exists(Run.Corpus) ? Run.Corpus : null;

    /// <summary>The option that says which run, as commands that are suggested name it.</summary>
    public string Option => Run is null ? $"--log {CommandLine.Quote(Shown)}" : $"--run {CommandLine.Quote(Path.GetRelativePath(Directory.GetCurrentDirectory(), Run.Path))}{(IsInRun ? "" : $" --log {CommandLine.Quote(Shown)}")}";

    /// <summary>The folder as people say it.</summary>
    public string Shown => Path.GetRelativePath(Directory.GetCurrentDirectory(), Folder.Path);

    private bool IsInRun => Run is not null && Folder.Path == Run.In(ImprovementFolder.Name);

    /// <summary>Finds run and log.</summary>
    public static ImproveScope Of(string? run, string? log)
    {
        RunFolder? of = run is not null || log is null ? RunSource.Existing(run) : RunAround(log);
        return new ImproveScope(new ImprovementFolder(log ?? of!.In(ImprovementFolder.Name), Messages.Warn), of);
    }

    /// <summary>The rules that were asked for.</summary>
    public RuleBook Book(params IReadOnlyCollection<string> names)
    {
        try
        {
            return RuleBook.Of(names, World);
        }
        catch (ArgumentException problem)
        {
            throw new UserError(ExitCode.Usage, problem.Message);
        }
    }

    /// <summary>The logged answers; lines that are none are named.</summary>
    /// <exception cref="UserError">There are none yet.</exception>
    public IReadOnlyList<LoggedAnswer> Answers()
    {
        (IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<string> problems) = Folder.Log.Read();
        Tell(problems);
        return answers.Count > 0 ? answers : throw new UserError(ExitCode.Missing, $"nothing is logged in '{Shown}' yet. Log conversations: gestalt chat{(Run is null ? "" : " " + CommandLine.Quote(Path.GetRelativePath(Directory.GetCurrentDirectory(), Run.Path)))} --log {CommandLine.Quote(Shown)}, or serve --log{(World is null ? "" : $"; or ask what people of its world would: gestalt improve ask {Option}")}");
    }

    /// <summary>What was said of them; lines that are none are named.</summary>
    public ReviewSet Review()
    {
        ReviewSet set = Folder.Review.Read();
        Tell(set.Problems);
        return set;
    }

    /// <summary>The model that is improved: the one that was named, or the run's.</summary>
    public string Model(string? named) => named is not null ? ModelSource.Find(named)
        : Run is not null ? ModelSource.Find(Run.Path)
        : throw new UserError(ExitCode.Usage, $"'{Shown}' lies in no run: say which model is improved with --model MODEL.");

    private static void Tell(IReadOnlyList<string> problems)
    {
        foreach (string problem in problems.Take(5)) Messages.Warn(problem);
        if (problems.Count > 5) Messages.Warn($"{problems.Count} lines in all are left out; they stay in the file.");
    }

    private static RunFolder? RunAround(string log) =>
        Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(log))) is string around && File.Exists(new RunFolder(around).Plan) ? new RunFolder(around) : null;

    private static Conversations? WorldOf(RunFolder? run)
    {
        if (run is null || !File.Exists(run.Plan)) return null;
        LifePlan plan = LifePlan.Load(run.Plan);
        return plan.WorldBytes > 0 && plan.Request.Data is null ? new Conversations(WorldStage.WorldOf(plan.Request.Seed, plan.WorldBytes)) : null;
    }
}
