using Gestalt.Text;
using Gestalt.Training.Finetuning;

namespace Gestalt.Training.Tests.Finetuning;

public sealed class ConversationCheckTests
{
    private const string Tools = """[{"type": "function", "function": {"name": "weather"}}]""";

    private static readonly Message Asks = new(Roles.User, "?"), Says = new(Roles.Assistant, "!");

    private static readonly Message Calls = new(Roles.Assistant, "") { ToolCalls = [new ToolCall("weather", "{}", "a"), new ToolCall("weather", "{}", "b")] };

    [Fact]
    public void Sound_conversations_have_no_problem()
    {
        Assert.Null(Problem(Asks, Says));
        Assert.Null(Problem(new Message(Roles.System, "Be short."), Asks, Says, Asks, Says));
        Assert.Null(Problem(Asks, Says, Asks)); // a question at the end that nobody answers teaches nothing and harms nothing
        Assert.Null(Problem(Asks, Calls, Answer("b"), Answer("a"), Says));
        Assert.Null(Problem(Asks, Calls, Answer(null), Answer(null), Says));
    }

    [Theory]
    [InlineData("user,user,assistant", "message 2", "take turns")]
    [InlineData("user,assistant,assistant", "message 3", "take turns")]
    [InlineData("assistant", "message 1", "nobody has asked")]
    [InlineData("system,assistant", "message 2", "nobody has asked")]
    [InlineData("user,system,assistant", "message 2", "only the first")]
    [InlineData("user,tool,assistant", "message 2", "no call waits")]
    [InlineData("user,wizard", "message 2", "'wizard'")]
    [InlineData("user", "assistant", "nobody answers")]
    [InlineData("system,user", "assistant", "nobody answers")]
    public void Roles_out_of_order_are_named(string roles, string where, string reason)
    {
        string problem = Problem([.. roles.Split(',').Select(role => new Message(role, "text"))])!;
        Assert.Contains(where, problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_answers_unknown_tools_and_calls_without_an_answer_are_named()
    {
        Assert.Contains("message 2, the assistant's, is empty", Problem(Asks, new Message(Roles.Assistant, " \n")), StringComparison.Ordinal);
        Assert.Contains("'time', which is none of the tools weather", Problem(Asks, new Message(Roles.Assistant, "") { ToolCalls = [new ToolCall("time", "{}")] }), StringComparison.Ordinal);
        Assert.Contains("lists no \"tools\"", ConversationCheck.ProblemOf(Conversation.Of(Asks, Calls)), StringComparison.Ordinal);
        Assert.Contains("waits for its answer", Problem(Asks, Calls, Answer("a"), Says), StringComparison.Ordinal);
        Assert.Contains("waits for its answer", Problem(Asks, Calls, Asks), StringComparison.Ordinal);
        Assert.Contains("'c', which nobody made", Problem(Asks, Calls, Answer("c")), StringComparison.Ordinal);
        Assert.Contains("its tools are no list", ConversationCheck.ProblemOf(Conversation.Of(Asks, Says) with { Tools = """[{"type": "function"}]""" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("talk.jsonl", "talk.jsonl", 1)]
    [InlineData("talk.jsonl=2", "talk.jsonl", 2)]
    [InlineData("a=b/talk.jsonl=0.5", "a=b/talk.jsonl", 0.5)]
    public void A_source_may_have_a_weight(string text, string path, double weight) => Assert.Equal(new ConversationSource(path, weight), ConversationSource.Parse(text));

    [Theory]
    [InlineData("talk.jsonl=0")]
    [InlineData("talk.jsonl=-1")]
    [InlineData("talk.jsonl=often")]
    [InlineData("talk.jsonl=NaN")]
    public void An_impossible_weight_is_refused(string text) => Assert.Contains(text, Assert.Throws<ArgumentException>(() => ConversationSource.Parse(text)).Message, StringComparison.Ordinal);

    private static string? Problem(params Message[] messages) => ConversationCheck.ProblemOf(Conversation.Of(messages) with { Tools = Tools });

    private static Message Answer(string? id) => new(Roles.Tool, "sunny") { ToolCallId = id };
}
