using System.Diagnostics;
using System.Globalization;
using Gestalt.Evaluation.Reports;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>
/// Derives a whole life from the one dial: measures the machine, sets time aside for the stages around training, picks the model
/// size that makes best use of the arithmetic that is left, measures real training steps of that model, and counts how many fit.
/// </summary>
public static class LifePlanner
{
    /// <summary>Least and most minutes that a life can be planned for: below, nothing can be learned; above is a year.</summary>
    public const double LeastMinutes = 0.5, MostMinutes = 525_600;

    /// <summary>Bytes of text that a token stands for, roughly, at vocabularies of 1,024 to 16,384 on English.</summary>
    private const double BytesPerToken = 4;

    /// <summary>How often the small internet is read: up to four times, reading again is nearly as good as reading new (arXiv 2305.16264).</summary>
    private const double Epochs = 2.5;

    /// <summary>
    /// Training tokens per weight at which a given amount of arithmetic is best spent. Chinchilla's 20 (arXiv 2203.15556) holds for
    /// large models trained with AdamW; see docs/log/2026-11-life.md for the runs on this small scale that gave the number.
    /// </summary>
    private const double TokensPerWeight = 14;

    /// <summary>What loading, logging and checkpoints add to a step: 3 % in runs of ten minutes.</summary>
    private const double Margin = 1.03;

    /// <summary>
    /// Tokens in a document of the small internet: 154 on average, few much longer. No token looks into the document before its own, so a row of three
    /// documents takes a quarter less time than a row that is one. The user's own documents may be of any length; they are expected to fill rows.
    /// </summary>
    private const int WorldDocumentTokens = 154;

    /// <summary>Seconds that a dream of a small model takes.</summary>
    private const double DreamSeconds = 0.1;

    /// <summary>Share of the time that is not planned: for ten minutes a machine is seldom as quick as in the seconds in which it was tried.</summary>
    private const double KeptBack = 0.03;

    /// <summary>Share of the float32 peak that training reaches, before it has been measured.</summary>
    private const double ExpectedFractionOfPeak = 0.8;

    /// <summary>Depth and width of the models to choose from, each roughly 1.7 times the one before. Smaller ones than the first are no faster here.</summary>
    private static readonly (int Layers, int Width)[] Ladder =
    [
        (4, 128), (4, 160), (5, 192), (6, 256), (7, 320), (8, 384), (8, 448), (10, 512), (12, 640), (12, 768), (16, 1024), (20, 1280), (24, 1536),
    ];

    /// <summary>Makes the plan; takes a few seconds of measuring, which the plan accounts for.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="dataBytes">Bytes of the user's text; 0 for the small internet.</param>
    /// <param name="pool">The threads to use.</param>
    /// <param name="precision">Forces a precision; null for the faster one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of range.</exception>
    public static LifePlan Create(LifeRequest request, long dataBytes, WorkerPool pool, Precision? precision, CancellationToken cancellation)
    {
        if (!(request.Minutes >= LeastMinutes && request.Minutes <= MostMinutes))
            throw new ArgumentOutOfRangeException(nameof(request), string.Create(CultureInfo.InvariantCulture,
                $"--minutes {request.Minutes} is out of range: a life takes from {LeastMinutes} to {MostMinutes:0} minutes. Try --minutes 10."));
        DateTimeOffset begun = DateTimeOffset.Now;
        MachineSpeed machine = MachineSpeed.Measure(pool);
        if (precision is { } forced) machine = machine with { Precision = forced };
        double total = request.Minutes * 60;

        double slowness = 468e9 / machine.Float32Peak; // the stages around training were timed on a machine of this peak
        bool hasLessons = dataBytes == 0 && request.Minutes >= LessonPlanner.LeastMinutes;
        double finetune = (hasLessons ? LessonPlanner.FinetuneShare : 0.095) * total, evaluation = 1 + 0.01 * total;
        double prefer = hasLessons ? LessonPlanner.PreferShare * total : 0, reinforce = hasLessons ? LessonPlanner.ReinforceShare * total : 0;
        double planning = Math.Clamp(0.02 * total, 5, 10);
        double arithmetic = ExpectedFractionOfPeak * machine.Float32Peak * (hasLessons ? 0.7 : 0.8) * total;
        (int layers, int width) = Choose(arithmetic, dataBytes, out int vocabulary);
        int context = request.Minutes <= 90 ? (dataBytes > 0 || request.Minutes < 2 ? 256 : 512) : request.Minutes <= 24 * 60 ? 512 : 1024;
        int headWidth = width >= 256 ? 64 : 32;
        int heads = width / headWidth;
        TransformerConfig model = TransformerConfig.Qwen3Shaped(layers, width, heads, heads % 2 == 0 ? heads / 2 : heads, headWidth,
            (width * 8 / 3 + 63) / 64 * 64, vocabulary, context, tied: true);
        double expectedTokens = arithmetic / model.FlopsPerToken(context);
        int tokensPerStep = (int)Math.Clamp(Math.Pow(2, Math.Round(Math.Log2(expectedTokens / 5500))), 2048, 1 << 17);
        int rows = tokensPerStep / context;
        long worldBytes = dataBytes > 0 ? 0 : (long)Math.Clamp(expectedTokens * BytesPerToken / Epochs, 1.5e6, 2e9);
        double textBytes = dataBytes > 0 ? dataBytes : worldBytes;
        var seconds = new Dictionary<string, double>
        {
            ["plan"] = planning,
            ["world"] = dataBytes > 0 ? 0 : 0.5 + slowness * textBytes / 20e6,
            ["corpus"] = dataBytes > 0 ? 0.5 + slowness * textBytes / 15e6 : 0.7 + slowness * textBytes / 5e6,
            ["tokenizer"] = 0.5 + slowness * Math.Min(textBytes, 50e6) / 15e6,
        };
        double pretrain = total * (1 - KeptBack) - seconds.Values.Sum() - finetune - prefer - reinforce - evaluation - 1;

        double stepSeconds = MeasureStep(model, rows, context, dataBytes == 0 ? WorldDocumentTokens : context, machine, pool, planning - 1.5, cancellation);
        double tokensPerSecond = rows * context / stepSeconds;
        int looks = request.Minutes < 3 ? 6 : 12;
        long lookBytes = request.Minutes < 3 ? 40_000 : 100_000;
        // Forward alone is a third of a step's arithmetic, and half of each window is context that was scored before.
        double lookSeconds = 2 * lookBytes / BytesPerToken / (3 * tokensPerSecond) + DreamSeconds * slowness;
        int steps = Math.Max(20, (int)((pretrain - looks * lookSeconds) / stepSeconds));
        double profile = dataBytes == 0 ? LessonPlanner.ProfileSeconds(tokensPerSecond) : 0;
        int finetuneSteps = Math.Max(10, (int)((finetune - profile) / stepSeconds));
        seconds["pretrain"] = steps * stepSeconds + looks * lookSeconds;
        seconds["finetune"] = finetuneSteps * stepSeconds + profile;
        if (hasLessons) (seconds["prefer"], seconds["reinforce"]) = (prefer, reinforce);
        seconds["eval"] = evaluation;
        seconds["export"] = 1;
        double epochTokens = textBytes / BytesPerToken;

        ReinforcementPlan? problems = hasLessons ? LessonPlanner.Reinforce(reinforce - profile, tokensPerSecond, model, request.Seed) : null;
        PreferencePlan? comparisons = hasLessons ? LessonPlanner.Prefer(prefer - profile, tokensPerSecond, context, request.Seed) : null;
        return new LifePlan
        {
            Request = request,
            Begun = begun,
            Machine = machine,
            Model = model,
            WorldBytes = worldBytes,
            Pretrain = Pretraining(steps, rows, context, request.Seed) with { ValidationBytes = lookBytes, ValidateEvery = Math.Max(1, steps / looks), DreamEvery = Math.Max(1, steps / looks) },
            Finetune = Finetuning(finetuneSteps, rows, context, request.Seed) with { DreamEvery = Math.Max(1, finetuneSteps / 3) },
            ToolPercent = hasLessons ? LessonPlanner.ToolPercent : 0,
            Prefer = comparisons,
            Reinforce = problems,
            Profile = dataBytes == 0 ? LessonPlanner.Profile(request.Seed, worldBytes, problems) : null,
            Evaluation = new EvaluationRequest(request.Seed, worldBytes, (int)Math.Clamp(evaluation * 27 / slowness, 60, 2000),
                (long)(0.4 * evaluation * 3 * tokensPerSecond * BytesPerToken), context),
            Seconds = seconds,
            Choices = Explain(request, machine, model, steps, rows, context, stepSeconds, epochTokens, seconds, comparisons, problems),
        };
    }

    /// <summary>The recipe of pretraining: what docs/log/2026-11-life.md found best at these sizes.</summary>
    public static TrainingOptions Pretraining(int steps, int rows, int context, ulong seed) => new()
    {
        Steps = steps,
        Rows = rows,
        Context = context,
        Seed = seed,
        Optimizer = new OptimizerOptions(MatrixLearningRate: 0.01f, LearningRate: 0.005f, EmbeddingLearningRate: 0.01f),
        WarmUp = Math.Clamp(steps / 50, 1, 200),
        Decay = 0.6,
        ValidateEvery = Math.Max(1, steps / 12),
        DreamEvery = Math.Max(1, steps / 12),
    };

    /// <summary>The recipe of fine-tuning.</summary>
    public static TrainingOptions Finetuning(int steps, int rows, int context, ulong seed)
    {
        TrainingOptions base_ = Pretraining(steps, rows, context, seed);
        return base_ with
        {
            Optimizer = base_.Optimizer with { MatrixLearningRate = 0.004f, LearningRate = 0.002f, EmbeddingLearningRate = 0.003f, WeightDecay = 0.01f },
            Decay = 0.9,
            Replay = 0.5,
            DreamPrompt = "Please tell me a short story.",
        };
    }

    private static (int Layers, int Width) Choose(double arithmetic, long dataBytes, out int vocabulary)
    {
        (int Layers, int Width) best = Ladder[0];
        vocabulary = VocabularyFor(best.Width, dataBytes);
        foreach ((int layers, int width) in Ladder)
        {
            int v = VocabularyFor(width, dataBytes);
            double weights = layers * 11.0 * width * width + (double)v * width;
            // A model is too large when its weights outnumber what the text could teach them: it would learn the text by heart.
            bool fitsTime = 6 * weights * weights * TokensPerWeight <= arithmetic * 1.35;
            bool fitsText = dataBytes == 0 || weights <= 3 * dataBytes / BytesPerToken;
            if (fitsTime && fitsText) (best, vocabulary) = ((layers, width), v);
        }

        return best;
    }

    /// <summary>Wider models afford larger vocabularies; small texts do not support them.</summary>
    private static int VocabularyFor(int width, long dataBytes)
    {
        int byWidth = width switch { < 320 => 4096, < 640 => 8192, < 1024 => 16384, _ => 32768 };
        if (dataBytes == 0) return byWidth;
        int byText = (int)Math.Clamp(Math.Pow(2, Math.Floor(Math.Log2(Math.Max(1, dataBytes / 250.0)))), 512, 32768);
        return Math.Min(byWidth, byText);
    }

    /// <summary>Seconds of one optimizer step, measured on random tokens after a warm-up.</summary>
    private static double MeasureStep(
        TransformerConfig config, int rows, int context, int documentTokens, MachineSpeed machine, WorkerPool pool, double budget, CancellationToken cancellation)
    {
        var device = new Device(pool, machine.Precision);
        using var model = new Transformer(config, device);
        model.Initialize(1);
        using var optimizer = new Optimizer(device, model.Parameters, Pretraining(100, rows, context, 1).Optimizer);
        using var tape = new Tape(device);
        using var batch = new TokenBatch(rows, context);
        uint random = 12345;
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Inputs[i] = (int)((random = random * 1664525 + 1013904223) % (uint)config.Vocabulary);
            batch.Targets[i] = (int)((random = random * 1664525 + 1013904223) % (uint)config.Vocabulary);
        }

        for (int row = 0; row < rows; row++)
            for (int start = 0; start < context; start += documentTokens)
                batch.SetDocument(row, start, Math.Min(documentTokens, context - start));

        var times = new List<double>();
        long begun = Stopwatch.GetTimestamp();
        for (int step = 0; step < 3 || Stopwatch.GetElapsedTime(begun).TotalSeconds < budget; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            long t = Stopwatch.GetTimestamp();
            tape.Reset();
            model.ZeroGradients();
            tape.Backward(model.Loss(tape, batch));
            optimizer.Step(1e-6f, optimizer.GradientNorm());
            times.Add(Stopwatch.GetElapsedTime(t).TotalSeconds);
        }

        // The first steps run code that the just-in-time compiler has not finished with.
        double[] settled = [.. times.Skip(times.Count * 2 / 3).Order()];
        return Margin * settled[settled.Length / 2];
    }

    private static List<PlanChoice> Explain(LifeRequest request, MachineSpeed machine, TransformerConfig model, int steps, int rows, int context,
        double stepSeconds, double epochTokens, Dictionary<string, double> seconds, PreferencePlan? comparisons, ReinforcementPlan? problems)
    {
        double tokens = (double)steps * rows * context;
        static string F(FormattableString text) => FormattableString.Invariant(text);
        return
        [
            new("time", F($"{request.Minutes:0.#} minutes"), "the one dial; the rest follows from it"),
            new("machine", F($"{machine.Threads} threads, {machine.Float32Peak / 1e9:0} GFLOP/s float32, {machine.BFloat16Peak / 1e9:0} GFLOP/s bfloat16"), "measured just now"),
            new("precision", machine.Precision == Precision.BFloat16 ? "bfloat16 products, float32 sums" : "float32", "the faster one here; --precision float32 forces exact products"),
            new("model", F($"{model.ParameterCount / 1e6:0.00} M parameters: {model.Layers} layers of width {model.Width}, {model.Heads} heads"),
                F($"about {TokensPerWeight:0} training tokens for each weight make best use of the arithmetic that fits")),
            new("vocabulary", F($"{model.Vocabulary:N0} tokens"), "wider models afford more, small texts support fewer"),
            new("training", F($"{steps:N0} steps of {rows} × {context} tokens"), F($"one step took {stepSeconds * 1000:0} ms when tried; {seconds["pretrain"]:0} s are left for them")),
            new("text", F($"{tokens / 1e6:0.00} M tokens read, {tokens / epochTokens:0.0} times through the text"), "enough text that little is read twice, where text is free"),
            .. comparisons is null ? Array.Empty<PlanChoice>() : [new PlanChoice("comparisons", F($"{comparisons.Pairs:N0} pairs of stories, DPO"), "labelled by a reader whose taste is known, so that the gain can be counted")],
            .. problems is null ? Array.Empty<PlanChoice>() : [new PlanChoice("problems", F($"{problems.Options.Steps:N0} steps of {LifeProblems.Rollouts.Prompts} × {LifeProblems.Rollouts.Samples} answers: {LifeProblems.Names}"), "right answers become likelier, wrong ones less likely; nobody shows how")],
        ];
    }
}
