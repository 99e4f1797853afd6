using System.Globalization;
using System.Xml.Linq;
using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Tests.Reports;

public sealed class ChartTests
{
    private static LineChart Chart(params Series[] series) =>
        new() { Title = "A <chart>", X = new AxisOptions("steps"), Y = new AxisOptions("loss"), Series = series };

    private static Series Ramp(int points, Func<int, double> y) => new("ramp", [.. Enumerable.Range(0, points).Select(i => new ChartPoint(i, y(i)))]);

    private static XElement Svg(IChart chart, ChartSize? size = null) => XElement.Parse(chart.ToSvg(size ?? ChartSize.Wide).ToString());

    [Theory]
    [InlineData(0, "0"), InlineData(0.25, "0.25"), InlineData(1234, "1,234"), InlineData(12_300, "12.3k"), InlineData(2_500_000, "2.5M"), InlineData(999_999, "1M")]
    [InlineData(124e6, "124M"), InlineData(-15_000, "-15k"), InlineData(0.00125, "0.00125"), InlineData(6e-7, "6e-7")]
    public void Numbers_read_short(double value, string expected) => Assert.Equal(expected, Quantity.Number.Short(value));

    [Theory]
    [InlineData(0, "0 s"), InlineData(0.25, "250 ms"), InlineData(42, "42 s"), InlineData(90, "1.5 min"), InlineData(600, "10 min"), InlineData(5400, "1.5 h"), InlineData(259200, "3 d")]
    public void Times_read_short(double seconds, string expected) => Assert.Equal(expected, Quantity.Seconds.Short(seconds));

    [Theory]
    [InlineData(0, 1), InlineData(1.3, 8.3), InlineData(-5, 5), InlineData(0.0001, 0.0002), InlineData(3, 3), InlineData(0, 0), InlineData(1e9, 3e9)]
    public void Ticks_are_few_round_and_inside(double minimum, double maximum)
    {
        Axis axis = Axis.Over(new AxisOptions("x"), [minimum, maximum, double.NaN, double.PositiveInfinity], 0, 100, 5, widen: true);
        Assert.InRange(axis.Ticks.Count, 2, 9);
        Assert.All(axis.Ticks, tick => Assert.InRange(axis.Position(tick), -1e-6, 100 + 1e-6));
        Assert.True(axis.Minimum <= minimum && axis.Maximum >= maximum);
    }

    [Fact]
    public void Times_are_cut_at_round_minutes()
    {
        Axis axis = Axis.Over(new AxisOptions("time", Quantity.Seconds), [0, 409], 0, 100, 7, widen: false);
        Assert.Equal([0, 60, 120, 180, 240, 300, 360], axis.Ticks);
    }

    [Fact]
    public void A_line_goes_where_its_points_are()
    {
        XElement svg = Svg(Chart(new Series("loss", [new(0, 4), new(10, 2), new(20, 0)])));
        double[] y = [.. svg.Descendants("circle").Select(mark => double.Parse(mark.Attribute("cy")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(3, y.Length);
        Assert.Equal(y[1], (y[0] + y[2]) / 2, 0.11);
        Assert.True(y[0] < y[2], "larger values lie higher");
    }

    [Fact]
    public void Thinning_keeps_ends_and_peaks()
    {
        Series series = Ramp(10_000, i => i == 5_123 ? 100 : Math.Sin(i / 900.0));
        IReadOnlyList<ChartPoint> thin = series.Thinned(500);
        Assert.Equal(500, thin.Count);
        Assert.Equal(series.Points[0], thin[0]);
        Assert.Equal(series.Points[^1], thin[^1]);
        Assert.Contains(new ChartPoint(5_123, 100), thin);
        Assert.Equal(thin.OrderBy(point => point.X), thin);
    }

    [Fact]
    public void Smoothing_leaves_a_straight_line_where_it_is_and_flattens_noise()
    {
        Series line = Ramp(101, i => 3 * i);
        Assert.All(line.Smoothed("s", 10).Points.Zip(line.Points).Take(91), pair => Assert.Equal(pair.Second.Y, pair.First.Y, 9));
        Assert.Equal(1.0 / 21, Ramp(101, i => i % 2 == 0 ? 1 : -1).Smoothed("s", 10).Points[50].Y, 9);
    }

    [Fact]
    public void Gaps_in_the_data_are_gaps_in_the_line()
    {
        XElement svg = Svg(Chart(new Series("loss", [new(0, 1), new(1, 2), new(2, double.NaN), new(3, 1), new(4, 2)])));
        string path = svg.Descendants("path").Single().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.DoesNotContain("NaN", svg.ToString());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Empty_and_single_valued_charts_are_drawn(bool narrow)
    {
        ChartSize size = narrow ? ChartSize.Phone : ChartSize.Wide;
        foreach (Series series in new[] { Ramp(0, _ => 0), Ramp(1, _ => 5), Ramp(4, _ => 0) })
            Assert.DoesNotContain("NaN", Svg(Chart(series), size).ToString());
        Assert.DoesNotContain("NaN", Svg(new BarChart { Title = "none", Value = new AxisOptions("n"), Bars = [] }, size).ToString());
    }

    [Fact]
    public void Labels_of_lines_that_end_together_do_not_overlap()
    {
        XElement svg = Svg(Chart([.. Enumerable.Range(0, 4).Select(i => new Series($"line {i}", [new(0, i), new(10, 1.0 + 0.001 * i)], Emphasis.Ink))]));
        double[] at = [.. svg.Descendants("text").Where(text => text.Attribute("class")!.Value.StartsWith("label")).Select(text => double.Parse(text.Attribute("y")!.Value, CultureInfo.InvariantCulture)).Order()];
        Assert.Equal(4, at.Length);
        Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 28));
    }

    [Fact]
    public void A_bars_length_is_its_value_and_its_interval_surrounds_it()
    {
        var chart = new BarChart
        {
            Title = "t",
            Value = new AxisOptions("share", Quantity.Share),
            Maximum = 1,
            Bars = [new Bar("half", 0.5, 0.4, 0.6, 0.25), new Bar("all", 1.0)],
        };
        XElement svg = Svg(chart);
        double[] widths = [.. svg.Descendants("rect").Select(bar => double.Parse(bar.Attribute("width")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2.0, widths[1] / widths[0], 2);
        Assert.Contains("half: 50 % (interval 40 % to 60 %), chance 25 %.", svg.Attribute("aria-label")!.Value);
        Assert.Single(svg.Descendants("line"), line => line.Attribute("class")!.Value == "reference");
    }

    [Fact]
    public void A_long_label_stands_in_two_lines_and_a_short_one_in_one()
    {
        var chart = new BarChart { Title = "t", Value = new AxisOptions("n"), Bars = [new Bar("base model completes facts, unseen wordings", 3), new Bar("short", 1)] };
        XElement[] labels = [.. Svg(chart).Descendants("text").Where(text => text.Attribute("x")!.Value == "0")];
        Assert.Equal("base model completes facts,", labels[0].FirstNode!.ToString());
        Assert.Equal("unseen wordings", labels[0].Elements("tspan").Single().Value);
        Assert.Empty(labels[1].Elements("tspan"));
    }
}
