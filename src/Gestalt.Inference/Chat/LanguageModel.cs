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
    private readonly bool _owns;

    /// <summary>Makes a model of parameters that are already in memory, such as one that was just trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What the engine is given to work with.</param>
    /// <param name="owns">Whether <see cref="Dispose"/> disposes of <paramref name="model"/>, too.</param>
    public LanguageModel(LoadedModel model, EngineOptions? options = null, bool owns = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _owns) = (model, owns);
        Name = model.Metadata.GetValueOrDefault("general.name") ?? "gestalt";
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

    /// <summary>The tokens after which the model has said what it wanted.</summary>
    internal IReadOnlyList<int> StopIds => _model.StopIds;

    /// <summary>Opens a GGUF file or a folder in Hugging Face's layout. Weights stay where they lie: nothing is copied.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the engine is given to work with: context, cache, a draft model.</param>
    /// <exception cref="ModelFileException">It is missing, damaged, incomplete, or of a kind that cannot be run.</exception>
    /// <exception cref="CacheMemoryException">The context that was asked for does not fit in memory.</exception>
    public static LanguageModel Open(string path, EngineOptions? options = null)
    {
        LoadedModel model = ModelFile.Load(path, new Device(), LoadMode.Mapped);
        try
        {
            return new LanguageModel(model, options, owns: true);
        }
        catch
        {
            model.Dispose();
            throw;
        }
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

    /// <summary>A vector of length 1 for a text; the product of two is how much they have in common.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pooling">Which of the hidden states it is made of.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public float[] Embed(string text, Pooling pooling = Pooling.Mean) => Engine.Embed([Generator.PromptIds(text)], pooling)[0];

    /// <summary>The model behind the interface that .NET's chat middleware and frameworks know. It stays valid as long as this model does.</summary>
    public IChatClient AsChatClient() => new ModelChatClient(this);

    /// <summary>The model behind the interface that .NET's vector stores and frameworks know. It stays valid as long as this model does.</summary>
    /// <param name="pooling">Which of the hidden states vectors are made of.</param>
    public IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(Pooling pooling = Pooling.Mean) => new ModelEmbeddingGenerator(this, pooling);

    /// <summary>Ends what is being generated and returns the memory to the system.</summary>
    public void Dispose()
    {
        Engine.Dispose();
        if (_owns)
            _model.Dispose();
    }
}
