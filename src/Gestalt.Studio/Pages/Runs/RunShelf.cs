using System.Collections.Concurrent;
using System.ComponentModel;
using Gestalt.Studio.Hosting;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Metrics;

namespace Gestalt.Studio.Pages.Runs;

/// <summary>The runs of this machine: what they are doing, and the one that Studio itself lives. One at a time: two would only slow each other down.</summary>
internal sealed class RunShelf(StudioOptions options) : IAsyncDisposable
{
    /// <summary>The stages that train, with the names of their folders.</summary>
    public static readonly IReadOnlyList<string> TrainingStages = ["pretrain", "finetune", "prefer", "reinforce"];

    // A training log reaches the disk every five seconds; stages that do not train are short.
    private static readonly TimeSpan StillLiving = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SavingTime = TimeSpan.FromSeconds(20);
    private const int SmoothedSteps = 50;
    private const int LongestName = 64;

    private readonly ConcurrentDictionary<string, MetricsTail> _tails = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private LifeProcess? _life;

    /// <summary>All runs, the one that was worked on last first.</summary>
    public IReadOnlyList<RunFolder> All() => Directory.Exists(options.Runs)
        ? [.. Directory.EnumerateDirectories(options.Runs).Select(folder => new RunFolder(folder)).OrderByDescending(Changed)]
        : [];

    /// <summary>The run of that name; null if there is none. Only what lies directly below the folder of runs is a run.</summary>
    public RunFolder? Find(string name) => IsName(name) && Directory.Exists(Path.Combine(options.Runs, name)) ? new RunFolder(Path.Combine(options.Runs, name)) : null;

    /// <summary>What a training stage has measured.</summary>
    public IReadOnlyList<StepMetrics> Lines(RunFolder run, string stage)
    {
        string folder = stage switch { "finetune" => run.Sft, "prefer" => run.Preferred, "reinforce" => run.Reinforced, _ => run.Base };
        return _tails.GetOrAdd(folder, key => new MetricsTail(key)).Lines();
    }

    /// <summary>Where a run is.</summary>
    public RunSummary Summary(RunFolder run)
    {
        LifePlan? plan = Plan(run);
        IReadOnlyList<CompletedStage> complete = Ledger(run);
        LifeProcess? own = _life?.Run == run.Name ? _life : null;
        bool hasReport = File.Exists(run.ReportHtml);
        DateTime changed = Changed(run);
        RunState state = own is { HasEnded: false } ? (own.IsStopping ? RunState.Stopping : RunState.Living)
            : hasReport ? RunState.Complete
            : plan is null ? RunState.ByHand
            : own is null && DateTime.UtcNow - changed < StillLiving ? RunState.LivingElsewhere : RunState.Paused;
        return new RunSummary(
            run.Name, state, plan?.Request.Minutes, plan?.Begun, plan?.Model.ParameterCount,
            plan is null ? [] : [.. plan.Seconds.Where(stage => stage.Key != "plan" && (stage.Value > 0 || complete.Any(done => done.Name == stage.Key))).Select(stage => Stage(stage.Key, stage.Value, complete))],
            [.. TrainingStages.Select(stage => Training(run, plan, stage)).OfType<TrainingSummary>()],
            hasReport, ModelSource.ModelOf(run.Path) is not null, changed, own?.Said ?? [], own is { HasEnded: true, IsStopping: false } && own.ExitCode != 0);
    }

    /// <summary>Begins a life.</summary>
    /// <param name="minutes">The one dial.</param>
    /// <param name="name">The run's name; null to find one.</param>
    /// <returns>Its name.</returns>
    /// <exception cref="ArgumentException">The time or the name cannot be.</exception>
    /// <exception cref="InvalidOperationException">Another life is being lived, or the program cannot be started.</exception>
    public string Begin(double minutes, string? name)
    {
        if (!(minutes is >= LifePlanner.LeastMinutes and <= LifePlanner.MostMinutes))
            throw new ArgumentException(FormattableString.Invariant($"A life takes from {LifePlanner.LeastMinutes} to {LifePlanner.MostMinutes:0} minutes, not {minutes}."), nameof(minutes));
        name = string.IsNullOrWhiteSpace(name) ? RunName.New(options.Runs) : name.Trim();
        if (!IsName(name))
            throw new ArgumentException($"A run's name has 1 to {LongestName} letters, digits, '-', '_' and '.', and begins with a letter or digit.", nameof(name));
        if (Directory.Exists(Path.Combine(options.Runs, name)))
            throw new ArgumentException($"There is a run '{name}' already. Go on with it, or choose another name.", nameof(name));
        Live(name, ["--minutes", minutes.ToString(System.Globalization.CultureInfo.InvariantCulture), "--new"]);
        return name;
    }

    /// <summary>Goes on with a life that was stopped or killed, from where it was.</summary>
    /// <exception cref="InvalidOperationException">It is complete or being lived, or was run by hand; or another life is.</exception>
    public void GoOn(RunFolder run)
    {
        RunState state = Summary(run).State;
        if (state != RunState.Paused)
            throw new InvalidOperationException(state switch
            {
                RunState.Complete => $"The run '{run.Name}' is complete: its report is written.",
                RunState.ByHand => $"The run '{run.Name}' has no plan that could go on: its stages were run by hand.",
                _ => $"The run '{run.Name}' is being lived already.",
            });
        Live(run.Name, []);
    }

    /// <summary>Asks the run that Studio lives to save and stop.</summary>
    /// <exception cref="InvalidOperationException">Studio does not live it.</exception>
    public void Stop(RunFolder run)
    {
        lock (_gate)
        {
            if (_life is not { HasEnded: false } life || life.Run != run.Name)
                throw new InvalidOperationException($"Studio does not live the run '{run.Name}'. One that was started at a terminal is stopped there, with Ctrl-C.");
            life.Stop();
        }
    }

    /// <summary>Lets the life that is being lived save and stop.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_life is not { } life)
            return;
        if (!life.HasEnded)
        {
            life.Stop();
            await life.EndAsync(SavingTime).ConfigureAwait(false);
        }
        life.Dispose();
        _life = null;
    }

    private void Live(string name, IReadOnlyList<string> more)
    {
        lock (_gate)
        {
            if (_life is { HasEnded: false } other)
                throw new InvalidOperationException($"The run '{other.Run}' is being lived; two at once would only slow each other down. Stop it first, or wait until it is complete.");
            _life?.Dispose();
            string[] program = [.. options.Program.Count > 0 ? options.Program : ThisProgram()];
            try
            {
                _life = new LifeProcess(name, program, ["life", "--run", Path.Combine(options.Runs, name), "--no-chat", .. more]);
            }
            catch (Win32Exception problem)
            {
                throw new InvalidOperationException($"'{program[0]}' cannot be started: {problem.Message}. Begin the life at a terminal: gestalt life --run {name}", problem);
            }
        }
    }

    private static IEnumerable<string> ThisProgram()
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This system does not say where this program lies. Begin the life at a terminal: gestalt life");
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
    }

    private static StageSummary Stage(string name, double planned, IReadOnlyList<CompletedStage> complete)
    {
        CompletedStage? done = complete.FirstOrDefault(stage => stage.Name == name);
        return new StageSummary(name, planned, done?.Seconds, done?.Result);
    }

    private TrainingSummary? Training(RunFolder run, LifePlan? plan, string stage)
    {
        IReadOnlyList<StepMetrics> lines = Lines(run, stage);
        if (lines.Count == 0)
            return null;
        StepMetrics last = lines[^1];
        return new TrainingSummary(
            stage, last.Step, StepsOf(plan, stage), lines.Skip(Math.Max(0, lines.Count - SmoothedSteps)).Average(line => line.Loss),
            lines.LastOrDefault(line => line.BitsPerByte is not null)?.BitsPerByte, last.TokensPerSecond, last.FractionOfPeak > 0 ? last.FractionOfPeak : null, last.GradientNorm, last.Tokens, last.Seconds,
            lines.Count(line => line.Sample is not null));
    }

    private static int? StepsOf(LifePlan? plan, string stage) => stage switch
    {
        "finetune" => plan?.Finetune.Steps,
        "prefer" => plan?.Prefer?.Options.Steps,
        "reinforce" => plan?.Reinforce?.Options.Steps,
        _ => plan?.Pretrain.Steps,
    };

    private static LifePlan? Plan(RunFolder run)
    {
        try
        {
            return File.Exists(run.Plan) ? LifePlan.Load(run.Plan) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static IReadOnlyList<CompletedStage> Ledger(RunFolder run)
    {
        try
        {
            return StageLedger.Load(run.Stages).Stages;
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>When anything in a run changed last; stages write into folders of their own.</summary>
    private static DateTime Changed(RunFolder run) => new[] { run.Path, run.Plan, run.Stages, run.Corpus, run.World, MetricsLog.PathIn(run.Base), MetricsLog.PathIn(run.Sft), run.Preferred, MetricsLog.PathIn(run.Preferred), MetricsLog.PathIn(run.Reinforced), run.ReportHtml }
        .Where(Path.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
