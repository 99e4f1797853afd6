using System.Text.RegularExpressions;
using Gestalt.Os.Tools;
using ModelContextProtocol.Client;

namespace Gestalt.Os.Mcp;

/// <summary>How it went with a server.</summary>
/// <param name="Name">What the configuration calls it.</param>
/// <param name="Title">What it calls itself; empty if it does not say, or could not be used.</param>
/// <param name="Tools">What models call its tools.</param>
/// <param name="Problems">Why it, or some of its tools, cannot be used; empty if all is well.</param>
public sealed record McpServerState(string Name, string Title, IReadOnlyList<string> Tools, IReadOnlyList<string> Problems);

/// <summary>
/// The tools of MCP servers (Model Context Protocol, modelcontextprotocol.io), for a model to use: as <see cref="Microsoft.Extensions.AI.AIFunction"/> they go into a request's tools. Each is called
/// <c>server__tool</c> and runs only when a person allows it (<see cref="GuardedTool"/>).
/// </summary>
/// <example>
/// <code>
/// await using McpTools mcp = await McpTools.ConnectAsync(McpConfiguration.Load("mcp.json"), new ToolPermissions(store), ask: AskAtTheTerminal);
/// IChatClient chat = new ToolCallingChatClient(model.AsChatClient());
/// await chat.GetResponseAsync("What is in my folder?", new ChatOptions { Tools = [.. mcp.Tools] });
/// </code>
/// </example>
public sealed partial class McpTools : IAsyncDisposable
{
    /// <summary>The longest name of a function that OpenAI's API takes, and so models know.</summary>
    private const int LongestName = 64;

    private readonly List<McpConnection> _connections;

    private McpTools(List<McpConnection> connections, IReadOnlyList<GuardedTool> tools, IReadOnlyList<McpServerState> servers) => (_connections, Tools, Servers) = (connections, tools, servers);

    /// <summary>The tools of all servers.</summary>
    public IReadOnlyList<GuardedTool> Tools { get; }

    /// <summary>The servers, and how it went with them.</summary>
    public IReadOnlyList<McpServerState> Servers { get; }

    /// <summary>Connects to all servers of a configuration, at the same time. One that cannot be used keeps nobody from using the others: <see cref="Servers"/> says why.</summary>
    /// <param name="configuration">The servers.</param>
    /// <param name="permissions">What a person has said about tools.</param>
    /// <param name="limits">How much of anything they may take.</param>
    /// <param name="ask">Asks a person about a call; null if there is nobody to ask: then only what is always allowed runs.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<McpTools> ConnectAsync(
        McpConfiguration configuration, ToolPermissions permissions, ToolLimits? limits = null, AskPerson? ask = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(permissions);
        limits ??= new ToolLimits();
        (McpConnection? Connection, string Problem)[] opened = await Task.WhenAll(configuration.Servers.Select(TryOpenAsync)).ConfigureAwait(false);
        List<McpConnection> connections = [.. opened.Select(one => one.Connection).OfType<McpConnection>()];
        if (cancellation.IsCancellationRequested)
        {
            foreach (McpConnection connection in connections)
                await connection.DisposeAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }

        var tools = new Dictionary<string, GuardedTool>(StringComparer.Ordinal);
        var states = new List<McpServerState>();
        for (int i = 0; i < opened.Length; i++)
        {
            McpServerEntry entry = configuration.Servers[i];
            states.Add(opened[i].Connection is { } connection
                ? Take(connection, tools, permissions, limits, ask)
                : new McpServerState(entry.Name, "", [], [opened[i].Problem]));
        }
        return new McpTools(connections, [.. tools.Values], states);

        async Task<(McpConnection?, string)> TryOpenAsync(McpServerEntry entry)
        {
            try
            {
                return (await McpConnection.OpenAsync(entry, limits, cancellation).ConfigureAwait(false), "");
            }
            catch (Exception problem) when (problem is IOException or OperationCanceledException)
            {
                return (null, problem.Message);
            }
        }
    }

    /// <summary>Ends the servers that were started, and the connections.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_connections.Select(connection => connection.DisposeAsync().AsTask())).ConfigureAwait(false);

    /// <summary>Takes a server's tools, as far as they can be.</summary>
    private static McpServerState Take(McpConnection connection, Dictionary<string, GuardedTool> tools, ToolPermissions permissions, ToolLimits limits, AskPerson? ask)
    {
        var names = new List<string>();
        var problems = new List<string>();
        string server = connection.Entry.Name;
        foreach (McpClientTool tool in connection.Tools)
        {
            string name = Forbidden().Replace($"{server}__{tool.Name}", "_");
            int length = tool.Description.Length + tool.JsonSchema.GetRawText().Length;
            string? problem = names.Count >= limits.ToolsPerServer ? $"it is one of {connection.Tools.Count}, and {limits.ToolsPerServer} are taken"
                : tool.Name.Length == 0 || name.Length > LongestName ? $"its name has {name.Length} characters with its server's, and {LongestName} are taken"
                : length > limits.DescriptionCharacters ? $"it describes itself with {length} characters, and {limits.DescriptionCharacters} are taken"
                : tools.ContainsKey(name) ? "another one has that name"
                : null;
            if (problem is not null)
            {
                problems.Add($"The tool '{Short(tool.Name)}' of the MCP server '{server}' is left out: {problem}.");
                continue;
            }
            string its = tool.Name;
            tools.Add(name, new GuardedTool(server, name, tool.Description, tool.JsonSchema, (arguments, cancellation) => connection.CallAsync(its, arguments, cancellation), permissions, limits, ask));
            names.Add(name);
        }
        return new McpServerState(server, connection.Title, names, problems);
    }

    private static string Short(string name) => name.Length <= 40 ? name : name[..40] + "…";

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex Forbidden();
}
