using System.Text;
using System.Text.Json;
using Gestalt.Corpus;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Finetuning;

/// <summary>What came out of fine-tuning.</summary>
/// <param name="Training">Steps, loss, time.</param>
/// <param name="Data">What was learned from, and what was set aside.</param>
/// <param name="Result">The model's file, or the adapter's folder.</param>
/// <param name="Options">The recipe that the request came to.</param>
public sealed record FinetuneOutcome(TrainingOutcome Training, TrainingConversations Data, string Result, TrainingOptions Options);

/// <summary>
/// Fine-tunes any model that opens here on anybody's conversations: fully, or an adapter (LoRA, arXiv 2106.09685; DoRA, arXiv 2402.09353) over weights that stay in their file as they are
/// stored (QLoRA, arXiv 2305.14314).
/// </summary>
public static class ModelFinetuning
{
    /// <summary>What a full fine-tuning begins with: a model was trained with AdamW at ten times this.</summary>
    private const float FullRate = 2e-5f;

    /// <summary>Adapters want ten times the rate of full fine-tuning.</summary>
    private const float AdapterRate = 2e-4f;

    /// <summary>Activations beyond this share of the model are computed again rather than kept, so that an adapter's training takes little more than the model.</summary>
    private const double KeptShare = 0.05;

    private const int MostContext = 2048, TokensPerStep = 4096, ContextStep = 64, MostRows = 16;

    /// <summary>Of few conversations, steps are made smaller, so that an epoch is more than one or two of them.</summary>
    private const int LeastStepsPerEpoch = 8;

    /// <summary>The folder of an adapter below the request's folder, and its twin for llama.cpp.</summary>
    public const string AdapterFolder = "adapter", AdapterGguf = "adapter.gguf", ModelName = "model.gguf";

    /// <summary>Trains.</summary>
    /// <param name="request">Model, data and recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="flopsPeak">The machine's float32 peak, or 0.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know: what was set aside, a form that was assumed.</param>
    /// <param name="cancellation">Saves and stops; the same request goes on.</param>
    /// <exception cref="CorpusException">There is nothing to learn from; or something would be set aside and the request is strict.</exception>
    public static FinetuneOutcome Run(
        FinetuneRequest request, Device device, double flopsPeak, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(report);
        using LoadedModel loaded = ModelFile.Load(request.Model, device, request.Adapter is null ? LoadMode.Trainable : LoadMode.Mapped);
        Transformer model = loaded.Transformer;
        var renderer = new ConversationRenderer(loaded);
        if (renderer.Assumption is { } assumption) report($"conversations are written in the form of {assumption}.");
        (TrainingConversations data, TrainingOptions options) = Prepare(request, loaded, renderer, cancellation);
        Tell(data, request, report);
        using Adapter? adapter = request.Adapter is null ? null : Adapter.Create(model, request.Adapter, request.Seed);
        (model.Adapter, model.EmbeddingNoise) = (adapter, request.EmbeddingNoise);
        model.Recompute = request.Recompute ?? (adapter is not null && ActivationBytes(model.Config, options) > KeptShare * model.Config.ParameterCount * BytesPerWeight(model));
        using Engine? engine = request.SampleEvery > 0 ? new Engine(model, new EngineOptions { Context = Math.Min(model.Config.Context, Math.Max(options.Context, 256)) }) : null;
        TextGenerator? generator = engine is null ? null : new TextGenerator(engine, loaded with { Template = renderer.TemplateSource });
        using TokenDataset? documents = request.Documents is { } replay ? TokenDataset.Open(replay.Corpus, VocabularyStage.TrainingData, loaded.Tokenizer) : null;
        string fingerprint = FormattableString.Invariant($"{data.Fingerprint} {request.Adapter} noise {request.EmbeddingNoise} {Path.GetFileName(request.Model)}{(documents is null ? "" : $" beside {documents.Fingerprint}")}");
        // Reading and rendering left garbage behind, and training makes none that would bring a collection about: the memory goes back now.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        TrainingOutcome outcome = TrainingLoop.Run(
            new TrainingJob("finetune", model, options, request.Folder, fingerprint, flopsPeak),
            state =>
            {
                var loader = new ConversationLoader(data.Rendered, options.Context, PaddingOf(loaded), options.Seed, state, data.Weights);
                return documents is null ? loader : new ReplayLoader(loader, new PackedLoader(documents, options.Context, options.Seed, state?.Beside), options.Context, options.Replay, options.ReplayWeight);
            },
            heldOut: null, generator is null ? null : () => Sample(generator, request.SamplePrompt), progress, report, cancellation);
        return new FinetuneOutcome(outcome, data, Save(request, loaded, adapter, renderer, data.Tools, report), options);
    }

    /// <summary>Writes <c>model.gguf</c> with the trained adapter merged into it, as an assistant of its own.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="outcome">What came out: an adapter, and what it was taught.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <returns>The file.</returns>
    public static string Merge(FinetuneRequest request, FinetuneOutcome outcome, Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(report);
        using LoadedModel loaded = ModelFile.Load(request.Model, new Device());
        using Adapter update = AdapterFile.Load(outcome.Result, loaded);
        update.Merge();
        return SaveModel(request, loaded, new ConversationRenderer(loaded), outcome.Data.Tools, report);
    }

    /// <summary>Reads and renders a request's conversations, and settles what it leaves open.</summary>
    public static (TrainingConversations Data, TrainingOptions Options) Prepare(
        FinetuneRequest request, LoadedModel loaded, ConversationRenderer renderer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(loaded);
        int most = request.Context ?? Math.Min(loaded.Transformer.Config.Context, MostContext);
        if (loaded.Transformer.Config.Positions == PositionKind.Learned && most > loaded.Transformer.Config.Context)
            throw new ArgumentException($"--context is {most}; the model has learned {loaded.Transformer.Config.Context} positions and no more.");
        TrainingConversations data = TrainingConversations.Read(request.Sources, renderer, most, request.CutsLong, cancellation);
        if (request.IsStrict) SetAside.Tell(data.Aside, "conversations", folder: null, isStrict: true, _ => { });
        int context = request.Context ?? Math.Min(most, (data.Longest - 1 + ContextStep - 1) / ContextStep * ContextStep);
        var loader = new ConversationLoader(data.Rendered, context, PaddingOf(loaded), request.Seed, weights: data.Weights);
        double share = request.Documents?.Share ?? 0;
        int fewest = share == 0 ? 1 : (int)Math.Ceiling(1 / Math.Min(share, 1 - share)); // so that a batch has rows of both
        int rows = request.Rows ?? Math.Clamp(Math.Min(TokensPerStep / context, loader.RowsPerEpoch / LeastStepsPerEpoch), fewest, Math.Max(fewest, MostRows));
        int answered = rows - ReplayLoader.Documents(rows, share);
        if (share > 0 && (answered == 0 || answered == rows))
            throw new ArgumentException(FormattableString.Invariant($"of {rows} rows {share:0.##} are to be documents: that leaves no row of {(answered == 0 ? "conversations" : "documents")}. Give at least {fewest} rows."));
        int steps = request.Steps ?? Math.Max(1, (int)Math.Ceiling(request.Epochs * loader.RowsPerEpoch / ((double)answered * request.Accumulation)));
        float rate = request.LearningRate ?? (request.Adapter is null ? FullRate : AdapterRate);
        return (data, new TrainingOptions
        {
            Steps = steps,
            Rows = rows,
            Context = context,
            Accumulation = request.Accumulation,
            Seed = request.Seed,
            WarmUp = request.WarmUp ?? Math.Max(1, steps * 3 / 100),
            Decay = 1,
            Replay = share,
            ReplayWeight = request.Documents?.Weight ?? 1,
            DreamEvery = request.SampleEvery,
            Optimizer = new OptimizerOptions(rate, rate, rate, UseMuon: false, Beta2: 0.999f, WeightDecay: 0),
        });
    }

    /// <summary>The token that fills rows up; nothing looks at it.</summary>
    private static int PaddingOf(LoadedModel loaded) => loaded.Tokenizer.Special.HasEndOfText ? loaded.Tokenizer.Special.EndOfText : loaded.StopIds is [int stop, ..] ? stop : 0;

    private static void Tell(TrainingConversations data, FinetuneRequest request, Action<string> report)
    {
        foreach (SourceCount count in data.Counts)
            report(FormattableString.Invariant($"{count.Source.Path}: {count.Conversations:N0} conversations{(count.Source.Weight == 1 ? "" : $" × {count.Source.Weight}")}, {count.LearnedTokens:N0} tokens to learn."));
        if (data.Unprompted > 0) report($"{data.Unprompted} conversations have answers that stand elsewhere than the template's generation prompt ends; they are learned where they stand.");
        if (data.Endless > 0) report($"in {data.Endless} conversations the template ends answers with no mark: the model will not learn from them when to stop.");
        if (data.Cut > 0) report($"{data.Cut} conversations are too long and lose their end.");
        SetAside.Tell(data.Aside, "conversations", request.Folder, request.IsStrict, report);
    }

    private static string Save(FinetuneRequest request, LoadedModel loaded, Adapter? adapter, ConversationRenderer renderer, IReadOnlyList<string> tools, Action<string> report)
    {
        if (adapter is null)
        {
            return SaveModel(request, loaded, renderer, tools, report);
        }

        string folder = Path.Combine(request.Folder, AdapterFolder);
        AdapterFile.Save(folder, adapter, loaded, request.Model);
        if (!adapter.Options.HasMagnitudes) AdapterFile.Save(Path.Combine(request.Folder, AdapterGguf), adapter, loaded);
        return folder;
    }

    private static string SaveModel(FinetuneRequest request, LoadedModel loaded, ConversationRenderer renderer, IReadOnlyList<string> tools, Action<string> report)
    {
        string file = Path.Combine(request.Folder, ModelName);
        TensorType type = TrainedType.Of(request.Model, out bool wasQuantized);
        if (wasQuantized && request.Type is null) report("the model's matrices were quantized; what was trained is stored in BF16. 'gestalt quantize' makes it small again.");
        ModelFileOptions options = ModelFileOptions.Like(loaded) with { Name = request.Name, Type = request.Type ?? type, KeepTypes = false };
        options = renderer.IsOwnForm
            ? options with { IsAssistant = true, StopIds = null, StartId = null, Template = null } // a base model of ours ends with the text, its assistant with the turn
            : options with { Template = renderer.TemplateSource };
        options = options with { Metadata = WithTools(options.Metadata, tools) };
        ModelFile.Save(file, loaded.Transformer, loaded.Tokenizer, options);
        return file;
    }

    /// <summary>Chat gives a model the tools that it was taught, now or before.</summary>
    private static Dictionary<string, string> WithTools(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> tools)
    {
        var all = new Dictionary<string, string>(metadata);
        string[] before = all.TryGetValue(ToolText.TaughtKey, out string? known) ? known.Split(", ") : [];
        if (tools.Count > 0) all[ToolText.TaughtKey] = string.Join(", ", before.Union(tools));
        return all;
    }

    /// <summary>What training keeps for backward of each token, roughly: some seven rows of the stream's width and four of the feed-forward layer's in each block.</summary>
    private static double ActivationBytes(TransformerConfig config, TrainingOptions options) =>
        sizeof(float) * (double)options.Rows * options.Context * config.Layers * ((7.0 * config.Width) + (2 * config.QueryWidth) + (2 * config.KeyWidth) + (4.0 * config.FeedForwardWidth));

    private static double BytesPerWeight(Transformer model) =>
        model.Parameters.First(parameter => parameter.Role == ParameterRole.Matrix).Stored is { } stored ? stored.RowBytes / (double)stored.Columns : sizeof(float);

    private static string Sample(TextGenerator generator, string prompt)
    {
        generator.Engine.Forget();
        var conversation = Conversation.Of(new Message(Roles.User, prompt));
        int room = generator.Engine.Context - generator.PromptIds(conversation).Length;
        return room < 1 ? "" : generator.Reply(conversation, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Math.Min(60, room) }).ReadToEnd();
    }
}
