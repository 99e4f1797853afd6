using System.Globalization;
using Gestalt.Training;
using Spectre.Console;
using Spectre.Console.Rendering;
using SpectreText = Spectre.Console.Text;

namespace Gestalt.Cli.Terminal;

/// <summary>What a person watches while a model learns: how far, how well, how fast, and what it dreams.</summary>
internal sealed class TrainingPanel : IProgress<TrainingProgress>
{
    private const int LinesOfDream = 4;
    private readonly List<double> _losses = [];
    private TrainingProgress? _now;
    private string _dream = "";
    private double? _firstBits;

    /// <inheritdoc/>
    public void Report(TrainingProgress now)
    {
        _now = now;
        if (double.IsFinite(now.Loss)) _losses.Add(now.Loss);
        if (!string.IsNullOrWhiteSpace(now.Sample)) _dream = TrainingText.Dream(now.Sample);
        _firstBits ??= now.ValidationBitsPerByte;
    }

    /// <summary>The picture of this moment.</summary>
    /// <param name="width">Columns of the terminal.</param>
    public IRenderable Render(int width)
    {
        if (_now is not TrainingProgress now) return new SpectreText("");
        int inner = Math.Clamp(width - 4, 30, 100);
        var rows = new List<IRenderable>
        {
            Bar(now, inner),
            Line("loss", string.Create(CultureInfo.InvariantCulture, $"{now.Loss:0.000}"), Sparkline.Of(_losses, Math.Max(8, inner - 40))),
        };
        if (now.ValidationBitsPerByte is double bits)
            rows.Add(Line("held out", string.Create(CultureInfo.InvariantCulture, $"{bits:0.000}"),
                "bits per byte" + (_firstBits is double first && first != bits ? string.Create(CultureInfo.InvariantCulture, $", from {first:0.00}") : "")));
        rows.Add(Line("speed", string.Create(CultureInfo.InvariantCulture, $"{now.TokensPerSecond:N0}"),
            "tokens/s" + (now.FractionOfPeak > 0 ? string.Create(CultureInfo.InvariantCulture, $", {now.FractionOfPeak * 100:0} % of the float32 peak") : "")));
        if (_dream.Length > 0)
        {
            rows.Add(new SpectreText(""));
            rows.Add(new Markup("[grey]it dreams[/]"));
            rows.Add(new SpectreText(Shortened(_dream, inner * LinesOfDream), new Style(decoration: Decoration.Italic)));
        }
        return new Padder(new Rows(rows), new Padding(1, 0, 1, 0));
    }

    private static Markup Bar(TrainingProgress now, int inner)
    {
        string tail = string.Create(CultureInfo.InvariantCulture, $" {TrainingText.Percent(now):0} %  {TrainingText.Time(now.Elapsed)}")
            + (now.Step < now.Steps ? $", {TrainingText.Time(now.Remaining)} left" : "");
        string head = now.Stage + " ";
        int length = Math.Max(5, inner - head.Length - tail.Length), done = (int)Math.Round(length * TrainingText.Percent(now) / 100);
        return new Markup($"[bold]{Markup.Escape(head)}[/][teal]{new string('━', done)}[/][grey]{new string('─', length - done)}[/]{Markup.Escape(tail)}");
    }

    private static Markup Line(string name, string value, string rest) =>
        new($"[grey]{name,-9}[/]{Markup.Escape(value),9} {Markup.Escape(rest)}");

    private static string Shortened(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
