using System.Text;

namespace Gestalt.Text.Tests.Chat;

public sealed class PreferenceFileTests
{
    [Theory]
    [InlineData("""{"prompt": "Hi", "chosen": "Hello!", "rejected": "Go away."}""")]
    [InlineData("""{"prompt": [{"role": "user", "content": "Hi"}], "chosen": "Hello!", "rejected": "Go away."}""")]
    [InlineData("""{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "Go away."}]}""")]
    [InlineData("""{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi\n\nAssistant: Go away."}""")]
    public void All_forms_say_the_same(string line)
    {
        PreferencePair pair = Assert.Single(Read(line, out List<UnusedLine> aside));
        Assert.Empty(aside);
        Assert.Equal(new PreferencePair(Conversation.Of(new Message(Roles.User, "Hi")), "Hello!", "Go away."), pair);
        Assert.Equal(pair, Assert.Single(Read(PreferenceFile.ToLine(pair), out _)));
    }

    [Fact]
    public void Transcripts_are_compared_where_they_part()
    {
        PreferencePair pair = Assert.Single(Read(
            """{"chosen": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d", "rejected": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: e\n\nHuman: f\n\nAssistant: g"}""", out _));
        Assert.Equal(["a", "b", "c"], pair.Prompt.Messages.Select(message => message.Content));
        Assert.Equal(("d", "e"), (pair.Chosen, pair.Rejected));
    }

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "is no object")]
    [InlineData("""{"prompt": "a", "chosen": "b"}""", "has no text \"rejected\"")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "b"}""", "same answer twice")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": " "}""", "an empty answer")]
    [InlineData("""{"prompt": 3, "chosen": "b", "rejected": "c"}""", "neither text nor messages")]
    [InlineData("""{"prompt": [], "chosen": "b", "rejected": "c"}""", "empty")]
    [InlineData("""{"prompt": [{"role": "assistant", "content": "x"}], "chosen": "b", "rejected": "c"}""", "ends with an answer")]
    [InlineData("""{"chosen": "b", "rejected": "c"}""", "transcripts")]
    [InlineData("""{"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "\n\nHuman: z\n\nAssistant: b"}""", "what the person says")]
    [InlineData("""{"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c"}""", "beginning of the other")]
    public void What_is_no_comparison_is_set_aside_by_its_line(string line, string reason)
    {
        Assert.Single(Read("""{"prompt": "a", "chosen": "b", "rejected": "c"}""" + "\n\n" + line + "\n", out List<UnusedLine> aside));
        UnusedLine said = Assert.Single(aside);
        Assert.Equal(3, said.Line);
        Assert.Contains(reason, said.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_comparisons_are_read()
    {
        string path = SharedData.Path("hh/harmless-base-test.jsonl.gz");
        var aside = new List<UnusedLine>();
        List<PreferencePair> pairs = [.. PreferenceFile.Read(path, aside.Add)];
        Assert.InRange(pairs.Count, 2200, 2312);
        Assert.Equal(2312, pairs.Count + aside.Count);
    }

    private static List<PreferencePair> Read(string text, out List<UnusedLine> aside)
    {
        var said = new List<UnusedLine>();
        List<PreferencePair> pairs = [.. PreferenceFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), said.Add)];
        aside = said;
        return pairs;
    }
}
