namespace Gestalt.Evaluation.Reports.Charts;

/// <summary>One bar.</summary>
/// <param name="Label">What was measured.</param>
/// <param name="Value">Its height, in the axis's unit.</param>
/// <param name="Low">Lower end of its interval, if it has one.</param>
/// <param name="High">Upper end of its interval, if it has one.</param>
/// <param name="Reference">A level of its own to compare with, such as chance.</param>
/// <param name="Note">A few words behind the value, such as "183 of 200".</param>
/// <param name="Emphasis">Accent for what the picture is about, ink for what it is compared with.</param>
public sealed record Bar(
    string Label, double Value, double? Low = null, double? High = null, double? Reference = null, string Note = "", Emphasis Emphasis = Emphasis.Accent);

/// <summary>Horizontal bars with their intervals: scores, counts, times.</summary>
public sealed record BarChart : IChart
{
    /// <summary>Pixels that a character of a label takes, generously: a page's own font is not known here.</summary>
    private const double CharacterWidth = 7;

    /// <summary>Labels get at most this much of a wide drawing; longer ones stand in two lines.</summary>
    private const double MaximumLabelWidth = 250;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <summary>What the bars measure; the axis always begins at zero, for a bar's length is its meaning.</summary>
    public required AxisOptions Value { get; init; }

    /// <summary>The bars, from top to bottom.</summary>
    public required IReadOnlyList<Bar> Bars { get; init; }

    /// <summary>The end of the axis, where the data should not decide it (1 for shares).</summary>
    public double? Maximum { get; init; }

    /// <summary>What the tick on a bar means, such as "chance".</summary>
    public string ReferenceLabel { get; init; } = "chance";

    /// <inheritdoc/>
    public Html ToSvg(ChartSize size)
    {
        double labels = Math.Clamp(CharacterWidth * Bars.Select(bar => bar.Label.Length).DefaultIfEmpty().Max() + 14, 110, MaximumLabelWidth);
        double left = size.Narrow ? 1 : labels, right = size.Width - (size.Narrow ? 18 : 150);
        double rowHeight = size.Narrow ? 54 : 40, top = 8, bottom = top + rowHeight * Bars.Count;
        const double axisRoom = 42;
        IEnumerable<double> extent = Bars.SelectMany(bar => new[] { bar.Value, bar.High ?? bar.Value, bar.Reference ?? 0 });
        if (Maximum is double maximum) extent = extent.Append(maximum);
        Axis axis = Axis.Over(Value with { FromZero = true }, extent, left, right, size.Narrow ? 4 : 5, widen: Maximum is null);
        bool referenced = Bars.Any(bar => bar.Reference is not null);

        return Html.Of($"""
            <svg viewBox="0 0 {size.Width} {bottom + axisRoom:0.#}" role="img" aria-label="{Describe()}">
            {axis.Ticks.Select(tick => Html.Of($"""
                <line class="grid" x1="{axis.Position(tick):0.#}" x2="{axis.Position(tick):0.#}" y1="{top:0.#}" y2="{bottom:0.#}"/>
                <text class="tick" x="{axis.Position(tick):0.#}" y="{bottom + 16:0.#}" text-anchor="middle">{axis.Quantity.Short(tick)}</text>
                """))}
            {Bars.Select((bar, index) => Row(bar, axis, left, right, top + rowHeight * index, size))}
            <line class="base" x1="{left:0.#}" x2="{left:0.#}" y1="{top:0.#}" y2="{bottom:0.#}"/>
            <text class="axis" x="{right:0.#}" y="{bottom + 36:0.#}" text-anchor="end">{Value.Label}{(referenced ? $" · ┆ {ReferenceLabel}" : "")}</text>
            </svg>
            """);
    }

    private static Html Row(Bar bar, Axis axis, double left, double right, double top, ChartSize size)
    {
        double middle = top + (size.Narrow ? 37 : 20), height = 14;
        string colour = bar.Emphasis == Emphasis.Accent ? "accent" : "ink";
        string value = axis.Quantity == Quantity.Share ? FormattableString.Invariant($"{bar.Value * 100:0.0} %") : axis.Quantity.Short(bar.Value);
        Html label = size.Narrow
            ? Html.Of($"""<text class="label" x="{left:0.#}" y="{top + 22:0.#}">{bar.Label} <tspan class="value {colour}">{value}</tspan> <tspan class="note">{bar.Note}</tspan></text>""")
            : Html.Of($"""
                {Label(bar.Label, left - 14, middle)}
                <text class="label" x="{right + 14:0.#}" y="{middle + 4:0.#}"><tspan class="value {colour}">{value}</tspan></text>
                <text class="note" x="{size.Width}" y="{middle + 4:0.#}" text-anchor="end">{bar.Note}</text>
                """);
        return Html.Of($"""
            <rect class="bar {colour}" x="{left:0.#}" y="{middle - height / 2:0.#}" width="{Math.Max(0, axis.Position(bar.Value) - left):0.#}" height="{height:0.#}"/>
            {(bar is { Low: double low, High: double high } ? Interval(axis.Position(low), axis.Position(high), middle) : Html.Empty)}
            {(bar.Reference is double reference ? Html.Of($"""<path class="halo" d="M{axis.Position(reference):0.#} {middle - 8:0.#}v16"/><line class="reference" x1="{axis.Position(reference):0.#}" x2="{axis.Position(reference):0.#}" y1="{middle - 11:0.#}" y2="{middle + 11:0.#}"/>""") : Html.Empty)}
            {label}
            """);
    }

    /// <summary>A label on one line, or on two where it is longer than its column.</summary>
    private static Html Label(string text, double width, double middle)
    {
        int blank = text.Length * CharacterWidth <= width ? -1 : text.LastIndexOf(' ', Math.Min(text.Length - 1, (int)(width / CharacterWidth)));
        return blank < 0
            ? Html.Of($"""<text class="label" x="0" y="{middle + 4:0.#}">{text}</text>""")
            : Html.Of($"""<text class="label" x="0" y="{middle - 3:0.#}">{text[..blank]}<tspan x="0" dy="14">{text[(blank + 1)..]}</tspan></text>""");
    }

    /// <summary>The interval, with a halo in the colour of the page so that it is seen on the bar too.</summary>
    private static Html Interval(double low, double high, double middle)
    {
        string shape = FormattableString.Invariant($"M{low:0.#} {middle - 4:0.#}V{middle + 4:0.#}M{low:0.#} {middle:0.#}H{high:0.#}M{high:0.#} {middle - 4:0.#}V{middle + 4:0.#}");
        return Html.Of($"""<path class="halo" d="{shape}"/><path class="interval" d="{shape}"/>""");
    }

    private string Describe() => $"{Title}. " + string.Join(" ", Bars.Select(bar =>
        $"{bar.Label}: {Value.Quantity.Short(bar.Value)}"
        + (bar is { Low: double low, High: double high } ? $" (interval {Value.Quantity.Short(low)} to {Value.Quantity.Short(high)})" : "")
        + (bar.Reference is double reference ? $", {ReferenceLabel} {Value.Quantity.Short(reference)}" : "") + "."));
}
