using Gestalt.Cli.Terminal;
using Gestalt.Training;
using Spectre.Console;

namespace Gestalt.Cli.Tests.Terminal;

public sealed class TerminalTests
{
    private static TrainingProgress At(int step, double loss = 2.5, double? bits = null, string? sample = null) =>
        new("pretrain", step, 200, loss, bits, 44_812, 0.61, TimeSpan.FromSeconds(step), TimeSpan.FromSeconds(200 - step), sample);

    [Theory]
    [InlineData(new double[] { }, 8, ""), InlineData(new[] { 1.0 }, 8, "▁"), InlineData(new[] { 0.0, 7.0 }, 8, "▁█"), InlineData(new[] { 3.0, 3.0, 3.0 }, 8, "▁▁▁"), InlineData(new[] { 0.0, 0, 4, 4, 8, 8 }, 3, "▁▅█")]
    public void A_sparkline_goes_up_and_down_with_its_values(double[] values, int width, string expected) => Assert.Equal(expected, Sparkline.Of(values, width));

    [Fact]
    public void A_sparkline_leaves_out_what_is_not_a_number() => Assert.Equal("▁█", Sparkline.Of([double.NaN, 1, double.PositiveInfinity, 2], 8));

    [Fact]
    public void A_line_of_progress_has_all_of_it()
    {
        string line = TrainingText.Line(At(50, 1.842, 1.42));
        foreach (string part in (string[])["pretrain", "step 50 of 200", "25 %", "loss 1.842", "1.420 bits/byte", "44,812 tokens/s", "61 %", "2 min 30 s left"]) Assert.Contains(part, line);
    }

    [Theory, InlineData(4, "4 s"), InlineData(157, "2 min 37 s"), InlineData(3725, "1 h 02 min"), InlineData(300_000, "3.5 d")]
    public void Times_read_as_people_say_them(double seconds, string expected) => Assert.Equal(expected, TrainingText.Time(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_dream_cannot_move_the_cursor() => Assert.Equal("ab·[2Jc d", TrainingText.Dream("ab\u001b[2Jc\nd"));

    [Fact]
    public void A_log_has_the_first_the_last_and_what_is_new_in_between()
    {
        var output = new StringWriter();
        var log = new TrainingLog(output);
        for (int step = 1; step <= 200; step++) log.Report(At(step, bits: step >= 100 ? 1.5 : null, sample: step == 120 ? "a cat\nsat" : null));
        string[] lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains("step 1 of", lines[0]);
        Assert.Contains("step 100 of", lines[1]);
        Assert.Equal("  dreams: a cat sat", lines[2]);
        Assert.Contains("took 3 min 20 s", lines[3]);
    }

    [Theory, InlineData(40), InlineData(80), InlineData(200)]
    public void The_panel_fits_its_terminal_and_shows_dreams_as_text(int width)
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = width;
        var panel = new TrainingPanel();
        for (int step = 1; step <= 60; step++) panel.Report(At(step, 8.0 / step, 2.0 - step / 100.0, "[red]brackets[/] and all"));
        console.Write(panel.Render(width));
        string[] lines = output.ToString().Split('\n');
        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.Contains("[red]brackets[/]", output.ToString());
        Assert.Contains("30 %", output.ToString());
        Assert.Contains("█", output.ToString());
    }

    [Fact]
    public void A_live_region_rewrites_its_lines_and_keeps_what_was_said()
    {
        var output = new StringWriter();
        var region = new LiveRegion(output, ColorSystemSupport.NoColors);
        region.Show(new Markup("one\ntwo"));
        region.Show(new Markup("three"));
        region.Say("said");
        region.Show(new Markup("four"));
        region.Keep();
        region.Show(new Markup("five"));
        Assert.Equal(["said", "four", "five"], Screen(output.ToString()));
    }

    /// <summary>What a terminal shows after the text: knows line feeds, cursor up, carriage return and erase below.</summary>
    private static List<string> Screen(string text)
    {
        var lines = new List<string> { "" };
        int row = 0;
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] == '\u001b')
            {
                int end = text.IndexOfAny(['A', 'J', 'm'], index);
                if (text[end] == 'A') row -= int.Parse(text[(index + 2)..end]);
                else if (text[end] == 'J') lines.RemoveRange(row + 1, lines.Count - row - 1);
                if (text[end] == 'J') lines[row] = "";
                index = end;
            }
            else if (text[index] == '\n')
            {
                if (++row == lines.Count) lines.Add("");
            }
            else if (text[index] != '\r')
            {
                lines[row] += text[index];
            }
        }
        if (lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
