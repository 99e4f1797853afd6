using System.Diagnostics;
using System.Text.Json;
using Gestalt.Os.Mcp;
using Gestalt.Os.Tools;
using Gestalt.Store;
using Microsoft.Extensions.AI;

namespace Gestalt.Os.Tests.Mcp;

/// <summary>Real servers, each a process of its own, over pipes.</summary>
public sealed class McpToolsTests
{
    private static readonly ToolLimits Quick = new() { ConnectTime = TimeSpan.FromSeconds(30), CallTime = TimeSpan.FromSeconds(30), ResultCharacters = 100, MessageBytes = 1 << 20 };

    private static readonly AskPerson Yes = (_, _) => ValueTask.FromResult(ToolDecision.Once);

    [Fact]
    [Trait("Speed", "Smoke")]
    public async Task A_servers_tools_are_functions_that_a_model_can_be_given()
    {
        await using McpTools mcp = await ConnectAsync(TestServer.Entry("my server"), Yes);
        McpServerState state = Assert.Single(mcp.Servers);
        Assert.Equal(("my server", "A test", 0), (state.Name, state.Title, state.Problems.Count));
        GuardedTool add = mcp.Tools.Single(tool => tool.Name == "my_server__add");
        Assert.Equal("number", add.JsonSchema.GetProperty("properties").GetProperty("a").GetProperty("type").GetString());
        Assert.Equal("5", await add.InvokeAsync(new AIFunctionArguments { ["a"] = 2, ["b"] = 3 }));
        Assert.Equal(new ToolOutcome("0.5"), await add.CallAsync("""{"a":0.25,"b":0.25}"""));
        Assert.Equal(new ToolOutcome("hé 😀"), await mcp.Tools.Single(tool => tool.Name == "my_server__echo").CallAsync("""{"text":"hé 😀"}"""));
    }

    [Fact]
    public async Task Nothing_runs_that_nobody_allowed()
    {
        var asked = new List<string>();
        ToolDecision answer = ToolDecision.No;
        await using McpTools mcp = await ConnectAsync(TestServer.Entry(), (request, _) =>
        {
            asked.Add($"{request.Tool.Name} {request.Arguments}");
            return ValueTask.FromResult(answer);
        });
        GuardedTool echo = mcp.Tools.Single(tool => tool.Name == "test__echo");

        Assert.Equal(new ToolOutcome("The user did not allow this call.", IsRefused: true), await echo.CallAsync("""{"text":"1"}"""));
        answer = ToolDecision.Once;
        Assert.Equal("2", (await echo.CallAsync("""{"text":"2"}""")).Content);
        answer = ToolDecision.Always;
        Assert.Equal("3", (await echo.CallAsync("""{"text":"3"}""")).Content);
        answer = ToolDecision.No;
        Assert.Equal("4", (await echo.CallAsync("""{"text":"4"}""")).Content);
        Assert.Equal(["test__echo {\"text\":\"1\"}", "test__echo {\"text\":\"2\"}", "test__echo {\"text\":\"3\"}"], asked);

        GuardedTool add = mcp.Tools.Single(tool => tool.Name == "test__add");
        answer = ToolDecision.Never;
        Assert.True((await add.CallAsync("{}")).IsRefused);
        answer = ToolDecision.Always;
        Assert.True((await add.CallAsync("{}")).IsRefused);
        Assert.True((await add.CallAsync("{}", ToolDecision.Once)).IsRefused);
        Assert.Equal(4, asked.Count);
    }

    [Fact]
    public async Task Without_anybody_to_ask_only_what_is_always_allowed_runs()
    {
        var permissions = new ToolPermissions();
        await using McpTools mcp = await McpTools.ConnectAsync(TestServer.Configuration(TestServer.Entry()), permissions, Quick);
        Assert.True((await Call(mcp, "echo", """{"text":"x"}""")).IsRefused);
        await permissions.SetAsync(mcp.Tools.Single(tool => tool.Name == "test__echo"), ToolPermission.Always);
        Assert.Equal("x", (await Call(mcp, "echo", """{"text":"x"}""")).Content);
    }

    [Fact]
    public async Task A_permission_outlives_the_program_but_not_a_change_of_the_tool()
    {
        string folder = Directory.CreateTempSubdirectory("gestalt-os-").FullName;
        await using (IStore store = await Stores.OpenAsync(folder))
        {
            await using McpTools mcp = await ConnectAsync(TestServer.Entry(), (_, _) => ValueTask.FromResult(ToolDecision.Always), store);
            await Call(mcp, "echo", """{"text":"x"}""");
            await Call(mcp, "add", """{"a":1,"b":1}""");
        }
        await using (IStore store = await Stores.OpenAsync(folder))
        {
            await using McpTools mcp = await ConnectAsync(TestServer.Entry("test", "changed"), ask: null, store);
            Assert.Equal("2", (await Call(mcp, "add", """{"a":1,"b":1}""")).Content);
            Assert.True((await Call(mcp, "echo", """{"text":"x"}""")).IsRefused);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_goes_wrong_in_a_tool_is_a_sentence_for_the_model()
    {
        await using McpTools mcp = await ConnectAsync(TestServer.Entry(), Yes);
        ToolOutcome failed = await Call(mcp, "fail", "{}");
        Assert.True(failed.IsError && failed.Content.Contains("the disk is on fire"), failed.Content);
        Assert.Contains("not JSON", (await Call(mcp, "echo", "{text")).Content);
        Assert.Contains("a JSON Array", (await Call(mcp, "echo", "[]")).Content);
        Assert.True((await Call(mcp, "add", """{"a":"one"}""")).IsError);
        Assert.Equal("(an image of type image/png, not shown)", (await Call(mcp, "image", "")).Content);
        Assert.Equal("ok", (await Call(mcp, "echo", """{"text":"ok"}""")).Content);
    }

    [Fact]
    public async Task A_long_result_is_cut_and_says_so()
    {
        await using McpTools mcp = await ConnectAsync(TestServer.Entry(), Yes);
        Assert.Equal(new string('é', 100), (await Call(mcp, "long", """{"count":100}""")).Content);
        Assert.Equal(new string('é', 100) + "\n(cut here: the result has 5000 characters, 100 are shown)", (await Call(mcp, "long", """{"count":5000}""")).Content);
    }

    [Fact]
    public async Task A_call_that_hangs_is_cut_off_and_the_server_goes_on_if_it_can()
    {
        await using McpTools mcp = await McpTools.ConnectAsync(TestServer.Configuration(TestServer.Entry()), new ToolPermissions(), Quick with { CallTime = TimeSpan.FromSeconds(2) }, Yes);
        foreach (string tool in new[] { "hang", "deaf" })
        {
            var watch = Stopwatch.StartNew();
            ToolOutcome outcome = await Call(mcp, tool, "{}");
            Assert.True(outcome.IsError && outcome.Content.Contains("within 2 seconds"), outcome.Content);
            Assert.InRange(watch.Elapsed.TotalSeconds, 1.9, 20);
            // A busy machine may need more than one call's time to answer again.
            ToolOutcome after = await Call(mcp, "echo", """{"text":"still here"}""");
            for (int tries = 0; tries < 10 && after.IsError; tries++)
                after = await Call(mcp, "echo", """{"text":"still here"}""");
            Assert.Equal("still here", after.Content);
        }
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("flood")]
    public async Task A_server_that_ends_or_floods_in_a_call_is_cut_off_and_says_so(string tool)
    {
        await using McpTools mcp = await ConnectAsync(TestServer.Entry(), Yes);
        ToolOutcome outcome = await Call(mcp, tool, "{}");
        Assert.True(outcome.IsError, outcome.Content);
        ToolOutcome after = await Call(mcp, "echo", """{"text":"x"}""");
        Assert.True(after.IsError && after.Content.Contains("cut off"), $"{outcome.Content} / {after.Content}");
    }

    [Theory]
    [InlineData("silent", "did not answer within 2 seconds")]
    [InlineData("dies", "no key was given")]
    [InlineData("babbles", "cannot be used")]
    [InlineData("floods", "cannot be used")]
    public async Task A_server_that_is_none_is_given_up_with_a_reason_and_the_others_are_used(string how, string reason)
    {
        ToolLimits limits = Quick with { ConnectTime = TimeSpan.FromSeconds(2) };
        var watch = Stopwatch.StartNew();
        await using McpTools mcp = await McpTools.ConnectAsync(TestServer.Configuration(TestServer.Entry("bad", how)), new ToolPermissions(), limits);
        string problem = Assert.Single(Assert.Single(mcp.Servers).Problems);
        Assert.StartsWith("The MCP server 'bad' cannot be used", problem);
        Assert.Contains(reason, problem);
        Assert.Empty(mcp.Tools);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named_and_keeps_nobody_from_the_others()
    {
        await using McpTools mcp = await McpTools.ConnectAsync(
            TestServer.Configuration(new McpServerEntry { Name = "gone", Command = "no-such-program-here" }, TestServer.Entry()), new ToolPermissions(), Quick, Yes);
        Assert.Contains("no-such-program-here", Assert.Single(mcp.Servers[0].Problems));
        Assert.Equal("1", (await Call(mcp, "echo", """{"text":"1"}""")).Content);
    }

    [Fact]
    public async Task Of_a_server_with_too_many_too_long_and_clashing_tools_the_rest_is_taken_and_told()
    {
        await using McpTools mcp = await McpTools.ConnectAsync(TestServer.Configuration(TestServer.Entry("test", "greedy")), new ToolPermissions(), Quick with { ToolsPerServer = 1000 }, Yes);
        IReadOnlyList<string> problems = mcp.Servers[0].Problems;
        Assert.True(problems.Count == 3, string.Join("\n", problems));
        Assert.Contains(problems, problem => problem.Contains("106 characters"));
        Assert.Contains(problems, problem => problem.Contains("another one has that name"));
        Assert.Contains(problems, problem => problem.Contains("'wordy'"));
        Assert.Equal(311, mcp.Tools.Count); // ten of its own, 300 more, and the first of the two that clash
        await using McpTools few = await ConnectAsync(TestServer.Entry("test", "greedy"), Yes);
        Assert.Equal(128, few.Tools.Count);
    }

    [Fact]
    public async Task A_server_sees_what_it_is_given_and_none_of_our_secrets()
    {
        Environment.SetEnvironmentVariable("GESTALT_TEST_SECRET", "hush");
        await using McpTools mcp = await McpTools.ConnectAsync(TestServer.Configuration(TestServer.Entry()), new ToolPermissions(), Quick with { ResultCharacters = 10_000 }, Yes);
        string[] names = (await Call(mcp, "environment", "{}")).Content.Split(' ');
        Assert.Contains("TEST_GIVEN", names);
        Assert.Contains("PATH", names);
        Assert.DoesNotContain("GESTALT_TEST_SECRET", names);
    }

    private static Task<McpTools> ConnectAsync(McpServerEntry entry, AskPerson? ask, IStore? store = null) =>
        McpTools.ConnectAsync(TestServer.Configuration(entry), new ToolPermissions(store), Quick, ask);

    private static Task<ToolOutcome> Call(McpTools mcp, string tool, string arguments) => mcp.Tools.Single(one => one.Name == $"test__{tool}").CallAsync(arguments);
}
