using System.Text.Json;
using Gestalt.Os.Tools;
using Microsoft.Extensions.AI;

namespace Gestalt.Os.Tests.Tools;

public sealed class ToolCallingChatClientTests
{
    [Fact]
    public async Task Calls_run_in_order_and_their_results_go_back_to_the_model_until_it_answers()
    {
        var model = new Script(
            [new TextContent("Let me see. "), Call("1", "twice", 2), Call("2", "twice", 5)],
            [Call("3", "twice", 10)],
            [new TextContent("It is 20.")]);
        var chat = new ToolCallingChatClient(model);
        ChatResponse response = await chat.GetResponseAsync([new ChatMessage(ChatRole.User, "?")], new ChatOptions { Tools = [Twice] });
        Assert.Equal("Let me see. ", response.Messages[0].Text);
        Assert.Equal("It is 20.", response.Messages[^1].Text);
        Assert.Equal(["1=4", "2=10", "3=20"], response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => $"{result.CallId}={result.Result}"));
        // The model read: the question; then also its calls and both results; then also the third.
        Assert.Equal([1, 3, 5], model.Read.Select(messages => messages.Count));
        Assert.Equal(2, model.Read[1][2].Contents.Count);
        Assert.Equal(ChatRole.Tool, model.Read[1][2].Role);
    }

    [Fact]
    public async Task An_unknown_tool_and_one_that_throws_are_told_to_the_model()
    {
        var model = new Script([Call("1", "none", 0), Call("2", "twice", 13)], [new TextContent("Sorry.")]);
        ChatResponse response = await new ToolCallingChatClient(model).GetResponseAsync([new ChatMessage(ChatRole.User, "?")], new ChatOptions { Tools = [Twice] });
        string[] results = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => $"{result.Result}")];
        Assert.Equal(["There is no tool 'none'.", "twice failed: thirteen brings bad luck"], results);
    }

    [Fact]
    public async Task A_model_that_never_stops_calling_has_to_answer_in_the_end()
    {
        var model = new Script([.. Enumerable.Range(0, 20).Select(i => new AIContent[] { Call($"{i}", "twice", i % 10) })]);
        await new ToolCallingChatClient(model, new ToolLimits { Rounds = 3 }).GetResponseAsync([new ChatMessage(ChatRole.User, "?")], new ChatOptions { Tools = [Twice] });
        Assert.Equal([true, true, true, false], model.ToldOfTools);
    }

    private static AIFunction Twice => AIFunctionFactory.Create((int n) => n == 13 ? throw new InvalidOperationException("thirteen brings bad luck") : 2 * n, "twice");

    private static FunctionCallContent Call(string id, string name, int n) => new(id, name, new Dictionary<string, object?> { ["n"] = JsonSerializer.SerializeToElement(n) });

    /// <summary>A model that says what it is to say, and remembers what it read.</summary>
    private sealed class Script(params AIContent[][] answers) : IChatClient
    {
        public List<List<ChatMessage>> Read { get; } = [];

        public List<bool> ToldOfTools { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            AIContent[] answer = answers[Read.Count];
            Read.Add([.. messages]);
            ToldOfTools.Add(options?.Tools?.Count > 0);
            foreach (AIContent content in answer)
                yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { MessageId = $"answer {Read.Count}" };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
