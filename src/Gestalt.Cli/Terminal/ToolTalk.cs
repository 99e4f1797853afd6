using System.Runtime.ExceptionServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gestalt.Cli.Errors;
using Gestalt.Inference;
using Gestalt.Os.Mcp;
using Gestalt.Os.Tools;
using Gestalt.Store;
using Gestalt.Tasks.Tools;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Cli.Terminal;

/// <summary>
/// Lets the model of a conversation use tools and shows each call as it happens: Gestalt's own, which have no effect and need nobody's permission, and those of MCP servers, about whose calls the
/// person at the keyboard is asked.
/// </summary>
internal sealed class ToolTalk : IAsyncDisposable
{
    private const int ShownCharacters = 200;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IReadOnlyList<AITool> _tools;
    private readonly McpTools? _mcp;
    private readonly IStore? _store;
    private readonly ToolCallingChatClient _chat;

    private ToolTalk(LanguageModel model, IReadOnlyList<AITool> tools, McpTools? mcp, IStore? store) =>
        (_chat, _tools, _mcp, _store) = (new ToolCallingChatClient(model.AsChatClient()), tools, mcp, store);

    /// <summary>The tools as conversations list them; null for none.</summary>
    public string? Definitions => LanguageModel.ConversationOf([], new ChatOptions { Tools = [.. _tools] }).Tools;

    /// <summary>A conversation with Gestalt's own tools.</summary>
    /// <param name="model">The model that talks.</param>
    /// <param name="own">The tools.</param>
    public static ToolTalk With(LanguageModel model, ToolBox own) => new(model, ToolFunction.Of(own), mcp: null, store: null);

    /// <summary>Connects to the servers that a file names.</summary>
    /// <param name="model">The model that talks.</param>
    /// <param name="own">Gestalt's own tools beside theirs.</param>
    /// <param name="file">The file.</param>
    /// <param name="place">The store that keeps what was allowed; if another program has it open, what is said now holds for now.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ToolTalk> OpenAsync(LanguageModel model, ToolBox own, string file, string place, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new UserError(ExitCode.Missing, $"there is no file '{file}' that names MCP servers.");
        McpConfiguration configuration = McpConfiguration.Load(file);
        IStore? store = null;
        try
        {
            store = await Stores.OpenAsync(place, Messages.Warn, cancellation).ConfigureAwait(false);
        }
        catch (StoreException problem)
        {
            Messages.Warn($"what you allow is not kept: {problem.Message}");
        }
        bool canAsk = !Console.IsInputRedirected && Messages.Watched;
        McpTools mcp = await McpTools.ConnectAsync(configuration, new ToolPermissions(store), ask: canAsk ? Ask : null, cancellation: cancellation).ConfigureAwait(false);
        foreach (McpServerState server in mcp.Servers)
        {
            foreach (string problem in server.Problems)
                Messages.Warn(problem);
            if (server.Tools.Count > 0)
                Messages.Say($"{server.Name}: {string.Join(", ", server.Tools)}");
        }
        if (!canAsk && mcp.Tools.Count > 0)
            Messages.Warn("there is nobody to ask: only tools that are always allowed run.");
        return new ToolTalk(model, [.. ToolFunction.Of(own), .. mcp.Tools], mcp, store);
    }

    /// <summary>Whether tools go together with how answers are generated.</summary>
    public static bool Suits(GenerationOptions options) => options.Constraint is null && ChatSampling.Read(Options(options)) == options.Sampling;

    /// <summary>Refuses what cannot be asked for beside tools.</summary>
    /// <exception cref="UserError">An option would have no effect.</exception>
    public static void Check(GenerationOptions options)
    {
        if (options.Constraint is not null)
            throw new UserError(ExitCode.Usage, "tools (--mcp, --tools) and a grammar or schema do not go together: a call would have to follow it.");
        if (ChatSampling.Read(Options(options)) != options.Sampling)
            throw new UserError(ExitCode.Usage, "with tools (--mcp, --tools), answers are sampled by temperature, top-k, top-p, min-p, typical-p, penalties and seed only. Leave the other options out.");
    }

    /// <summary>Lets the model answer, with as many calls as it needs.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">How it answers.</param>
    /// <param name="write">Is given the text as it comes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The messages that follow: calls, results, the answer; and whether it was stopped.</returns>
    public (IReadOnlyList<Message> Said, bool Stopped) Answer(IEnumerable<Message> messages, GenerationOptions options, Action<string> write, CancellationToken cancellation)
    {
        ChatOptions told = Options(options);
        told.Tools = [.. _tools];
        var updates = new List<ChatResponseUpdate>();
        try
        {
            Task.Run(() => StreamAsync([.. messages.Select(Read)], told, updates, write, cancellation), CancellationToken.None).Wait(CancellationToken.None);
            return (Said(updates), false);
        }
        catch (AggregateException problem) when (problem.InnerException is OperationCanceledException)
        {
            return (Said(updates), true); // What was said so far stays said.
        }
        catch (AggregateException problem)
        {
            ExceptionDispatchInfo.Throw(problem.InnerException!);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_mcp is not null)
            await _mcp.DisposeAsync().ConfigureAwait(false);
        if (_store is not null)
            await _store.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StreamAsync(ChatMessage[] messages, ChatOptions options, List<ChatResponseUpdate> updates, Action<string> write, CancellationToken cancellation)
    {
        await foreach (ChatResponseUpdate update in _chat.GetStreamingResponseAsync(messages, options, cancellation).ConfigureAwait(false))
        {
            updates.Add(update);
            foreach (AIContent content in update.Contents)
            {
                if (content is TextContent text)
                    write(text.Text);
                else if (content is FunctionCallContent call)
                    Messages.Say($"\n\u2192 {call.Name} {Short(Arguments(call))}");
                else if (content is FunctionResultContent result)
                    Messages.Say($"\u2190 {Short($"{result.Result}")}");
            }
        }
    }

    private static ValueTask<ToolDecision> Ask(ToolRequest request, CancellationToken cancellation)
    {
        Messages.Say($"\nThe model wants to call {request.Tool.Name} (of {request.Tool.Server}) with {request.Arguments}");
        while (true)
        {
            Console.Error.Write("May it? [y]es, once / [a]lways / [n]o / ne[v]er: ");
            string? line = Console.In.ReadLine();
            if (line is null)
                return ValueTask.FromResult(ToolDecision.No);
            switch (line.Trim().ToLowerInvariant())
            {
                case "y" or "yes" or "once": return ValueTask.FromResult(ToolDecision.Once);
                case "a" or "always": return ValueTask.FromResult(ToolDecision.Always);
                case "n" or "no" or "": return ValueTask.FromResult(ToolDecision.No);
                case "v" or "never": return ValueTask.FromResult(ToolDecision.Never);
            }
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static ChatOptions Options(GenerationOptions options)
    {
        SamplingOptions sampling = options.Sampling;
        return new ChatOptions
        {
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            TopK = sampling.TopK,
            FrequencyPenalty = sampling.FrequencyPenalty,
            PresencePenalty = sampling.PresencePenalty,
            Seed = unchecked((long)sampling.Seed),
            MaxOutputTokens = options.MaxTokens,
            StopSequences = [.. options.StopStrings],
            AdditionalProperties = new AdditionalPropertiesDictionary
            {
                ["min_p"] = sampling.MinP,
                ["typical_p"] = sampling.TypicalP,
                ["repeat_penalty"] = sampling.RepetitionPenalty,
                ["repeat_last_n"] = sampling.RepetitionWindow,
                ["logit_bias"] = sampling.LogitBias,
            },
        };
    }

    private static ChatMessage Read(Message message) => message.Role switch
    {
        Roles.Tool => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message.ToolCallId ?? "", message.Content)]),
        Roles.Assistant => new ChatMessage(ChatRole.Assistant,
        [
            .. message.Content.Length > 0 ? (AIContent[])[new TextContent(message.Content)] : [],
            .. message.ToolCalls.Select(call => new FunctionCallContent(call.Id ?? "", call.Name, JsonSerializer.Deserialize<Dictionary<string, object?>>(call.Arguments))),
        ]),
        _ => new ChatMessage(new ChatRole(message.Role), message.Content),
    };

    private static List<Message> Said(List<ChatResponseUpdate> updates)
    {
        var said = new List<Message>();
        foreach (ChatMessage message in updates.ToChatResponse().Messages)
        {
            said.AddRange(message.Contents.OfType<FunctionResultContent>().Select(result => new Message(Roles.Tool, $"{result.Result}") { ToolCallId = result.CallId }));
            ToolCall[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(call => new ToolCall(call.Name, Arguments(call), call.CallId))];
            if (message.Role == ChatRole.Assistant)
                said.Add(new Message(Roles.Assistant, message.Text) { ToolCalls = calls });
        }
        return said;
    }

    private static string Arguments(FunctionCallContent call) => JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Readable);

    private static string Short(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= ShownCharacters ? line : $"{line[..ShownCharacters]} … ({text.Length} characters)";
    }
}
