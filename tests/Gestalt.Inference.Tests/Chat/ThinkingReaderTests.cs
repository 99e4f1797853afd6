using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Chat;

public sealed class ThinkingReaderTests
{
    private static readonly Thinking Marks = new("<think>", "</think>");

    [Theory]
    [InlineData("<think>\nTwo and two.\n\nFour?\n</think>\n\nIt is 4.\n", "Two and two.\n\nFour?", "It is 4.\n")]
    [InlineData("\n <think>a < b </thin </think x</think>answer", "a < b </thin </think x", "answer")]
    [InlineData("<think>\n\n</think>\n\nNothing to think.", "", "Nothing to think.")]
    [InlineData("No thought. <think>this is text</think>", "", "No thought. <think>this is text</think>")]
    [InlineData("  <thinker> is text", "", "  <thinker> is text")]
    [InlineData("<think>cut off in the mid", "cut off in the mid", "")]
    [InlineData("<think>cut off </thi", "cut off </thi", "")]
    [InlineData("<th", "", "<th")]
    [InlineData("<think>one</think>two<think>three</think>", "one", "two<think>three</think>")]
    [InlineData("", "", "")]
    public void Thinking_is_told_from_the_answer_wherever_pieces_break(string text, string thought, string answer)
    {
        for (int length = 1; length <= Math.Max(1, text.Length); length++)
            Assert.Equal((thought, answer), Read(new ThinkingReader(Marks), text, length));
        if (!text.StartsWith("<think>", StringComparison.Ordinal))
            return;
        for (int length = 1; length <= text.Length; length++)
            Assert.Equal((thought, answer), Read(new ThinkingReader(Marks with { HasBegun = true }), text["<think>".Length..], length));
    }

    [Fact]
    public void What_is_certain_comes_at_once()
    {
        var reader = new ThinkingReader(Marks);
        Assert.Empty(reader.Push("<thi"));
        Assert.Equal([new AnswerPart("one", true)], reader.Push("nk>\none "));
        Assert.True(reader.IsThinking);
        Assert.Equal([new AnswerPart(" two", true)], reader.Push("two</"));
        Assert.Empty(reader.Push("think>\n"));
        Assert.False(reader.IsThinking);
        Assert.Equal([new AnswerPart("said", false)], reader.Push("\nsaid"));
        Assert.Empty(reader.Flush());
        Assert.Equal([new AnswerPart("all of it", false)], new ThinkingReader(null).Push("all of it"));
    }

    [Fact]
    public void Our_own_form_knows_thinking_and_templates_say_so_themselves()
    {
        Assert.Equal(Marks, Thinking.Of(null));
        Assert.Null(Thinking.Of(Text.ChatTemplate.Parse("{{ messages[0]['content'] }}")));
        Assert.Equal("[THINK]", Thinking.Of(Text.ChatTemplate.Parse("[THINK][/THINK]"))!.Open);
        Assert.True(Thinking.Of(null)!.After("<|im_start|>assistant\n<think>\n").HasBegun);
    }

    [Fact]
    public void Json_may_come_behind_thinking_and_only_behind_its_end()
    {
        var compiler = new ConstraintCompiler(SmallModel.Tokenizer);
        CompiledConstraint begun = compiler.JsonSchema("""{"type": "integer"}""", thinking: Marks with { HasBegun = true }), may = compiler.JsonSchema("""{"type": "integer"}""", thinking: Marks);
        foreach (string thought in (string[])["", "hm", "a < b << c", "</", "</thin", "</think <</thinx </<", "é 東京\n{}"])
        {
            Assert.True(begun.Matches(System.Text.Encoding.UTF8.GetBytes(thought + "</think>\n\n12")), thought);
            Assert.True(may.Matches(System.Text.Encoding.UTF8.GetBytes("<think>" + thought + "</think>12")), thought);
            Assert.False(begun.Matches(System.Text.Encoding.UTF8.GetBytes(thought + "</think>x</think>12")), thought);
            Assert.False(begun.Matches(System.Text.Encoding.UTF8.GetBytes(thought)), thought);
        }
        Assert.True(may.Matches("12"u8));
        Assert.False(begun.Matches("12"u8));
        Assert.True(compiler.Json(thinking: Marks).Matches("<think>x</think>[1]"u8));
    }

    private static (string Thought, string Answer) Read(ThinkingReader reader, string text, int length)
    {
        var parts = new List<AnswerPart>();
        for (int i = 0; i < text.Length; i += length)
            parts.AddRange(reader.Push(text.Substring(i, Math.Min(length, text.Length - i))));
        parts.AddRange(reader.Flush());
        Assert.All(parts, part => Assert.NotEqual("", part.Text));
        return (string.Concat(parts.Where(part => part.IsThought).Select(part => part.Text)), string.Concat(parts.Where(part => !part.IsThought).Select(part => part.Text)));
    }
}
