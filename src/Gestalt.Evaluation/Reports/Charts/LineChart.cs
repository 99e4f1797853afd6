using System.Globalization;
using System.Text;

namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>A level to compare with: chance, a peer's figure, a target.</summary>
public sealed record ReferenceLine(double Value, string Label);

/// <summary>Lines over a common axis: a loss against time, a rate against steps.</summary>
public sealed record LineChart : IChart
{
    /// <summary>More points than this are thinned out: beyond it the lines of a 720-pixel picture no longer change.</summary>
    private const int MaximumPoints = 500;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>What runs from left to right.</summary>
    public required AxisOptions X { get; init; }

    /// <summary>What runs upwards.</summary>
    public required AxisOptions Y { get; init; }

    /// <summary>The lines; later ones are drawn above earlier ones.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>Horizontal lines to compare with.</summary>
    public IReadOnlyList<ReferenceLine> References { get; init; } = [];

    /// <inheritdoc/>
    public Html ToSvg(ChartSize size)
    {
        var named = Series.Where(series => series.Emphasis != Emphasis.Faint && series.Points.Any(point => double.IsFinite(point.Y))).ToList();
        double left = 40, right = size.Width - (size.Narrow ? 14 : 132);
        double top = size.Narrow ? 16 + 18 * named.Count : 16, bottom = size.Height - 44;
        Axis x = Axis.Over(X, Series.SelectMany(s => s.Points).Select(p => p.X), left, right, size.Narrow ? 4 : 7, widen: false);
        Axis y = Axis.Over(Y, Series.SelectMany(s => s.Points).Select(p => p.Y).Concat(References.Select(r => r.Value)), bottom, top, 5, widen: true);

        return Html.Of($"""
            <svg viewBox="0 0 {size.Width} {size.Height}" role="img" aria-label="{Describe(named)}">
            {y.Ticks.Select(tick => Html.Of($"""
                <line class="grid" x1="{left:0.#}" x2="{right:0.#}" y1="{y.Position(tick):0.#}" y2="{y.Position(tick):0.#}"/>
                <text class="tick" x="0" y="{y.Position(tick) + 4:0.#}">{y.Quantity.Short(tick)}</text>
                """))}
            {x.Ticks.Select(tick => Html.Of($"""
                <text class="tick" x="{x.Position(tick):0.#}" y="{bottom + 18:0.#}" text-anchor="middle">{x.Quantity.Short(tick)}</text>
                """))}
            <line class="base" x1="{left:0.#}" x2="{right:0.#}" y1="{bottom:0.#}" y2="{bottom:0.#}"/>
            <text class="axis" x="{right:0.#}" y="{bottom + 37:0.#}" text-anchor="end">{X.Label}</text>
            {References.Select(reference => Reference(reference, y, left, right))}
            {Series.Select(series => Line(series, x, y))}
            {(size.Narrow ? Legend(named, Y.Quantity) : EndLabels(named, x, y, top, bottom))}
            </svg>
            """);
    }

    private static Html Reference(ReferenceLine reference, Axis y, double left, double right) => Html.Of($"""
        <line class="reference" x1="{left:0.#}" x2="{right:0.#}" y1="{y.Position(reference.Value):0.#}" y2="{y.Position(reference.Value):0.#}"/>
        <text class="tick" x="{left + 4:0.#}" y="{y.Position(reference.Value) - 5:0.#}">{reference.Label}</text>
        """);

    private static Html Line(Series series, Axis x, Axis y)
    {
        var path = new StringBuilder();
        bool pen = false;
        foreach (ChartPoint point in series.Thinned(MaximumPoints))
        {
            if (!double.IsFinite(point.Y)) { pen = false; continue; }
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{x.Position(point.X):0.#} {y.Position(point.Y):0.#}");
            pen = true;
        }
        // Few points are marked, so that a reader sees where it was measured and can rest the pointer on them.
        IEnumerable<Html> marks = series.Emphasis == Emphasis.Faint || series.Points.Count > 40 ? [] : series.Points.Where(point => double.IsFinite(point.Y)).Select(point => Html.Of($"""
            <circle class="mark {Class(series)}" cx="{x.Position(point.X):0.#}" cy="{y.Position(point.Y):0.#}" r="2.6"><title>{x.Quantity.Short(point.X)}: {point.Y:0.####}</title></circle>
            """));
        return Html.Of($"""<path class="line {Class(series)}" d="{path.ToString()}"/>{marks}""");
    }

    private static Html EndLabels(List<Series> named, Axis x, Axis y, double top, double bottom)
    {
        const double apart = 30;
        var places = named.Select(series => (Series: series, At: y.Position(series.Last.Y))).OrderBy(place => place.At).ToArray();
        for (int index = 1; index < places.Length; index++)
            places[index].At = Math.Max(places[index].At, places[index - 1].At + apart);
        for (int index = places.Length - 1; index >= 0; index--)
            places[index].At = Math.Clamp(places[index].At, top, bottom - apart * (places.Length - 1 - index));
        return Html.Join(places.Select(place => Html.Of($"""
            <text class="label {Class(place.Series)}" x="{x.Position(x.Maximum) + 10:0.#}" y="{place.At:0.#}"><tspan class="value">{y.Quantity.Short(place.Series.Last.Y)}</tspan><tspan x="{x.Position(x.Maximum) + 10:0.#}" dy="14">{place.Series.Name}</tspan></text>
            """)));
    }

    private static Html Legend(List<Series> named, Quantity quantity) => Html.Join(named.Select((series, index) => Html.Of($"""
        <line class="line {Class(series)}" x1="0" x2="20" y1="{12 + 18 * index}" y2="{12 + 18 * index}"/>
        <text class="label {Class(series)}" x="27" y="{16 + 18 * index}">{series.Name} <tspan class="value">{quantity.Short(series.Last.Y)}</tspan></text>
        """)));

    private static string Class(Series series) => series.Emphasis switch
    {
        Emphasis.Accent => "accent",
        Emphasis.Ink => "ink",
        Emphasis.Dotted => "dotted",
        Emphasis.DotDashed => "dot-dashed",
        _ => "faint",
    };

    private string Describe(List<Series> named) => $"{Title}. " + string.Join(" ", named.Select(series =>
        $"{series.Name}: from {Y.Quantity.Short(series.Points[0].Y)} to {Y.Quantity.Short(series.Last.Y)} over {X.Label} {X.Quantity.Short(series.Points[0].X)} to {X.Quantity.Short(series.Points[^1].X)}."));
}
