using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gestalt.Os.Mcp;

/// <summary>An MCP server that may be connected to: a program that is started and spoken to over its standard input and output, or an address.</summary>
public sealed record McpServerEntry
{
    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The program to start; null for one at an address.</summary>
    public string? Command { get; init; }

    /// <summary>What the program is given.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that the program sees besides the harmless ones (PATH, HOME and such); what else is in our environment it does not.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder in which the program starts; null for ours.</summary>
    public string? Folder { get; init; }

    /// <summary>The address; null for a program.</summary>
    public Uri? Address { get; init; }

    /// <summary>What is sent with each request to the address.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// The servers that a file names, in the shape that other programs use: <c>{"mcpServers": {"files": {"command": "npx", "args": [...], "env": {...}}, "web": {"url": "https://...", "headers": {...}}}}</c>.
/// <c>${NAME}</c> and <c>${NAME:-otherwise}</c> stand for variables of the environment. Entries with <c>"disabled": true</c> are left out.
/// </summary>
public sealed partial class McpConfiguration
{
    private McpConfiguration(IReadOnlyList<McpServerEntry> servers) => Servers = servers;

    /// <summary>The servers.</summary>
    public IReadOnlyList<McpServerEntry> Servers { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is none; the message names the server and the reason.</exception>
    public static McpConfiguration Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads the text of a file.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is none; the message names the server and the reason.</exception>
    public static McpConfiguration Parse(string json, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            JsonElement servers = Member(document.RootElement, "mcpServers", JsonValueKind.Object) ?? throw new InvalidDataException("there is no object \"mcpServers\"");
            return new McpConfiguration([.. servers.EnumerateObject().Where(server => !IsDisabled(server.Value)).Select(Read)]);
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{name} is not JSON (line {problem.LineNumber + 1}). It must be {{\"mcpServers\": {{\"NAME\": {{\"command\": ..., \"args\": [...]}}}}}}.", problem);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{name}: {problem.Message}. A server is {{\"command\": ..., \"args\": [...], \"env\": {{...}}}} or {{\"url\": ..., \"headers\": {{...}}}}.", problem);
        }
    }

    private static McpServerEntry Read(JsonProperty server)
    {
        string which = $"the server '{server.Name}'";
        if (!ServerName().IsMatch(server.Name))
            throw new InvalidDataException($"{which} has a name with other than 1 to 32 letters, digits, blanks, '-', '_' and '.'");
        if (server.Value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{which} is no object");
        string? command = Text(server.Value, "command", which), address = Text(server.Value, "url", which);
        if (command is null == address is null)
            throw new InvalidDataException($"{which} has {(command is null ? "neither" : "both")} \"command\" {(command is null ? "nor" : "and")} \"url\"");
        Uri? uri = null;
        if (address is not null && !(Uri.TryCreate(address, UriKind.Absolute, out uri) && uri.Scheme is "http" or "https"))
            throw new InvalidDataException($"the url of {which} is '{address}', not an address that begins with http:// or https://");
        return new McpServerEntry
        {
            Name = server.Name,
            Command = command,
            Arguments = [.. Member(server.Value, "args", JsonValueKind.Array)?.EnumerateArray().Select(one => Text(one, $"an argument of {which}")) ?? []],
            Environment = Texts(server.Value, "env", which),
            Folder = Text(server.Value, "cwd", which),
            Address = uri,
            Headers = Texts(server.Value, "headers", which),
        };
    }

    private static bool IsDisabled(JsonElement server) => server.ValueKind == JsonValueKind.Object && server.TryGetProperty("disabled", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    private static JsonElement? Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out JsonElement member) ? null
        : member.ValueKind == kind ? member
        : throw new InvalidDataException($"\"{name}\" is {member.ValueKind}, not {kind}");

    private static string? Text(JsonElement parent, string name, string which) => parent.TryGetProperty(name, out JsonElement text) ? Text(text, $"\"{name}\" of {which}") : null;

    private static string Text(JsonElement text, string what) =>
        text.ValueKind == JsonValueKind.String ? Expand(text.GetString()!, what) : throw new InvalidDataException($"{what} is {text.ValueKind}, not text");

    private static Dictionary<string, string> Texts(JsonElement parent, string name, string which) =>
        Member(parent, name, JsonValueKind.Object)?.EnumerateObject().ToDictionary(one => one.Name, one => Text(one.Value, $"'{one.Name}' in \"{name}\" of {which}")) ?? [];

    private static string Expand(string text, string what) => Variable().Replace(text, match =>
        System.Environment.GetEnvironmentVariable(match.Groups[1].Value) is { Length: > 0 } value ? value
        : match.Groups[2].Success ? match.Groups[3].Value
        : throw new InvalidDataException($"{what} needs the variable {match.Groups[1].Value}, which is not set"));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[A-Za-z0-9_. -]{1,32}\z")]
    private static partial Regex ServerName();
}
