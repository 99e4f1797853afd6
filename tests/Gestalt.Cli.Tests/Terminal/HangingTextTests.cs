using Gestalt.Cli.Terminal;

namespace Gestalt.Cli.Tests.Terminal;

public sealed class HangingTextTests
{
    private const string Lead = "  model  1.9 M parameters  ";

    [Fact]
    public void A_file_gets_one_line_however_long() =>
        Assert.Equal([Lead + "because " + new string('x', 500)], HangingText.Lines(Lead, "because " + new string('x', 500), null));

    [Fact]
    public void Words_that_do_not_fit_hang_below_the_first()
    {
        string[] lines = [.. HangingText.Lines(Lead, "about 14 training tokens for each weight make best use of the arithmetic", 60)];
        Assert.True(lines.Length > 1);
        Assert.StartsWith(Lead + "about", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Equal(Lead.Length, line.Length - line.TrimStart().Length));
        Assert.All(lines, line => Assert.True(line.Length < 60));
    }

    [Fact]
    public void On_a_narrow_screen_they_go_below()
    {
        string[] lines = [.. HangingText.Lines(Lead, "about 14 training tokens for each weight", 40)];
        Assert.Equal(Lead.TrimEnd(), lines[0]);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("      ", line, StringComparison.Ordinal));
        Assert.Equal("about 14 training tokens for each weight", string.Join(' ', lines.Skip(1).Select(line => line.Trim())));
    }

    [Fact]
    public void A_word_longer_than_the_screen_is_not_lost() =>
        Assert.Contains(new string('y', 90), string.Join("", HangingText.Lines(Lead, "see " + new string('y', 90), 50)), StringComparison.Ordinal);
}
