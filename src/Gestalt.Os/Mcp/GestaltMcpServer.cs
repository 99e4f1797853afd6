using System.ComponentModel;
using System.Text.Json;
using Gestalt.Inference;
using Gestalt.Text;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Gestalt.Os.Mcp;

/// <summary>The use of a model: until it ends, the model stays open.</summary>
/// <param name="model">The model.</param>
/// <param name="release">Is disposed of when the use ends; null if the model stays open anyway.</param>
public sealed class ModelUse(LanguageModel model, IDisposable? release = null) : IDisposable
{
    /// <summary>The model.</summary>
    public LanguageModel Model { get; } = model;

    /// <summary>Ends the use.</summary>
    public void Dispose() => release?.Dispose();
}

/// <summary>
/// Gestalt as an MCP server: other programs' models may write with ours (<c>generate</c>, <c>chat</c>), see text as tokens (<c>tokenize</c>) and ask what models there are (<c>list_models</c>).
/// </summary>
/// <param name="open">Opens a model by its name, the usual one for null.</param>
/// <param name="list">The names of the models that there are.</param>
public sealed class GestaltMcpServer(Func<string?, CancellationToken, ValueTask<ModelUse>> open, Func<IEnumerable<string>> list)
{
    private const int MostTokens = 4096;
    private const int MostShownTokens = 10_000;

    /// <summary>Serves one client over a pair of streams until it goes.</summary>
    /// <param name="input">What the client says.</param>
    /// <param name="output">What it is told.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellation = default)
    {
        var transport = new StreamServerTransport(Pump.Start(input, "MCP input"), output, "gestalt");
        await using McpServer server = McpServer.Create(transport, Options());
        await server.RunAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers one message that came over HTTP, as the protocol's streamable transport without sessions does: each request stands for itself, its answer is a stream of server-sent events.
    /// </summary>
    /// <param name="message">The message as JSON.</param>
    /// <param name="output">What the client is told.</param>
    /// <param name="cancellation">The client has left.</param>
    /// <returns>Whether there was anything to tell: a notification is answered with nothing (status 202).</returns>
    /// <exception cref="JsonException">It is no message.</exception>
    public async Task<bool> AnswerAsync(Stream message, Stream output, CancellationToken cancellation = default)
    {
        JsonRpcMessage read = await JsonSerializer.DeserializeAsync<JsonRpcMessage>(message, McpJsonUtilities.DefaultOptions, cancellation).ConfigureAwait(false) ?? throw new JsonException("it is null");
        await using var transport = new StreamableHttpServerTransport { Stateless = true };
        await using McpServer server = McpServer.Create(transport, Options());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task running = server.RunAsync(ended.Token);
        try
        {
            return await transport.HandlePostRequestAsync(read, output, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What the server offers, for any transport.</summary>
    public McpServerOptions Options() => new()
    {
        ServerInfo = new Implementation { Name = "gestalt", Title = "Gestalt", Version = typeof(GestaltMcpServer).Assembly.GetName().Version?.ToString(3) ?? "0" },
        ServerInstructions = "Language models on this machine: write with them, see text as their tokens.",
        ToolCollection =
        [
            Tool(Generate, "generate", "Continues a text with a language model on this machine."),
            Tool(Chat, "chat", "Asks a language model on this machine, and returns its answer."),
            Tool(Tokenize, "tokenize", "Shows a text as a model's tokens: their count, ids and pieces."),
            Tool(ListModels, "list_models", "Names the language models on this machine."),
        ],
    };

    private static McpServerTool Tool(Delegate method, string name, string description) =>
        McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, Description = description, ReadOnly = true, OpenWorld = false, Destructive = false });

    private async Task<string> Generate(
        [Description("The text to continue")] string prompt,
        [Description("The model; the usual one if left out")] string? model = null,
        [Description("How many tokens at most, 1 to 4096")] int max_tokens = 256,
        [Description("0 always takes the likeliest token; more is bolder, up to 2")] double temperature = 0.7,
        [Description("The same seed gives the same text")] int seed = 0,
        CancellationToken cancellation = default)
    {
        using ModelUse use = await OpenAsync(model, cancellation).ConfigureAwait(false);
        return await TextAsync(use.Model.Complete(prompt, Generation(max_tokens, temperature, seed), cancellation)).ConfigureAwait(false);
    }

    private async Task<string> Chat(
        [Description("What is asked")] string message,
        [Description("The model; the usual one if left out")] string? model = null,
        [Description("How many tokens at most, 1 to 4096")] int max_tokens = 512,
        [Description("0 always takes the likeliest token; more is bolder, up to 2")] double temperature = 0.7,
        [Description("The same seed gives the same answer")] int seed = 0,
        CancellationToken cancellation = default)
    {
        using ModelUse use = await OpenAsync(model, cancellation).ConfigureAwait(false);
        if (!use.Model.IsAssistant)
            throw new McpException($"{use.Model.Name} is a base model: it continues text, it does not answer. Use generate, or another model.");
        return await TextAsync(use.Model.Reply(message, Generation(max_tokens, temperature, seed), cancellation)).ConfigureAwait(false);
    }

    private async Task<TokenizedText> Tokenize(
        [Description("The text")] string text, [Description("The model; the usual one if left out")] string? model = null, CancellationToken cancellation = default)
    {
        using ModelUse use = await OpenAsync(model, cancellation).ConfigureAwait(false);
        Tokenizer tokenizer = use.Model.Tokenizer;
        int[] ids = tokenizer.Encode(text);
        if (ids.Length > MostShownTokens)
            throw new McpException($"The text has {ids.Length} tokens; {MostShownTokens} can be shown. Send less.");
        return new TokenizedText(ids.Length, ids, [.. ids.Select(id => tokenizer.DecodeText([id]))]);
    }

    private string[] ListModels() => [.. list()];

    private async Task<ModelUse> OpenAsync(string? model, CancellationToken cancellation)
    {
        try
        {
            return await open(model, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not (McpException or OperationCanceledException))
        {
            // The model that asks reads this: other exceptions' messages are kept from it.
            throw new McpException(problem.Message, problem);
        }
    }

    private static GenerationOptions Generation(int tokens, double temperature, int seed) =>
        tokens is < 1 or > MostTokens ? throw new McpException($"max_tokens is {tokens}; it must be 1 to {MostTokens}.")
        : temperature is not (>= 0 and <= 2) ? throw new McpException($"temperature is {temperature}; it must be 0 to 2.")
        : new GenerationOptions { MaxTokens = tokens, Sampling = new SamplingOptions { Temperature = (float)temperature, Seed = (ulong)seed } };

    private static async Task<string> TextAsync(IAsyncEnumerable<string> pieces)
    {
        try
        {
            return string.Concat(await pieces.ToArrayAsync().ConfigureAwait(false));
        }
        catch (ContextLimitException problem)
        {
            throw new McpException(problem.Message, problem);
        }
    }

    /// <summary>A text as tokens.</summary>
    private sealed record TokenizedText(int Count, int[] Ids, string[] Pieces);
}
