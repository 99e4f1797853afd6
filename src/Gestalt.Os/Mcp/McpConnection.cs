using System.Globalization;
using System.Text;
using System.Text.Json;
using Gestalt.Os.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Gestalt.Os.Mcp;

/// <summary>A connection to one MCP server. A server that does not answer in time, or sends what is too long, is cut off; calls to it then say so at once.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly ServerProcess? _process;
    private readonly ToolLimits _limits;
    private McpClient? _client;
    private string? _cut;

    private McpConnection(McpServerEntry entry, ServerProcess? process, ToolLimits limits) => (Entry, _process, _limits) = (entry, process, limits);

    /// <summary>The server.</summary>
    public McpServerEntry Entry { get; }

    /// <summary>What it calls itself; empty if it does not say.</summary>
    public string Title { get; private set; } = "";

    /// <summary>The tools that it has.</summary>
    public IReadOnlyList<McpClientTool> Tools { get; private set; } = [];

    /// <summary>Connects to a server and asks what it has.</summary>
    /// <exception cref="IOException">It could not be started or reached, or did not answer as one; the message says so.</exception>
    public static async Task<McpConnection> OpenAsync(McpServerEntry entry, ToolLimits limits, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(limits.ConnectTime);
        McpConnection? connection = null;
        try
        {
            connection = new McpConnection(entry, entry.Command is null ? null : ServerProcess.Start(entry), limits);
            await connection.GreetAsync(limited.Token).WaitAsync(limited.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception problem) when (!cancellation.IsCancellationRequested)
        {
            string reason = problem is OperationCanceledException or TimeoutException
                ? string.Create(CultureInfo.InvariantCulture, $"it did not answer within {limits.ConnectTime.TotalSeconds:0.#} seconds")
                : problem.Message;
            string words = connection?._process?.KillForLastWords() is { Length: > 0 } last ? $" Its last words: {last.ReplaceLineEndings(" / ")}" : "";
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"The MCP server '{entry.Name}' cannot be used: {reason.TrimEnd('.')}.{words}", problem);
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Calls a tool.</summary>
    /// <param name="tool">The tool, by the server's name for it.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="cancellation">Gives up; the server is told.</param>
    public async Task<ToolOutcome> CallAsync(string tool, JsonElement arguments, CancellationToken cancellation)
    {
        if (_cut is not null)
            return new ToolOutcome($"The MCP server '{Entry.Name}' was cut off: {_cut}.", IsError: true);
        McpClient client = _client!;
        using CancellationTokenRegistration late = cancellation.Register(() => _ = CutLaterAsync());
        Task<CallToolResult> call = client.CallToolAsync(tool, arguments.EnumerateObject().ToDictionary(one => one.Name, one => (object?)one.Value), cancellationToken: cancellation).AsTask();
        // A server whose messages end does not fail its calls: they would wait for ever.
        if (await Task.WhenAny(call, client.Completion).ConfigureAwait(false) != call && !call.IsCompleted)
        {
            Cut("it ended");
            return new ToolOutcome($"The MCP server '{Entry.Name}' ended while {tool} ran.", IsError: true);
        }
        try
        {
            return Outcome(await call.ConfigureAwait(false));
        }
        catch (McpException problem)
        {
            return new ToolOutcome(problem.Message, IsError: true);
        }

        async Task CutLaterAsync()
        {
            // The client has told the server that the call is off. One that still answers is well; one that does not is stuck.
            await Task.Delay(Farewell, CancellationToken.None).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(Farewell);
            try
            {
                await client.PingAsync(cancellationToken: patience.Token).AsTask().WaitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception)
            {
                Cut("it no longer answered");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _cut ??= "the connection was closed";
        if (_client is { } client)
            await client.DisposeAsync().AsTask().WaitAsync(Farewell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_process is not null)
            await _process.DisposeAsync().ConfigureAwait(false);
    }

    private void Cut(string reason)
    {
        if (Interlocked.CompareExchange(ref _cut, reason, null) is null)
            _process?.Kill();
    }

    private async Task GreetAsync(CancellationToken cancellation)
    {
        IClientTransport transport = _process is { } process
            ? new StreamClientTransport(process.Input, new BoundedLineStream(process.Output, _limits.MessageBytes))
            : new HttpClientTransport(
                new HttpClientTransportOptions { Endpoint = Entry.Address!, Name = Entry.Name, ConnectionTimeout = _limits.ConnectTime, AdditionalHeaders = Entry.Headers.ToDictionary() },
                new HttpClient(new BoundedAnswers(_limits.MessageBytes)) { Timeout = Timeout.InfiniteTimeSpan },
                ownsHttpClient: true);
        var options = new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "gestalt", Version = typeof(McpConnection).Assembly.GetName().Version?.ToString(3) ?? "0" },
            InitializationTimeout = _limits.ConnectTime,
            // The client first asks as newer servers want it. One that is slow to start must not be taken for one that knows no such question: it would answer both.
            DiscoverProbeTimeout = _limits.ConnectTime * 0.75,
        };
        _client = await McpClient.CreateAsync(transport, options, cancellationToken: cancellation).ConfigureAwait(false);
        Title = _client.ServerInfo?.Title ?? _client.ServerInfo?.Name ?? "";
        if (_client.ServerCapabilities?.Tools is not null)
            Tools = [.. await _client.ListToolsAsync(cancellationToken: cancellation).ConfigureAwait(false)];
    }

    /// <summary>A result as text: a model of text reads nothing else. What it cannot read is named.</summary>
    private static ToolOutcome Outcome(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (ContentBlock block in result.Content)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(block switch
            {
                TextContentBlock said => said.Text,
                EmbeddedResourceBlock { Resource: TextResourceContents said } => said.Text,
                ResourceLinkBlock link => $"({link.Name}: {link.Uri})",
                ImageContentBlock image => $"(an image of type {image.MimeType}, not shown)",
                AudioContentBlock audio => $"(a sound of type {audio.MimeType}, not played)",
                _ => $"({block.Type}, not shown)",
            });
        }
        if (text.Length == 0 && result.StructuredContent is { } structured)
            text.Append(JsonSerializer.Serialize(structured));
        return new ToolOutcome(text.ToString(), IsError: result.IsError == true);
    }
}
