using System.ComponentModel;
using System.Text.Json;
using Gestalt.Os.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Gestalt.Os.Tests.Mcp;

/// <summary>The test program as an MCP server in a process of its own: a good one, or one that misbehaves in a way that its arguments name.</summary>
internal static class TestServer
{
    public const string Flag = "--mcp-server";

    /// <summary>How to start it.</summary>
    public static McpServerEntry Entry(string name = "test", params string[] how)
    {
        string program = Environment.ProcessPath!;
        string[] first = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(TestServer).Assembly.Location, Flag] : [Flag];
        return new McpServerEntry { Name = name, Command = program, Arguments = [.. first, .. how], Environment = new Dictionary<string, string> { ["TEST_GIVEN"] = "yes" } };
    }

    public static McpConfiguration Configuration(params McpServerEntry[] servers) => McpConfiguration.Parse(
        JsonSerializer.Serialize(new { mcpServers = servers.ToDictionary(one => one.Name, one => new { command = one.Command, args = one.Arguments, env = one.Environment }) }), "test");

    public static async Task<int> RunAsync(string[] how)
    {
        switch (how)
        {
            case ["silent"]:
                await Task.Delay(Timeout.Infinite);
                break;
            case ["dies"]:
                Console.Error.WriteLine("no key was given");
                return 7;
            case ["babbles"]:
                for (int i = 0; ; i++)
                    Console.Out.WriteLine($"line {i} is no message");
            case ["floods"]:
                for (string text = new('x', 1 << 16); ;)
                    Console.Out.Write(text);
        }
        McpServerPrimitiveCollection<McpServerTool> tools =
        [
            Make("echo", (string text) => text, how is ["changed"] ? "Says what it is told, and tells others." : "Says what it is told."),
            Make("add", (double a, double b) => a + b),
            Make("long", (int count) => new string('é', count)),
            Make("fail", string () => throw new McpException("the disk is on fire")),
            Make("crash", string () => { Environment.Exit(3); return ""; }),
            Make("hang", async (CancellationToken cancellation) => { await Task.Delay(Timeout.Infinite, cancellation); return ""; }),
            Make("deaf", string () => { Thread.Sleep(Timeout.Infinite); return ""; }),
            Make("flood", string () => { for (byte[] some = new byte[1 << 16]; ;) Console.OpenStandardOutput().Write(some.AsSpan().Length > 0 ? Fill(some) : some); }),
            Make("image", () => (ContentBlock)ImageContentBlock.FromBytes(new byte[] { 1, 2, 3 }, "image/png")),
            Make("environment", () => string.Join(' ', Environment.GetEnvironmentVariables().Keys.Cast<string>().Order())),
        ];
        if (how is ["greedy"])
        {
            for (int i = 0; i < 300; i++)
                tools.Add(Make($"tool{i}", () => "x"));
            tools.Add(Make(new string('n', 100), () => "x"));
            tools.Add(Make("ec.ho", () => "x"));
            tools.Add(Make("ec_ho", () => "y"));
            tools.Add(Make("wordy", () => "x", new string('w', 100_000)));
        }
        var options = new McpServerOptions { ServerInfo = new Implementation { Name = "test-server", Title = "A test", Version = "1" }, ToolCollection = tools };
        await using McpServer server = McpServer.Create(new StdioServerTransport(options), options);
        await server.RunAsync();
        return 0;
    }

    private static byte[] Fill(byte[] some)
    {
        some.AsSpan().Fill((byte)'x');
        return some;
    }

    private static McpServerTool Make(string name, Delegate method, string description = "Does something.") => McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name, Description = description });
}
