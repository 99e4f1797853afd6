using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tasks.Problems;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Reinforcement;

/// <summary>What <see cref="ReinforceStage"/> is asked to do.</summary>
/// <param name="Model">The model to begin with: a file that Gestalt opens.</param>
/// <param name="Problems">Problems to learn from.</param>
/// <param name="HeldOut">Problems to measure on before and after.</param>
/// <param name="Folder">Where the model, checkpoint and metrics go.</param>
/// <param name="Name">The result's name in its file.</param>
/// <param name="Objective">What is made small.</param>
/// <param name="Rollouts">How answers are drawn.</param>
/// <param name="Options">The optimizer's recipe.</param>
/// <param name="System">A message of the system before each problem; null for none.</param>
public sealed record ReinforceRequest(string Model, ProblemSource Problems, IReadOnlyList<Problem> HeldOut, string Folder, string Name, PolicyObjective Objective, ReinforcementOptions Rollouts,
    TrainingOptions Options, string? System)
{
    /// <summary>
    /// Conversations to learn from beside the problems, so that the model keeps what it was taught besides; null for none. Those that ask such problems are left out: their answers are the ones that
    /// reinforcement is to outgrow.
    /// </summary>
    public IReadOnlyList<Conversation>? Replay { get; init; }
}

/// <summary>What came out of it.</summary>
/// <param name="Training">Steps, time, gap.</param>
/// <param name="Before">Problems solved by the model that training began with.</param>
/// <param name="After">Problems solved by the model that came out.</param>
/// <param name="Result">The model's file.</param>
public sealed record ReinforceOutcome(ReinforcementOutcome Training, PassRate Before, PassRate After, string Result);

/// <summary>Stage 6: problems with a checkable answer make an assistant that thinks.</summary>
public static class ReinforceStage
{
    private const int ChanceProblems = 2000, MostContext = 2048;

    /// <summary>
    /// The learning rate that is usual for a model: 5e-4 at the width of a life's model (docs/log/2026-11-reinforcement.md), less with the square of the width, which comes to the 1e-6 that others use at
    /// 7 billion weights.
    /// </summary>
    /// <param name="width">The model's width C.</param>
    public static float UsualRate(int width) => 5e-4f * MathF.Min(1, 160f / width * (160f / width));

    /// <summary>A recipe: AdamW at one rate after a short warm-up. A rate that falls solves as much and holds back less of what was taught besides (docs/log/2026-11-reinforcement.md).</summary>
    /// <param name="steps">Steps.</param>
    /// <param name="rollouts">How answers are drawn.</param>
    /// <param name="context">The longest problem with its answer, in tokens.</param>
    /// <param name="rate">Peak learning rate.</param>
    /// <param name="seed">Order of the problems, and chance of the answers.</param>
    public static TrainingOptions Recipe(int steps, ReinforcementOptions rollouts, int context, float rate, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        return new TrainingOptions
        {
            Steps = steps,
            Rows = rollouts.Prompts * rollouts.Samples,
            Context = context,
            Seed = seed,
            WarmUp = Math.Min(5, steps),
            Decay = 0,
            Optimizer = new OptimizerOptions(rate, rate, rate, UseMuon: false, Beta2: 0.99f, WeightDecay: 0),
        };
    }

    /// <summary>What a person leaves open, settled for a model.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="context">The longest problem with its answer; what the model is meant for, at most 2,048 tokens, if null.</param>
    /// <param name="rate">Peak learning rate; the <see cref="UsualRate"/> if null.</param>
    /// <exception cref="ArgumentException">The context is more than the model is meant for, or nothing.</exception>
    public static (int Context, float Rate) Settle(string model, int? context, float? rate)
    {
        using LoadedModel loaded = ModelFile.Load(model, new Device(), LoadMode.Mapped);
        TransformerConfig config = loaded.Transformer.Config;
        if (context is int asked && (asked < 1 || asked > config.Context)) throw new ArgumentException($"a context of {asked} tokens is asked for; the model's has 1 to {config.Context}.");
        return (context ?? Math.Min(config.Context, MostContext), rate ?? UsualRate(config.Width));
    }

    /// <summary>Measures, trains, measures again, and saves the model as <c>model.gguf</c>.</summary>
    /// <param name="request">Model, problems and recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops; the same request goes on.</param>
    public static ReinforceOutcome Run(ReinforceRequest request, Device device, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(device);
        request.Rollouts.Validate();
        using LoadedModel loaded = ModelFile.Load(request.Model, device);
        using LoadedModel? reference = request.Objective.KlWeight > 0 ? ModelFile.Load(request.Model, device) : null;
        using var engine = new Engine(loaded.Transformer);
        var generator = new TextGenerator(engine, loaded);
        var asker = new ProblemAsker(generator, request.System);
        int maxTokens = request.Rollouts.MaxTokens;
        (ProblemSource problems, IReadOnlyList<Problem> heldOut) = Fitting(request.Problems, request.HeldOut, asker, maxTokens, request.Options.Context, request.Rollouts.IsStrict, report);
        double chance = PassRate.ChanceOf(problems.Take(ChanceProblems), heldOut);
        PassRate before = PassRate.Of(generator, asker, heldOut, chance, maxTokens, cancellation);
        if (Doubt(before.Sampled, request.Rollouts.Samples) is { } doubt) report(doubt);
        int[] stops = [.. generator.Ends.Order()];
        var job = new ReinforcementJob(loaded.Transformer, reference?.Transformer, request.Objective, request.Rollouts, request.Options, request.Folder, $"{problems.Name} {request.System}",
            stops, stops is [int stop, ..] ? stop : 0, Prompt, Judge, number => $"the problem \"{problems.At(number).Question}\"")
        {
            Replay = request.Replay is { } kept ? ConversationReplay.Render(kept, loaded, request.Options.Context, request.Problems.Asks, report) : null,
        };
        ReinforcementOutcome outcome = ReinforcementTraining.Run(job, progress, report, cancellation);
        PassRate after = PassRate.Of(generator, asker, heldOut, chance, maxTokens, cancellation);
        string file = Path.Combine(request.Folder, "model.gguf");
        ModelFile.Save(file, loaded.Transformer, loaded.Tokenizer, ModelFileOptions.Like(loaded) with { Name = request.Name });
        return new ReinforceOutcome(outcome, before, after, file);

        int[] Prompt(long number)
        {
            int[] ids = asker.Prompt(problems.At(number));
            return Fits(ids, maxTokens, request.Options.Context)
                ? ids
                : throw new ArgumentException($"the problem \"{problems.At(number).Question}\" has {ids.Length} tokens, and with answers of {maxTokens} does not fit into {request.Options.Context}. Give a longer --context or a smaller --max-tokens.");
        }

        Judgement Judge(long number, Rollout rollout)
        {
            ReadOnlySpan<int> ids = rollout.IsTruncated ? rollout.Answer : rollout.Answer.AsSpan(0, rollout.Answer.Length - 1);
            foreach (int id in ids)
                if (id >= loaded.Tokenizer.VocabularySize) return new Judgement(0, false, IsWellFormed: false); // padding of the model's vocabulary: no text
            return asker.Judge(problems.At(number), rollout.Prompt, loaded.Tokenizer.DecodeText(ids), rollout.IsTruncated);
        }
    }

    /// <summary>Measures a model without training it.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="known">Problems to find the chance level by.</param>
    /// <param name="asked">Problems to ask.</param>
    /// <param name="system">A message of the system before each problem; null for none.</param>
    /// <param name="maxTokens">The longest reply.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="report">Told of problems that do not fit into the model.</param>
    /// <param name="cancellation">Gives up.</param>
    public static PassRate Measure(string model, ProblemSource known, IReadOnlyList<Problem> asked, string? system, int maxTokens, Device device, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(report);
        using LoadedModel loaded = ModelFile.Load(model, device);
        using var engine = new Engine(loaded.Transformer);
        var generator = new TextGenerator(engine, loaded);
        var asker = new ProblemAsker(generator, system);
        (known, asked) = Fitting(known, asked, asker, maxTokens, loaded.Transformer.Config.Context, isStrict: false, report);
        return PassRate.Of(generator, asker, asked, PassRate.ChanceOf(known.Take(ChanceProblems), asked), maxTokens, cancellation);
    }

    /// <summary>
    /// What to say where next to no group of answers has both right and wrong ones. Below, what was right by luck is all that is rewarded: at 1.4 % of GSM8K, 11 % of the groups, a model unlearned to work problems and solved no
    /// more of them; from 43 %, 99 % of the groups, it doubled that share (docs/log/2026-11-reinforcement.md). The border between the two is a guess.
    /// </summary>
    /// <param name="drawn">How many answers drawn to held-out problems are right.</param>
    /// <param name="samples">Answers in a group.</param>
    internal static string? Doubt(Proportion drawn, int samples)
    {
        const double FewestWithBoth = 0.2;
        double right = drawn.Share, both = 1 - Math.Pow(1 - right, samples) - Math.Pow(right, samples);
        if (drawn.Trials == 0 || both >= FewestWithBoth) return null;
        string said = FormattableString.Invariant($"{right * 100:0.0} % of the answers drawn to held-out problems are right, so that about {both * 100:0} in a hundred groups of {samples} have both right and wrong ones to learn from. ");
        return said + (right < 0.5
            ? "Luck is rewarded like skill then: fine-tune on worked examples first (gestalt reinforce problems), take easier problems, or hold on to the model with --kl 0.05 and a --learning-rate of a fifth."
            : "There is little left to learn: take harder problems.");
    }

    private static bool Fits(int[] prompt, int maxTokens, int context) => prompt.Length + maxTokens - 1 <= context;

    /// <summary>Leaves out problems of a file that do not fit, and says how many those are; neither an answer to them nor its absence would say anything.</summary>
    private static (ProblemSource Learn, IReadOnlyList<Problem> HeldOut) Fitting(
        ProblemSource learn, IReadOnlyList<Problem> heldOut, ProblemAsker asker, int maxTokens, int context, bool isStrict, Action<string> report)
    {
        Problem[] asked = [.. heldOut.Where(Serves)];
        ProblemSource? learned = learn.Where(Serves);
        if (learned is null || asked.Length == 0)
            throw new ArgumentException($"{(learned is null ? "none of the problems" : "none of the held-out problems")}, with answers of {maxTokens} tokens, fits into the context of {context} tokens, such as \"{heldOut[0].Question}\". Give a longer --context or a smaller --max-tokens.");
        int tooLong = (learn.Count ?? 0) - (learned.Count ?? 0), unasked = heldOut.Count - asked.Length;
        if (tooLong + unasked == 0) return (learn, heldOut);
        string said = $"{tooLong} of {learn.Count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "the"} problems to learn from, and {unasked} of {heldOut.Count} to measure on, do not fit with answers of {maxTokens} tokens into {context} and are left out";
        if (isStrict) throw new ArgumentException(said + ". --strict was asked for.");
        report(said + ".");
        return (learned, asked);

        bool Serves(Problem problem) => Fits(asker.Prompt(problem), maxTokens, context);
    }
}
