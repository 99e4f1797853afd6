using Microsoft.Extensions.AI;

namespace Gestalt.Inference.Tests.Chat;

public class ToolCallReaderTests
{
    private static readonly string[] Tools = ["weather", "clock"];

    public static TheoryData<string, string> Answers => new()
    {
        { "It is warm.", "It is warm." },
        { "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"town\": \"Ulm\"}}\n</tool_call>", "weather({\"town\":\"Ulm\"})" },
        { "Let me see.\n<tool_call>{\"name\": \"clock\"}</tool_call>\nDone", "Let me see.\n|clock({})|Done" },
        { "<tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>\n<tool_call>{\"name\": \"weather\", \"arguments\": \"{\\\"town\\\": \\\"Ulm\\\"}\"}</tool_call>", "clock({})|weather({\"town\":\"Ulm\"})" },
        { "<tool_call>{\"name\": \"clock\"}", "clock({})" },
        { "{\"name\": \"weather\", \"parameters\": {\"town\": \"東京 ☂\"}}", "weather({\"town\":\"東京 ☂\"})" },
        { " {\"name\": \"clock\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {\"town\": \"Ulm\"}}", "clock({})|weather({\"town\":\"Ulm\"})" },
        { "<|python_tag|>{\"name\": \"clock\", \"parameters\": {}}", "clock({})" },
        { "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"town\": \"Ulm\"}, \"id\": \"abcdefghi\"}]", "weather({\"town\":\"Ulm\"})#abcdefghi" },
        { "[TOOL_CALLS]weather[ARGS]{\"town\": \"Ulm\"}[TOOL_CALLS]clock[ARGS]{}", "weather({\"town\":\"Ulm\"})|clock({})" },
        // What looks like a call and is none is text, whole.
        { "<tool_call>{\"name\": \"bomb\", \"arguments\": {}}</tool_call>", "<tool_call>{\"name\": \"bomb\", \"arguments\": {}}</tool_call>" },
        { "<tool_call>{\"name\": \"clock\", </tool_call> and on", "<tool_call>{\"name\": \"clock\", </tool_call>| and on" },
        { "<tool_call>{\"name\": \"clock\", \"arguments\": [1]}</tool_call>", "<tool_call>{\"name\": \"clock\", \"arguments\": [1]}</tool_call>" },
        { "{\"town\": \"Ulm\"}", "{\"town\": \"Ulm\"}" },
        { "{\"name\": \"clock\"} is what I would write", "{\"name\": \"clock\"} is what I would write" },
        { "[TOOL_CALLS]", "[TOOL_CALLS]" },
        { "a < b, [TOOL", "a < b, [TOOL" },
        { "   ", "   " },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Tells_calls_from_text_wherever_the_pieces_break(string answer, string expected)
    {
        for (int length = 1; length <= answer.Length + 1; length += length < 8 ? 1 : 11)
        {
            var reader = new ToolCallReader(Tools);
            IEnumerable<AIContent> contents = answer.Chunk(length).SelectMany(piece => reader.Push(new string(piece))).ToList();
            Assert.Equal(expected, Show([.. contents, .. reader.Flush()]));
        }
    }

    [Fact]
    public void Without_tools_all_is_text_at_once()
    {
        var reader = new ToolCallReader([]);
        Assert.Equal("<tool_call>{", Show([.. reader.Push("<tool_call>{")]));
        Assert.Empty(reader.Flush());
    }

    [Fact]
    public void Text_is_held_back_only_while_it_may_become_a_mark()
    {
        var reader = new ToolCallReader(Tools);
        Assert.Equal("so ", Show([.. reader.Push("so <tool")]));
        Assert.Equal("<tools>", Show([.. reader.Push("s>")]));
    }

    [Fact]
    public void A_json_answer_that_was_asked_for_is_streamed()
    {
        var reader = new ToolCallReader(Tools, mayBeBare: false);
        Assert.Equal("{\"a\"", Show([.. reader.Push("{\"a\"")]));
    }

    [Fact]
    public void Calls_without_an_id_get_nine_letters_and_digits_of_their_own()
    {
        var reader = new ToolCallReader(Tools);
        List<AIContent> found = [.. reader.Push("<tool_call>{\"name\": \"clock\"}</tool_call><tool_call>{\"name\": \"clock\"}</tool_call>"), .. reader.Flush()];
        string[] ids = [.. found.Cast<FunctionCallContent>().Select(call => call.CallId)];
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9]{9}$", id));
    }

    private static string Show(List<AIContent> contents)
    {
        var parts = new List<string>();
        bool wasText = false;
        foreach (AIContent content in contents)
        {
            string part = content is FunctionCallContent call
                ? $"{call.Name}({System.Text.Json.JsonSerializer.Serialize(call.Arguments, new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}){(call.CallId == "abcdefghi" ? "#abcdefghi" : "")}"
                : ((TextContent)content).Text;
            bool isText = content is TextContent;
            if (isText && wasText && !parts[^1].EndsWith("</tool_call>", StringComparison.Ordinal))
                parts[^1] += part;
            else
                parts.Add(part);
            wasText = isText;
        }
        return string.Join('|', parts);
    }
}
