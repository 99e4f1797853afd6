using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>How a life's assistant learns from comparisons.</summary>
/// <param name="Pairs">Comparisons that the reader whose taste is known makes of its stories.</param>
/// <param name="Objective">What is made small.</param>
/// <param name="Options">The recipe.</param>
public sealed record PreferencePlan(int Pairs, PreferenceObjective Objective, TrainingOptions Options);

/// <summary>How a life's assistant learns from problems whose answers can be checked: those of <see cref="LifeProblems"/>.</summary>
/// <param name="Percent">Worked problems in a hundred of the conversations of fine-tuning, by a pupil that often errs: so that the assistant knows the form, and has something left to find out.</param>
/// <param name="Options">The recipe.</param>
public sealed record ReinforcementPlan(int Percent, TrainingOptions Options);

/// <summary>The stages of a life behind fine-tuning, which make an assistant better than the examples that it learned from: comparisons, and problems that can be checked.</summary>
internal static class LifeLessons
{
    internal const double HeldOutComparisons = 0.1;

    /// <summary>The assistant tells stories, a reader compares them, and it learns to tell what that reader likes.</summary>
    public static string Prefer(RunFolder run, LifePlan plan, PreferencePlan lesson, Device device, LifeWatcher watcher, CancellationToken cancellation)
    {
        string comparisons = ComparisonsIn(run);
        if (!File.Exists(comparisons))
        {
            Directory.CreateDirectory(run.Preferred);
            using LoadedModel teller = ModelFile.Load(run.ModelOf(LifeStage.Finetune), new Device(device.Pool)); // in float32, as 'prefer plant' does
            using var engine = new Engine(teller.Transformer);
            PlantedOutcome planted = PlantedComparisons.Plant(new TextGenerator(engine, teller), WorldStage.WorldOf(plan.Request.Seed, plan.WorldBytes), lesson.Pairs, plan.Request.Seed, cancellation);
            PreferenceFile.Write(comparisons, planted.Pairs);
        }

        var request = new PreferRequest(run.ModelOf(LifeStage.Finetune), comparisons, run.Preferred, run.Name, HeldOutComparisons, lesson.Options) { Replay = [.. ConversationFile.Read(ConversationStage.PathIn(run))] };
        PreferenceOutcome outcome = PreferStage.Prefer(request, lesson.Objective, device, watcher.Training, watcher.Say, cancellation);
        return FormattableString.Invariant($"{outcome.Steps:N0} steps, held-out comparisons ranked as the reader does: {outcome.Before.Share * 100:0.0} % before, {outcome.After.Share * 100:0.0} % after");
    }

    /// <summary>The assistant tries problems again and again, and keeps to what solved them.</summary>
    public static string Reinforce(RunFolder run, ReinforcementPlan lesson, Device device, LifeWatcher watcher, CancellationToken cancellation)
    {
        ReinforceRequest request = LifeProblems.Request(ModelBefore(run, LifeStage.Reinforce), run.Reinforced, run.Name, lesson.Options, [.. ConversationFile.Read(ConversationStage.PathIn(run))]);
        ReinforceOutcome outcome = ReinforceStage.Run(request, new Device(device.Pool), watcher.Training, watcher.Say, cancellation);
        return FormattableString.Invariant($"{lesson.Options.Steps:N0} steps; held-out problems solved by one answer drawn: {Share(outcome.Before.Sampled)} before, {Share(outcome.After.Sampled)} after; ")
            + FormattableString.Invariant($"{outcome.Before.SampledHabits.ThinkingTokens:0.0} and {outcome.After.SampledHabits.ThinkingTokens:0.0} tokens of thinking");

        static string Share(Proportion share) => FormattableString.Invariant($"{share.Share * 100:0.0} % [{share.Low * 100:0.0}, {share.High * 100:0.0}]");
    }

    /// <summary>The verb of a stage.</summary>
    public static string NameOf(LifeStage stage) => stage switch
    {
        LifeStage.Pretrain => "pretrain",
        LifeStage.Finetune => "finetune",
        LifeStage.Prefer => "prefer",
        _ => "reinforce",
    };

    /// <summary>The commands that do the stage of comparisons again, bit for bit: with the threads and the precision of the life.</summary>
    public static string PreferCommand(RunFolder run, LifePlan plan, PreferencePlan lesson)
    {
        (string comparisons, string threads) = (Life.Quote(ComparisonsIn(run)), ThreadsOf(plan));
        string plant = FormattableString.Invariant($"gestalt prefer plant --run {Life.Quote(run.Argument)} --pairs {lesson.Pairs} --seed {plan.Request.Seed} {threads} -o {comparisons}");
        string prefer = FormattableString.Invariant($"gestalt prefer --data {comparisons} -m {Life.Quote(run.ModelOf(LifeStage.Finetune))} --method {NameOf(lesson.Objective.Method)} --hold-out {HeldOutComparisons} ")
            + RecipeOf(lesson.Options, lesson.Options.Optimizer.MatrixLearningRate) + FormattableString.Invariant($" --rows {lesson.Options.Rows} --precision {plan.Machine.Precision.ToString().ToLowerInvariant()} {threads} ")
            + $"--replay {Life.Quote(ConversationStage.PathIn(run))} -o {Life.Quote(run.Preferred)}";
        return $"{plant} && {prefer}";
    }

    /// <summary>The command that does the stage of problems again, bit for bit.</summary>
    public static string ReinforceCommand(RunFolder run, LifePlan plan, ReinforcementPlan lesson) =>
        $"gestalt reinforce --problems {LifeProblems.Names} -m {Life.Quote(ModelBefore(run, LifeStage.Reinforce))} {RecipeOf(lesson.Options, lesson.Options.Optimizer.LearningRate)} {ThreadsOf(plan)} "
        + FormattableString.Invariant($"--measure {LifeProblems.Measured} --max-tokens {LifeProblems.Rollouts.MaxTokens} ")
        + FormattableString.Invariant($"--replay {Life.Quote(ConversationStage.PathIn(run))} --replay-tokens {LifeProblems.Rollouts.ReplayTokens} --replay-weight {LifeProblems.Rollouts.ReplayWeight} -o {Life.Quote(run.Reinforced)}");

    private static string RecipeOf(TrainingOptions options, float rate) =>
        FormattableString.Invariant($"--steps {options.Steps} --context {options.Context} --learning-rate {rate} --seed {options.Seed}");

    private static string ThreadsOf(LifePlan plan) => FormattableString.Invariant($"--threads {plan.Machine.Threads}");

    private static string NameOf(PreferenceMethod method) => method.ToString().ToLowerInvariant();

    /// <summary>Where the comparisons of a run lie.</summary>
    public static string ComparisonsIn(RunFolder run) => Path.Combine(run.Preferred, "comparisons.jsonl");

    private static string ModelBefore(RunFolder run, LifeStage stage) =>
        run.Before(stage) is { } before ? run.ModelOf(before) : throw new FileNotFoundException($"the run '{run.Path}' has no model yet that the stage could begin with. Go on with its life: gestalt life --run {Life.Quote(run.Argument)}");

    /// <summary>
    /// Measures a stage's model. One that answers fewer facts than the model before it is set aside, as <c>set-aside.gguf</c>: the life goes on from the model before it, and the report says so.
    /// </summary>
    /// <returns>A remark for the stage's result; empty where all is well.</returns>
    public static string Examine(RunFolder run, LifePlan plan, LifeStage stage, Device device, CancellationToken cancellation)
    {
        string model = run.ModelOf(stage), folder = Path.GetDirectoryName(model)!;
        StageProfile profile = ProfileStage.Measure(run, NameOf(stage), model, plan.Profile, device, cancellation);
        if (stage is LifeStage.Prefer or LifeStage.Reinforce && run.Before(stage) is { } before && ProfileStage.Read(Path.GetDirectoryName(run.ModelOf(before))!) is { } was)
            profile = profile with { Rejected = ProfileStage.Regression(was, profile) };
        ProfileStage.Write(folder, profile);
        if (profile.Rejected is not { } reason) return "";
        File.Move(model, Path.Combine(folder, "set-aside.gguf"), overwrite: true);
        return $"; set aside: {reason}";
    }
}
