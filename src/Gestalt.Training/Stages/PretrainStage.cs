using Gestalt.Corpus;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Training.Stages;

/// <summary>Stage 3: token shards become a base model, <c>base/model.gguf</c>.</summary>
public static class PretrainStage
{
    /// <summary>Trains from random parameters, or goes on from the checkpoint.</summary>
    /// <param name="run">The run; its vocabulary and shards must be complete.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="flopsPeak">The machine's float32 peak, or 0.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told about damaged checkpoints.</param>
    /// <param name="cancellation">Saves and stops.</param>
    public static TrainingOutcome Run(RunFolder run, TransformerConfig config, TrainingOptions options, Device device, double flopsPeak,
        IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        Tokenizer tokenizer = TokenizerJson.Load(run.Tokenizer);
        if (config.Vocabulary != tokenizer.VocabularySize)
            throw new ArgumentException($"The model is planned for {config.Vocabulary} tokens, but {run.Tokenizer} has {tokenizer.VocabularySize}. Train the tokenizer again, or give --vocabulary {tokenizer.VocabularySize}.");
        using TokenDataset data = TokenDataset.Open(run.Corpus, VocabularyStage.TrainingData, tokenizer);
        using TokenDataset heldOut = TokenDataset.Open(run.Corpus, VocabularyStage.HeldOutData, tokenizer);
        using HeldOutText? validation = HeldOut(heldOut, tokenizer, options.Context, options.ValidationBytes);
        using var model = new Transformer(config, device);
        model.Initialize(options.Seed);
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, tokenizer);
        TrainingOutcome outcome = TrainingLoop.Run(
            new TrainingJob("pretrain", model, options, run.Base, data.Fingerprint.ToString(), flopsPeak),
            state => new PackedLoader(data, options.Context, options.Seed, state), validation,
            () => Dream(generator, options), progress, report, cancellation);
        ModelFile.Save(Path.Combine(run.Base, "model.gguf"), model, tokenizer, new ModelFileOptions { Name = run.Name + "-base" });
        return outcome;
    }

    /// <summary>The held-out text of a run, or null when none was held out.</summary>
    /// <param name="data">The held-out tokens.</param>
    /// <param name="tokenizer">Their vocabulary.</param>
    /// <param name="context">T.</param>
    /// <param name="bytes">About how much of it to score.</param>
    public static HeldOutText? HeldOut(TokenDataset data, Tokenizer tokenizer, int context, long bytes)
    {
        if (data.TokenCount == 0) return null;
        int[] lengths = TokenizerIdentity.ByteLengths(tokenizer);
        long tokens = Math.Max(context, bytes / 4);
        return new HeldOutText(new EvaluationReader(data, context, stride: 0, lengths, tokens), context);
    }

    private static string Dream(TextGenerator generator, TrainingOptions options)
    {
        generator.Engine.Forget();
        int room = generator.Engine.Context - generator.PromptIds(options.DreamPrompt).Length;
        return options.DreamPrompt + generator.Complete(options.DreamPrompt, new GenerationOptions
        {
            Sampling = new SamplingOptions { Temperature = 0.8f, TopP = 0.95f, Seed = options.Seed },
            MaxTokens = Math.Min(60, room),
        }).ReadToEnd();
    }
}
