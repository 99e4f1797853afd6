using System.Text;
using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Inference;

/// <summary>A generated text.</summary>
/// <param name="Text">The text, without the prompt and without the stop string.</param>
/// <param name="Tokens">How many ids it took.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record TextGeneration(string Text, int Tokens, FinishReason Reason);

/// <summary>
/// Text to text: renders a prompt or a conversation to ids, lets the <see cref="Inference.Engine"/> continue them, and decodes what comes. A reply ends
/// where the model ends its turn or the text.
/// </summary>
public sealed class TextGenerator
{
    private readonly Engine engine;
    private readonly Tokenizer tokenizer;
    private readonly int? startId;
    private readonly HashSet<int> ends;
    private readonly Lazy<ChatTemplate?> template;

    /// <summary>A generator for a model of our own, which speaks Gestalt's ChatML.</summary>
    /// <param name="engine">Runs the model.</param>
    /// <param name="tokenizer">The model's vocabulary.</param>
    /// <param name="startsWithEndOfText">Whether the model was trained on sequences that begin with the token between documents (<see cref="LoadedModel.StartsWithEndOfText"/>).</param>
    public TextGenerator(Engine engine, Tokenizer tokenizer, bool startsWithEndOfText = true)
        : this(engine, tokenizer, startsWithEndOfText && tokenizer.Special.HasEndOfText ? tokenizer.Special.EndOfText.Id : null, [], () => null)
    {
    }

    /// <summary>A generator for any model: it begins sequences, writes conversations and ends answers as the model's file says.</summary>
    /// <param name="engine">Runs the model.</param>
    /// <param name="model">The model.</param>
    public TextGenerator(Engine engine, LoadedModel model)
        : this(engine, model.Tokenizer, model.AddsStart ? model.StartId : null, model.StopIds, () => ChatMl.IsOwn(model.Template)
            ? null
            : ChatTemplate.For(model.Tokenizer, model.Template, model.Metadata.GetValueOrDefault("general.name")))
    {
    }

    /// <summary>The ids that end an answer: those of the model's file, the end of a text and the end of a message.</summary>
    public IReadOnlySet<int> Ends => ends;

    private TextGenerator(Engine engine, Tokenizer tokenizer, int? startId, IEnumerable<int> ends, Func<ChatTemplate?> template)
    {
        (this.engine, this.tokenizer, this.startId) = (engine, tokenizer, startId);
        this.ends = [.. ends];
        if (tokenizer.Special.HasEndOfText)
            this.ends.Add(tokenizer.Special.EndOfText);
        if (tokenizer.Special.HasMessages)
            this.ends.Add(tokenizer.Special.MessageEnd);
        this.template = new Lazy<ChatTemplate?>(template);
    }

    /// <summary>Runs the model.</summary>
    public Engine Engine => engine;

    /// <summary>The model's vocabulary.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>How conversations are written; null for Gestalt's own ChatML. Where a model came without a template, <see cref="ChatTemplate.Assumption"/> says which form is assumed.</summary>
    /// <exception cref="TemplateException">The model's template cannot be read.</exception>
    public ChatTemplate? Template => template.Value;

    /// <summary>How the model sets apart what it thinks in its answer to a prompt; null for a model whose template knows nothing of thinking.</summary>
    /// <param name="prompt">The prompt as ids, up to where the answer begins.</param>
    public Thinking? ThinkingAfter(ReadOnlySpan<int> prompt)
    {
        const int Tail = 16; // tokens: enough for any mark and the line ends behind it
        return Thinking.Of(Template)?.After(tokenizer.DecodeText(prompt[^Math.Min(Tail, prompt.Length)..]));
    }

    /// <summary>
    /// Whether a conversation had a system message that the model's template refuses (Gemma's does), so that its text went before the first message of the user, as the makers of such models
    /// advise.
    /// </summary>
    public bool FoldsSystemMessages { get; private set; }

    /// <summary>What the template is told with every conversation: tools, and variables such as <c>enable_thinking</c>.</summary>
    public TemplateOptions TemplateOptions { get; init; } = new();

    /// <summary>Streams the continuation of a text.</summary>
    /// <param name="prompt">The text; what it says never becomes a special token.</param>
    /// <param name="options">What to generate. The model's own end-of-text and end-of-turn tokens always end it.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public TextStream Complete(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(PromptIds(prompt), options, continues: prompt.Length > 0, cancellation);

    /// <summary>Streams the assistant's next message of a conversation.</summary>
    /// <param name="conversation">The messages so far.</param>
    /// <param name="options">What to generate. The model's own end-of-text and end-of-turn tokens always end it.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public TextStream Reply(Conversation conversation, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(PromptIds(conversation), options, cancellation);

    /// <summary>Streams the continuation of ids.</summary>
    /// <param name="prompt">The ids, taken as they are.</param>
    /// <param name="options">What to generate. The model's own end-of-text and end-of-turn tokens always end it.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ContextLimitException">It does not fit.</exception>
    public TextStream Stream(ReadOnlySpan<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(prompt, options, continues: false, cancellation);

    // Where a text goes on with one that was shown, a blank before its first word is part of it in every kind of vocabulary.
    private TextStream Stream(ReadOnlySpan<int> prompt, GenerationOptions? options, bool continues, CancellationToken cancellation)
    {
        options ??= new GenerationOptions();
        TokenStream tokens = engine.Generate(prompt, ForEngine(options), cancellation);
        return new TextStream(tokens, new StreamDecoder(tokenizer, continues: continues), Matcher(options));
    }

    /// <summary>Continues many prompts at once, far faster than one by one.</summary>
    /// <param name="prompts">Prompts as ids: see <see cref="PromptIds(string)"/> and <see cref="PromptIds(Conversation, TemplateOptions)"/>.</param>
    /// <param name="options">What to generate. The model's own end-of-text and end-of-turn tokens always end it.</param>
    /// <param name="finished">Told of each text as it ends.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The texts in the order of the prompts.</returns>
    /// <exception cref="ContextLimitException">A prompt does not fit.</exception>
    public TextGeneration[] AnswerAll(
        IReadOnlyList<int[]> prompts,
        GenerationOptions? options = null,
        Action<int, TextGeneration>? finished = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        options ??= new GenerationOptions();
        var results = new TextGeneration[prompts.Count];
        var decoders = new StreamDecoder[prompts.Count];
        var matchers = new StopMatcher[prompts.Count];
        var texts = new StringBuilder[prompts.Count];
        for (int i = 0; i < prompts.Count; i++)
            (decoders[i], matchers[i], texts[i]) = (new StreamDecoder(tokenizer), Matcher(options), new StringBuilder());
        engine.GenerateAll(prompts, ForEngine(options), Push, Finish, cancellation);
        return results;

        bool Push(int row, int id)
        {
            texts[row].Append(matchers[row].Push(decoders[row].Push(id)));
            return matchers[row].HasStopped;
        }

        void Finish(int row, Generation generation)
        {
            texts[row].Append(matchers[row].Push(decoders[row].Flush())).Append(matchers[row].Flush());
            results[row] = new TextGeneration(texts[row].ToString(), generation.Ids.Length, generation.Reason);
            finished?.Invoke(row, results[row]);
        }
    }

    /// <summary>The ids of a text as the beginning of a document.</summary>
    /// <param name="prompt">The text; may be empty where sequences begin with the token between documents.</param>
    public int[] PromptIds(string prompt) => Start(tokenizer.Encode(prompt));

    /// <summary>The ids of a conversation up to where the assistant's next message begins.</summary>
    /// <param name="conversation">The messages so far.</param>
    /// <param name="told">What the template is told besides; <see cref="TemplateOptions"/> if omitted.</param>
    /// <exception cref="TemplateException">The model's template refuses such a conversation, or cannot be read.</exception>
    public int[] PromptIds(Conversation conversation, TemplateOptions? told = null)
    {
        told ??= TemplateOptions;
        if (Template is not ChatTemplate form)
            return Start(ChatMl.Render(tokenizer, conversation with { Tools = conversation.Tools ?? told.Tools }, addGenerationPrompt: true).Ids);
        told = told with { BosText = told.BosText ?? NameOf(startId) };
        int[] ids;
        try
        {
            ids = form.RenderIds(tokenizer, conversation, told);
        }
        catch (TemplateException problem) when (problem.IsRefusal && WithoutSystem(conversation) is Conversation folded)
        {
            ids = form.RenderIds(tokenizer, folded, told);
            FoldsSystemMessages = true;
        }
        return ids.Length > 0 && ids[0] == startId ? ids : Start(ids); // Most templates write the token that begins a sequence, some leave it to the program.
    }

    /// <summary>The conversation with what the system says before the first message of the user; null where that changes nothing, or there is no such message.</summary>
    private static Conversation? WithoutSystem(Conversation conversation)
    {
        if (conversation.Messages is not [{ Role: Roles.System } system, { Role: Roles.User } first, ..])
            return null;
        Message folded = first with { Content = system.Content + "\n\n" + first.Content };
        return conversation with { Messages = [folded, .. conversation.Messages.Skip(2)] };
    }

    private int[] Start(int[] ids) => startId is int start ? [start, .. ids] : ids;

    private string? NameOf(int? id) => id is int token ? tokenizer.DecodeText([token]) : null;

    private GenerationOptions ForEngine(GenerationOptions options)
    {
        foreach (string stop in options.StopStrings)
            ArgumentException.ThrowIfNullOrEmpty(stop, nameof(options));
        return options with { StopIds = [.. ends.Union(options.StopIds)], StopStrings = [], Vocabulary = Math.Min(tokenizer.VocabularySize, options.Vocabulary ?? int.MaxValue) };
    }

    private static StopMatcher Matcher(GenerationOptions options) => new(options.StopStrings);
}
