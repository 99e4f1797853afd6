namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>
/// The size a chart is drawn for, in CSS pixels. A drawing that is only scaled down becomes unreadable on a phone, so
/// every figure is drawn twice and the style sheet shows the one that fits.
/// </summary>
/// <param name="Width">Width of the drawing.</param>
/// <param name="Height">Height of a line chart; bar charts grow with their bars.</param>
/// <param name="Narrow">Whether labels have to stand above what they name.</param>
public sealed record ChartSize(int Width, int Height, bool Narrow)
{
    /// <summary>For a page of ordinary width.</summary>
    public static ChartSize Wide { get; } = new(720, 300, Narrow: false);

    /// <summary>For a phone.</summary>
    public static ChartSize Phone { get; } = new(360, 250, Narrow: true);
}

/// <summary>A picture that the report and the Studio pages share.</summary>
public interface IChart
{
    /// <summary>What the picture shows, a few words.</summary>
    string Title { get; }

    /// <summary>The picture as an SVG element that takes its colours from the page.</summary>
    Html ToSvg(ChartSize size);
}

/// <summary>A chart in a page.</summary>
public static class ChartFigure
{
    /// <summary>A figure with its title, the picture for wide and for narrow pages, and a caption.</summary>
    public static Html ToFigure(this IChart chart, string? caption = null) => Html.Of($"""
        <figure class="chart">
        <div class="chart-title">{chart.Title}</div>
        <div class="chart-wide">{chart.ToSvg(ChartSize.Wide)}</div>
        <div class="chart-phone">{chart.ToSvg(ChartSize.Phone)}</div>
        {(string.IsNullOrEmpty(caption) ? Html.Empty : Html.Of($"<figcaption>{caption}</figcaption>"))}
        </figure>
        """);
}
