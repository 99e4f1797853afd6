using Gestalt.Inference.Embedding;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>
/// A language model, ready to write: a file, its vocabulary and an engine in one. Any number of callers may use it at the same time; the engine serves them together.
/// </summary>
/// <example>
/// <code>
/// using var model = LanguageModel.Open("model.gguf");
/// await foreach (string piece in model.Reply("Why is the sky blue?"))
///     Console.Write(piece);
/// </code>
/// </example>
public sealed class LanguageModel : IDisposable
{
    private readonly LoadedModel _model;
    private readonly LoadedModel? _draft;
    private readonly List<Adapter> _adapters = [];
    private readonly bool _owns;

    /// <summary>Makes a model of parameters that are already in memory, such as one that was just trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What the engine is given to work with.</param>
    /// <param name="draft">A smaller model of the same vocabulary that guesses for it (<see cref="EngineOptions.Draft"/>).</param>
    /// <param name="owns">Whether <see cref="Dispose"/> disposes of <paramref name="model"/> and <paramref name="draft"/>, too.</param>
    /// <exception cref="ArgumentException">The draft's ids mean something else; the message names the first that does. Or a number is impossible.</exception>
    /// <exception cref="CacheMemoryException">The context that was asked for does not fit in memory.</exception>
    public LanguageModel(LoadedModel model, EngineOptions? options = null, LoadedModel? draft = null, bool owns = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _draft, _owns) = (model, draft, owns);
        Name = NameOf(model);
        if (draft is not null)
        {
            RequireSameVocabulary(model, draft);
            options = (options ?? new EngineOptions()) with { Draft = draft.Transformer };
        }
        Engine = new Engine(model.Transformer, options);
        Generator = new TextGenerator(Engine, model);
    }

    /// <summary>What the model's file calls it.</summary>
    public string Name { get; }

    /// <summary>Runs the model: ids in, ids out.</summary>
    public Engine Engine { get; }

    /// <summary>Text in, text out.</summary>
    public TextGenerator Generator { get; }

    /// <summary>The model's vocabulary.</summary>
    public Tokenizer Tokenizer => _model.Tokenizer;

    /// <summary>Whether the model says how conversations are written: it was made to answer.</summary>
    public bool IsAssistant => _model.IsAssistant;

    /// <summary>What was in the model's file or folder: parameters, metadata, template, the ids that end an answer.</summary>
    public LoadedModel Loaded => _model;

    /// <summary>Opens a GGUF file or a folder in Hugging Face's layout. Weights stay where they lie: nothing is copied.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the engine is given to work with: context, cache, whether it guesses from the text itself.</param>
    /// <param name="draft">The file or folder of a smaller model of the same vocabulary that guesses for it; null for none.</param>
    /// <param name="device">Where both compute; null for all cores of this machine.</param>
    /// <exception cref="ModelFileException">One is missing, damaged, incomplete, or of a kind that cannot be run.</exception>
    /// <exception cref="ArgumentException">The draft's ids mean something else; the message names the first that does. Or a number is impossible.</exception>
    /// <exception cref="CacheMemoryException">The context that was asked for does not fit in memory.</exception>
    public static LanguageModel Open(string path, EngineOptions? options = null, string? draft = null, Device? device = null)
    {
        device ??= new Device();
        LoadedModel model = ModelFile.Load(path, device, LoadMode.Mapped);
        LoadedModel? guesser = null;
        try
        {
            guesser = draft is null ? null : ModelFile.Load(draft, device, LoadMode.Mapped);
            return new LanguageModel(model, options, guesser, owns: true);
        }
        catch
        {
            guesser?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Loads an adapter for the model: requests that name it (<see cref="GenerationOptions.Adapter"/>) go through it, beside others that do not. It lives as long as the model.
    /// </summary>
    /// <param name="path">A folder as PEFT saves it, or a GGUF file.</param>
    /// <exception cref="ModelFileException">It is missing, damaged, or for another model.</exception>
    public Adapter LoadAdapter(string path)
    {
        Adapter adapter = AdapterFile.Load(path, _model);
        _adapters.Add(adapter);
        return adapter;
    }

    /// <summary>Streams the continuation of a text.</summary>
    /// <param name="prompt">The text; what it says never becomes a special token.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public IAsyncEnumerable<string> Complete(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Generator.Complete(prompt, options, cancellation).ReadAsync(cancellation);

    /// <summary>Streams the answer to a message.</summary>
    /// <param name="message">What the person says.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public IAsyncEnumerable<string> Reply(string message, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Reply(Conversation.Of(new Message(Roles.User, message)), options, cancellation);

    /// <summary>Streams the assistant's next message of a conversation.</summary>
    /// <param name="conversation">The messages so far.</param>
    /// <param name="options">What to generate.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public IAsyncEnumerable<string> Reply(Conversation conversation, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Generator.Reply(conversation, options, cancellation).ReadAsync(cancellation);

    /// <summary>What the model reads when it is asked to answer a conversation through <see cref="AsChatClient"/>.</summary>
    /// <param name="messages">The messages so far.</param>
    /// <param name="options">The tools and instructions that it is told of.</param>
    /// <exception cref="TemplateException">The model's template refuses such a conversation.</exception>
    /// <exception cref="NotSupportedException">A message holds something other than text and tools.</exception>
    public int[] PromptIds(IEnumerable<ChatMessage> messages, ChatOptions? options = null) => new ChatRequests(this).Read(messages, options).Prompt;

    /// <summary>Messages of .NET's chat interface as a conversation that can be kept and learned from, with the tools that were offered.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The tools and instructions that the model was told of.</param>
    /// <exception cref="NotSupportedException">A message holds something other than text and tools.</exception>
    public static Conversation ConversationOf(IEnumerable<ChatMessage> messages, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Conversation conversation = ChatMessages.Read(messages, options?.Instructions);
        return options is null || ToolDefinitions.Names(options).Length == 0 ? conversation : conversation with { Tools = ToolDefinitions.ToJson(options) };
    }

    /// <summary>A vector of length 1 for a text; the product of two is how much they have in common.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pooling">Which of the hidden states it is made of.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public float[] Embed(string text, Pooling pooling = Pooling.Mean) => Engine.Embed([Generator.PromptIds(text)], pooling)[0];

    /// <summary>The model behind the interface that .NET's chat middleware and frameworks know. It stays valid as long as this model does.</summary>
    /// <remarks>
    /// What the interface has no name for are additional properties by the names that others use: <c>min_p</c>, <c>typical_p</c>, <c>repeat_penalty</c>, <c>repeat_last_n</c>,
    /// <c>logit_bias</c> (ids and what is added to their logits), <c>logprobs</c> and <c>top_logprobs</c>; with <c>logprobs</c>, <see cref="ChatResponseUpdate.RawRepresentation"/> is the
    /// <see cref="GeneratedToken"/>s that came since the last update. Any other is a variable of the model's template.
    /// </remarks>
    public IChatClient AsChatClient() => new ModelChatClient(this);

    /// <summary>The model behind the interface that .NET's vector stores and frameworks know. It stays valid as long as this model does.</summary>
    /// <param name="pooling">Which of the hidden states vectors are made of.</param>
    public IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(Pooling pooling = Pooling.Mean) => new ModelEmbeddingGenerator(this, pooling);

    /// <summary>Ends what is being generated and returns the memory to the system.</summary>
    public void Dispose()
    {
        Engine.Dispose();
        _adapters.ForEach(adapter => adapter.Dispose());
        if (!_owns)
            return;
        _draft?.Dispose();
        _model.Dispose();
    }

    private static string NameOf(LoadedModel model) => model.Metadata.GetValueOrDefault("general.name") ?? "gestalt";

    private static void RequireSameVocabulary(LoadedModel model, LoadedModel draft)
    {
        if (model.Tokenizer.FirstDifference(draft.Tokenizer) is not int id)
            return;
        string mine = model.Tokenizer.DecodeText([id]), its = draft.Tokenizer.DecodeText([id]);
        throw new ArgumentException(
            $"The draft model '{NameOf(draft)}' has another vocabulary than '{NameOf(model)}': token {id} is \"{its}\" there and \"{mine}\" here, so its guesses would mean something else. "
            + "A smaller model of the same family has the same one.", nameof(draft));
    }
}
