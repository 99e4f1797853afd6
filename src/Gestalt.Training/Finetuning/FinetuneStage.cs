using Gestalt.Corpus;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Finetuning;

/// <summary>Stage 4: conversations turn a base model into an assistant, <c>sft/model.gguf</c>.</summary>
public static class FinetuneStage
{
    /// <summary>Trains on what the assistant says, and on nothing else.</summary>
    /// <param name="basePath">The model to begin with.</param>
    /// <param name="conversations">JSONL of OpenAI-style <c>messages</c>.</param>
    /// <param name="folder">Where checkpoint, metrics and model go.</param>
    /// <param name="name">The assistant's name in the model file.</param>
    /// <param name="corpus">The corpus folder, for <see cref="TrainingOptions.Replay"/>; null when there is none.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="flopsPeak">The machine's float32 peak, or 0.</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="report">Told what a person should know: damaged checkpoints, conversations that were cut.</param>
    /// <param name="cancellation">Saves and stops.</param>
    public static TrainingOutcome Run(string basePath, string conversations, string folder, string name, string? corpus, TrainingOptions options, Device device,
        double flopsPeak, IProgress<TrainingProgress>? progress, Action<string> report, CancellationToken cancellation)
    {
        using LoadedModel loaded = ModelFile.Load(basePath, device);
        (Transformer model, Tokenizer tokenizer) = (loaded.Transformer, loaded.Tokenizer);
        int start = tokenizer.Special.EndOfText;
        var rendered = new List<RenderedConversation>();
        var tools = new List<string>();
        foreach (Conversation conversation in ConversationFile.Read(conversations))
        {
            rendered.Add(Render(tokenizer, conversation, start));
            tools.AddRange(ToolText.NamesOf(conversation.Tools).Except(tools));
        }

        if (options.Replay > 0 && corpus is null) throw new ArgumentException("Documents can be mixed in only from a corpus: give the run that has one, or --replay 0.");
        using TokenDataset? documents = options.Replay > 0 ? TokenDataset.Open(corpus!, VocabularyStage.TrainingData, tokenizer) : null;
        using var engine = new Engine(model);
        var generator = new TextGenerator(engine, tokenizer, loaded.StartsWithEndOfText);
        TrainingOutcome outcome = TrainingLoop.Run(
            new TrainingJob("finetune", model, options, folder, FingerprintOf(rendered), flopsPeak) { Instead = "begin anew: gestalt finetune --run ... --new" },
            state =>
            {
                var loader = new ConversationLoader(rendered, options.Context, start, options.Seed, state);
                if (loader.Cut > 0) report($"{loader.Cut} of {rendered.Count} conversations are longer than {options.Context} tokens and lose their end.");
                return documents is null ? loader : new ReplayLoader(loader, new PackedLoader(documents, options.Context, options.Seed, state?.Beside), options.Context, options.Replay, options.ReplayWeight);
            },
            heldOut: null, () => Chat(generator, options), progress, report, cancellation);
        ModelFile.Save(Path.Combine(folder, "model.gguf"), model, tokenizer, new ModelFileOptions
        {
            Name = name,
            IsAssistant = true,
            StartsWithEndOfText = loaded.StartsWithEndOfText,
            Metadata = tools.Count > 0 ? new Dictionary<string, string> { [ToolText.TaughtKey] = string.Join(", ", tools) } : new Dictionary<string, string>(),
        });
        return outcome;
    }

    /// <summary>Conversations begin as documents do, so that the model meets in them what it met in pretraining.</summary>
    private static RenderedConversation Render(Tokenizer tokenizer, Conversation conversation, int start)
    {
        RenderedConversation rendered = ChatMl.Render(tokenizer, conversation);
        return new RenderedConversation([start, .. rendered.Ids], [false, .. rendered.LossMask]);
    }

    private static string Chat(TextGenerator generator, TrainingOptions options)
    {
        generator.Engine.Forget();
        var conversation = Conversation.Of(new Message(Roles.User, options.DreamPrompt));
        int room = generator.Engine.Context - generator.PromptIds(conversation).Length;
        return generator.Reply(conversation, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Math.Min(60, room) }).ReadToEnd();
    }

    private static string FingerprintOf(List<RenderedConversation> conversations)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (RenderedConversation conversation in conversations) hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(conversation.Ids.AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
