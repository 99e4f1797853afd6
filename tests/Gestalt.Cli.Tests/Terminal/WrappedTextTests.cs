using Gestalt.Cli.Terminal;

namespace Gestalt.Cli.Tests.Terminal;

public sealed class WrappedTextTests
{
    private const string Story = "Under a rock sat a boy called Wendel, waiting for better weather.  They shared a bun.\n\nAnd 你好世界 stayed, with é and\tmore.";

    [Fact]
    public void On_its_way_to_a_file_text_stays_as_it_is() => Assert.Equal(Story, Written(Story, null, 3));

    [Theory]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(80)]
    public void No_word_is_broken_and_none_is_lost(int width)
    {
        for (int pieces = 1; pieces < 9; pieces++)
        {
            string shown = Written(Story, width, pieces);
            Assert.All(shown.Split('\n'), line => Assert.True(line.Length < width, line));
            Assert.Equal(Story.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries), shown.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public void What_is_too_long_for_a_word_goes_out_as_it_is() => Assert.Equal(new string('x', 500), Written(new string('x', 500), 60, 7));

    private static string Written(string text, int? width, int pieceLength)
    {
        var output = new StringWriter();
        var wrapped = new WrappedText(output, width);
        for (int at = 0; at < text.Length; at += pieceLength) wrapped.Write(text.Substring(at, Math.Min(pieceLength, text.Length - at)));
        wrapped.End();
        return output.ToString();
    }
}
