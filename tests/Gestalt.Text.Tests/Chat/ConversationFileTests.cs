namespace Gestalt.Text.Tests;

public sealed class ConversationFileTests
{
    private static readonly Conversation[] Some =
    [
        Conversation.Of(new Message("user", "\"Quotes\", a\nline end, 漢字, 😀 and \\ \u0000"), new Message("assistant", "")),
        Conversation.Of(new Message("system", "x"), new Message("user", "<|im_end|> & <b>")),
    ];

    [Fact]
    public void Conversations_survive_being_written_and_read()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gestalt-{Guid.NewGuid():N}.jsonl");
        try
        {
            ConversationFile.Write(path, Some);
            Assert.Equal(Some, ConversationFile.Read(path));
            Assert.Equal(2, File.ReadAllLines(path).Length);
            Assert.Equal(Some.Select(ConversationFile.ToLine), File.ReadAllLines(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_whole()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gestalt-{Guid.NewGuid():N}.jsonl");
        try
        {
            ConversationFile.Write(path, Some);
            Assert.Throws<IOException>(() => ConversationFile.Write(path, Some.Take(1).Concat(Failing())));
            Assert.Equal(Some, ConversationFile.Read(path));
            Assert.False(File.Exists(path + ".new"));
        }
        finally
        {
            File.Delete(path);
        }

        static IEnumerable<Conversation> Failing() => throw new IOException("The disk is full.");
    }

    [Fact]
    public void Other_properties_empty_lines_and_lists_of_text_parts_are_read()
    {
        const string lines =
            """
            {"id": 7, "messages": [{"role": "user", "name": "Ada", "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]}]}


            {"messages": [{"content": "y", "role": "assistant"}]}
            """;
        Assert.Equal(
            [Conversation.Of(new Message("user", "Hello") { Name = "Ada" }), Conversation.Of(new Message("assistant", "y"))],
            ConversationFile.Read(Stream(lines)));
    }

    [Fact]
    public void Tool_calls_and_answers_are_read_and_written()
    {
        const string lines =
            """
            {"messages": [{"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}, {"function": {"name": "g", "arguments": {"y":[1,{"é":null}]}}}]}, {"role": "tool", "tool_call_id": "c1", "name": "f", "content": "2"}, {"role": "assistant", "reasoning_content": "hm", "content": "y", "tool_calls": null}]}
            """;
        Conversation expected = Conversation.Of(
            new Message(Roles.Assistant, "") { ToolCalls = [new ToolCall("f", "{\"x\":1}", "c1"), new ToolCall("g", """{"y": [1, {"é": null}]}""")] },
            new Message(Roles.Tool, "2") { ToolCallId = "c1", Name = "f" },
            new Message(Roles.Assistant, "y") { ReasoningContent = "hm" });
        Assert.Equal([expected], ConversationFile.Read(Stream(lines)));
        Assert.Equal([expected], ConversationFile.Read(Stream(ConversationFile.ToLine(expected))));
        Assert.NotEqual(expected, Conversation.Of([expected.Messages[0] with { ToolCalls = [] }, .. expected.Messages.Skip(1)]));
    }

    [Theory]
    [InlineData("3", "are not a list")]
    [InlineData("[3]", "tool call 1 of message 1 has no \"function\"")]
    [InlineData("[{\"function\": {}}]", "has no \"name\"")]
    [InlineData("[{\"function\": {\"name\": 5}}]", "\"name\" of tool call 1 of message 1 is not text")]
    public void A_tool_call_that_is_none_is_named(string calls, string reason)
    {
        string line = $$"""{"messages": [{"role": "assistant", "content": "x", "tool_calls": {{calls}}}]}""";
        string message = Assert.Throws<InvalidDataException>(() => ConversationFile.Read(Stream(line)).ToList()).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_in_their_line_and_a_byte_order_mark_is_not()
    {
        byte[] good = System.Text.Encoding.UTF8.GetBytes("\uFEFF" + ConversationFile.ToLine(Some[0]) + "\r\n");
        byte[] bad = [.. good, .. "{\"messages\": [{\"role\": \"user\", \"content\": \""u8, 0xFF, .. "\"}]}"u8];
        Assert.Equal([Some[0]], ConversationFile.Read(new MemoryStream(good)));
        string message = Assert.Throws<InvalidDataException>(() => ConversationFile.Read(new MemoryStream(bad), "chat.jsonl").ToList()).Message;
        Assert.StartsWith("chat.jsonl, line 2: ", message, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "no list \"messages\"")]
    [InlineData("{\"messages\": 3}", "no list \"messages\"")]
    [InlineData("{\"messages\": []}", "empty")]
    [InlineData("{\"messages\": [3]}", "message 1 is not an object")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}, {\"content\": \"x\"}]}", "message 2 has no \"role\"")]
    [InlineData("{\"messages\": [{\"role\": \"\", \"content\": \"x\"}]}", "message 1 has no \"role\"")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "message 1 has no \"content\"")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": null}]}", "is not text")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}", "is not text")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}", "surrogate")]
    public void A_bad_line_is_named_with_its_number(string line, string reason)
    {
        string text = ConversationFile.ToLine(Some[0]) + "\n\n" + line + "\n";
        string message = Assert.Throws<InvalidDataException>(() => ConversationFile.Read(Stream(text), "chat.jsonl").ToList()).Message;
        Assert.StartsWith("chat.jsonl, line 3: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    private static MemoryStream Stream(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
