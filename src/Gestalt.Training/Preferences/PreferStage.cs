using Gestalt.Corpus;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Optimizers;

namespace Gestalt.Training.Preferences;

/// <summary>What <see cref="PreferStage"/> is asked to do.</summary>
/// <param name="Model">The model to begin with: a file that Gestalt opens.</param>
/// <param name="Data">JSONL of comparisons, plain or .gz.</param>
/// <param name="Folder">Where the model, checkpoint and metrics go.</param>
/// <param name="Name">The result's name in its file.</param>
/// <param name="HeldOut">Share of the comparisons that is only measured on, 0 to 1: the last ones of the file, which a person can look up.</param>
/// <param name="Options">The recipe; comparisons longer than its context are set aside.</param>
public sealed record PreferRequest(string Model, string Data, string Folder, string Name, double HeldOut, TrainingOptions Options)
{
    /// <summary>Conversations to learn from beside the comparisons, so that the model keeps what it was taught besides; null for none. Those that ask what comparisons ask are left out.</summary>
    public IReadOnlyList<Conversation>? Replay { get; init; }

    /// <summary>Whether a comparison that cannot be learned from stops everything, instead of being set aside.</summary>
    public bool IsStrict { get; init; }
}

/// <summary>Stage 5: comparisons make an assistant better, or a reward model that knows what people like.</summary>
public static class PreferStage
{
    /// <summary>A recipe for this many steps: rates an order of magnitude below those of fine-tuning, for the model is to lean, not to learn anew.</summary>
    /// <param name="steps">Optimizer steps.</param>
    /// <param name="rows">Answers of a step, two for each comparison.</param>
    /// <param name="context">The longest prompt with its answer, in tokens.</param>
    /// <param name="seed">Order of the comparisons.</param>
    public static TrainingOptions Recipe(int steps, int rows, int context, ulong seed) => new()
    {
        Steps = steps,
        Rows = rows,
        Context = context,
        Seed = seed,
        WarmUp = Math.Min(20, steps),
        Optimizer = new OptimizerOptions(MatrixLearningRate: 0.0005f, LearningRate: 0.0002f, EmbeddingLearningRate: 0.0003f),
    };

    /// <summary>Moves a model towards the answers that are preferred, and saves it as <c>model.gguf</c>.</summary>
    /// <param name="request">Model, data and recipe.</param>
    /// <param name="objective">What is made small.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know: comparisons set aside, a loss that does not fall.</param>
    /// <param name="cancellation">Saves and stops.</param>
    public static PreferenceOutcome Prefer(PreferRequest request, PreferenceObjective objective, Device device,
        IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using LoadedModel loaded = ModelFile.Load(request.Model, device);
        (List<RenderedPair> learn, List<RenderedPair> heldOut) = Read(request, loaded, report);
        var job = new PreferenceJob(loaded.Transformer, objective, request.Options, request.Folder, learn, heldOut, PaddingOf(loaded)) { Replay = Replayed(request, loaded, report) };
        PreferenceOutcome outcome = PreferenceTraining.Run(job, progress, report, cancellation);
        ModelFile.Save(Path.Combine(request.Folder, "model.gguf"), loaded.Transformer, loaded.Tokenizer, ModelFileOptions.Like(loaded) with { Name = request.Name });
        return outcome;
    }

    /// <summary>Teaches a model to grade answers, and saves it as <c>model.gguf</c> and <c>head.safetensors</c>.</summary>
    /// <param name="request">Model, data and recipe.</param>
    /// <param name="margin">By how much the better answer has to win.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know.</param>
    /// <param name="cancellation">Saves and stops.</param>
    public static RewardOutcome Reward(PreferRequest request, double margin, Device device,
        IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using LoadedModel loaded = ModelFile.Load(request.Model, device);
        (List<RenderedPair> learn, List<RenderedPair> heldOut) = Read(request, loaded, report);
        using var model = new RewardModel(loaded.Transformer);
        RewardOutcome outcome = RewardTraining.Run(new RewardJob(model, request.Options, request.Folder, learn, heldOut, PaddingOf(loaded), margin), progress, report, cancellation);
        model.Save(request.Folder, path => ModelFile.Save(path, loaded.Transformer, loaded.Tokenizer, ModelFileOptions.Like(loaded) with { Name = request.Name }));
        return outcome;
    }

    private static RenderedConversation[]? Replayed(PreferRequest request, LoadedModel loaded, Action<string> report)
    {
        if (request.Replay is not { } kept) return null;
        HashSet<string> asked = [.. PreferenceFile.Read(request.Data, _ => { }).SelectMany(pair => pair.Prompt.Messages).Where(message => message.Role == Roles.User).Select(message => message.Content)];
        return ConversationReplay.Render(kept, loaded, Math.Min(request.Options.Context, loaded.Transformer.Config.Context), asked.Contains, report);
    }

    private static int PaddingOf(LoadedModel loaded) => Math.Max(0, loaded.Tokenizer.Special.EndOfText);

    private static (List<RenderedPair> Learn, List<RenderedPair> HeldOut) Read(PreferRequest request, LoadedModel loaded, Action<string> report)
    {
        var renderer = new PairRenderer(loaded);
        var aside = new List<SetAside>();
        int context = Math.Min(request.Options.Context, loaded.Transformer.Config.Context);
        var pairs = new List<RenderedPair>();
        foreach ((int line, PreferencePair pair) in PreferenceFile.ReadNumbered(request.Data, unused => aside.Add(new SetAside(request.Data, unused.Line, "malformed", unused.Reason))))
        {
            RenderedPair rendered = renderer.Render(pair);
            if (rendered.Length <= context) pairs.Add(rendered);
            else aside.Add(new SetAside(request.Data, line, "too long", $"has {rendered.Length} tokens, and {context} fit"));
        }

        SetAside.Tell(aside, "comparisons", request.Folder, request.IsStrict, report);
        int heldOut = (int)Math.Round(pairs.Count * request.HeldOut);
        if (pairs.Count - heldOut < 2) throw new CorpusException($"{request.Data} has {pairs.Count} comparisons that can be used, too few to learn from. Give more, or a longer --context.");
        return (pairs[..^heldOut], pairs[^heldOut..]);
    }
}
