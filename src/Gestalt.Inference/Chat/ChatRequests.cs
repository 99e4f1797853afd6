using System.Collections.Concurrent;
using Gestalt.Inference.Constraints;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>A chat request in the engine's words.</summary>
/// <param name="Prompt">The conversation as ids.</param>
/// <param name="Options">What to generate.</param>
/// <param name="Thoughts">Tells thinking from the answer in what comes back.</param>
/// <param name="Reader">Tells text from tool calls in the answer.</param>
internal sealed record ChatRequest(int[] Prompt, GenerationOptions Options, ThinkingReader Thoughts, ToolCallReader Reader);

/// <summary>Translates the requests of .NET's chat interface. What a request asks for is done or refused, never left out.</summary>
internal sealed class ChatRequests(LanguageModel model)
{
    // Compiling a schema takes milliseconds, and programs use few of them; beyond this many the memory is given back.
    private const int MostConstraints = 64;

    // Schemas made from C# types list all that there is, but do not say so.
    private static readonly JsonSchemaOptions ClosedObjects = new() { ClosedObjects = true };

    private readonly ConcurrentDictionary<string, CompiledConstraint> _constraints = new(StringComparer.Ordinal);
    private readonly Lazy<ConstraintCompiler> _compiler = new(() => Compiler(model));

    /// <summary>Translates a request.</summary>
    /// <exception cref="ArgumentException">An option is impossible.</exception>
    /// <exception cref="NotSupportedException">It asks for something that a language model of text cannot do.</exception>
    public ChatRequest Read(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatOptions();
        Conversation conversation = ChatMessages.Read(messages, options.Instructions);
        string[] tools = ToolDefinitions.Names(options);
        var told = new TemplateOptions { Tools = tools.Length > 0 ? ToolDefinitions.ToJson(options) : null, Variables = TemplateVariables(options) };
        bool mentionsTools = told.Tools is not null || conversation.Messages.Any(message => message.Role == Roles.Tool || message.ToolCalls.Count > 0);
        if (mentionsTools && !WasTaught(tools) && model.Generator.Template?.Source.Contains("tools", StringComparison.Ordinal) != true)
            (conversation, told) = (ToolDefinitions.InText(conversation, told.Tools), told with { Tools = null });
        int[] prompt = model.Generator.PromptIds(conversation, told);
        Thinking? thinking = model.Generator.ThinkingAfter(prompt);
        return new ChatRequest(
            prompt,
            new GenerationOptions
            {
                Sampling = ChatSampling.Read(options),
                MaxTokens = options.MaxOutputTokens,
                StopStrings = [.. options.StopSequences ?? []],
                // Our own form does not tell whether a model was taught to think: what has to be JSON begins with JSON.
                Constraint = Constraint(options, model.Generator.Template is null ? null : thinking),
                LogProbabilities = ChatSampling.WantsLogProbabilities(options),
                LikeliestTokens = ChatSampling.Likeliest(options),
            },
            new ThinkingReader(thinking),
            new ToolCallReader(tools, mayBeBare: options.ToolMode is RequiredChatToolMode || options.ResponseFormat is not ChatResponseFormatJson));
    }

    /// <summary>Whether the model was taught these tools in Gestalt's ChatML, which names them and no more: it needs no description.</summary>
    private bool WasTaught(string[] tools) =>
        model.Generator.Template is null && model.Loaded.Metadata.TryGetValue(ToolText.TaughtKey, out string? taught) && !tools.Except(taught.Split(", ")).Any();

    private static ConstraintCompiler Compiler(LanguageModel model)
    {
        var ends = new HashSet<int>(model.Loaded.StopIds);
        SpecialTokens special = model.Tokenizer.Special;
        if (special.HasEndOfText)
            ends.Add(special.EndOfText);
        if (special.HasMessages)
            ends.Add(special.MessageEnd);
        return new ConstraintCompiler(model.Tokenizer, ends);
    }

    /// <summary>What the answer has to be: a call, if one is ordered, or JSON, if that is asked for.</summary>
    private TokenConstraint? Constraint(ChatOptions options, Thinking? thinking)
    {
        ToolSignature[] required = ToolDefinitions.Required(options);
        if (required.Length > 0)
        {
            ToolCallForm form = ToolDefinitions.FormOf(model.Generator.Template);
            return Known($"{thinking}\n{form}\n{string.Join('\n', required.Select(tool => tool.Name + "\n" + tool.Parameters))}", () => _compiler.Value.ToolCall(required, form, thinking));
        }
        if (options.ResponseFormat is not ChatResponseFormatJson json)
            return null;
        string schema = json.Schema?.GetRawText() ?? "";
        return Known($"{thinking}\n{schema}", () => schema.Length == 0 ? _compiler.Value.Json(thinking: thinking) : _compiler.Value.JsonSchema(schema, ClosedObjects, thinking));
    }

    private TokenConstraint Known(string key, Func<CompiledConstraint> compile)
    {
        if (_constraints.Count >= MostConstraints && !_constraints.ContainsKey(key))
            _constraints.Clear();
        return _constraints.GetOrAdd(key, _ => compile()).Start();
    }

    /// <summary>What is neither an option of ours nor of the interface may be a variable of the model's template, such as <c>enable_thinking</c>.</summary>
    private static Dictionary<string, object?> TemplateVariables(ChatOptions options) =>
        options.AdditionalProperties?.Where(property => !ChatSampling.IsOption(property.Key)).ToDictionary(property => property.Key, property => property.Value) ?? [];
}
