using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Gestalt.Studio.Tests.Tools;

/// <summary>Two servers: the tools that one offers over MCP are those that the other's chats may use. And the official client, unmodified.</summary>
public sealed class ToolEndpointTests(RunningServer other) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task The_official_client_finds_and_calls_Gestalts_own_tools_over_HTTP()
    {
        await using McpClient client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(other.Server.Address, "v1/mcp") }));
        Assert.Equal("gestalt", client.ServerInfo?.Name);
        IList<McpClientTool> tools = await client.ListToolsAsync();
        Assert.Equal(["chat", "generate", "list_models", "tokenize"], tools.Select(tool => tool.Name).Order());
        string text = await Text(client, "tokenize", new() { ["text"] = "the cat" });
        using JsonDocument tokens = JsonDocument.Parse(text);
        Assert.Equal("the cat", string.Concat(tokens.RootElement.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())));
        Assert.NotEmpty(await Text(client, "generate", new() { ["prompt"] = "the", ["max_tokens"] = 8 }));
        Assert.Equal(await Text(client, "chat", new() { ["message"] = "hello", ["max_tokens"] = 8, ["seed"] = 3 }), await Text(client, "chat", new() { ["message"] = "hello", ["max_tokens"] = 8, ["seed"] = 3 }));
        CallToolResult refused = await client.CallToolAsync("generate", new Dictionary<string, object?> { ["prompt"] = "the", ["model"] = "no-such-model" });
        Assert.True(refused.IsError);
        Assert.Contains("no-such-model", ((TextContentBlock)refused.Content[0]).Text);
        CallToolResult absurd = await client.CallToolAsync("generate", new Dictionary<string, object?> { ["prompt"] = "the", ["max_tokens"] = 1_000_000 });
        Assert.Contains("1 to 4096", ((TextContentBlock)absurd.Content[0]).Text);
    }

    [Fact]
    public async Task A_chats_tools_are_listed_called_and_allowed_over_HTTP()
    {
        await using var server = new RunningServer();
        Directory.CreateDirectory(server.Folder);
        string file = Path.Combine(server.Folder, "mcp.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { mcpServers = new { self = new { url = new Uri(other.Server.Address, "v1/mcp") }, gone = new { command = "no-such-program-here" } } }));
        await server.StartAsync(options => options with { McpFile = file });

        JsonElement listed = await server.Http.GetFromJsonAsync<JsonElement>("/studio/tools");
        JsonElement tool = listed.GetProperty("tools").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "self__list_models");
        Assert.Equal(("ask", "self", "object"), (tool.GetProperty("permission").GetString(), tool.GetProperty("server").GetString(), tool.GetProperty("parameters").GetProperty("type").GetString()));
        Assert.Contains(server.Warnings, warning => warning.Contains("no-such-program-here"));

        JsonElement called = await server.Ask("/studio/tools/call", """{"name":"self__list_models","arguments":"{}"}""");
        Assert.Contains(RunningServer.Model, called.GetProperty("content").GetString());
        Assert.False(called.GetProperty("isError").GetBoolean());
        Assert.Contains("not JSON", (await server.Ask("/studio/tools/call", """{"name":"self__tokenize","arguments":"{text"}""")).GetProperty("content").GetString());

        await server.Ask("/studio/tools/call", """{"name":"self__list_models","arguments":{},"always":true}""");
        Assert.Equal("always", await Permission(server, "self__list_models"));
        using (HttpResponseMessage never = await server.Http.PutAsJsonAsync("/studio/tools/self__list_models/permission", new { permission = "never" }))
            Assert.Equal(HttpStatusCode.NoContent, never.StatusCode);
        Assert.True((await server.Ask("/studio/tools/call", """{"name":"self__list_models","arguments":"{}","always":true}""")).GetProperty("refused").GetBoolean());
        Assert.Equal("never", await Permission(server, "self__list_models"));

        await RunningServer.Refused(await server.Http.PutAsJsonAsync("/studio/tools/self__list_models/permission", new { permission = "sometimes" }), HttpStatusCode.BadRequest, null, "sometimes");
        await server.Refused("/studio/tools/call", """{"name":"none"}""", HttpStatusCode.NotFound, null, "'none'");
    }

    [Fact]
    public async Task Without_a_file_there_are_no_tools_and_what_is_no_message_is_refused()
    {
        Assert.Equal(0, (await other.Http.GetFromJsonAsync<JsonElement>("/studio/tools")).GetProperty("tools").GetArrayLength());
        await other.Refused("/v1/mcp", "{", HttpStatusCode.BadRequest, null, "no message of MCP");
        await other.Refused("/v1/mcp", "{}", HttpStatusCode.BadRequest, null, "no message of MCP");
    }

    private static async Task<string?> Permission(RunningServer server, string name) =>
        (await server.Http.GetFromJsonAsync<JsonElement>("/studio/tools")).GetProperty("tools").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name).GetProperty("permission").GetString();

    private static async Task<string> Text(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments);
        string text = ((TextContentBlock)result.Content[0]).Text;
        Assert.False(result.IsError == true, text);
        return text;
    }
}
