namespace Gestalt.Evaluation.Tests;

public class PairedTests
{
    [Fact]
    public void Counts_and_interval_are_those_of_the_formula_by_hand()
    {
        // 10 trials: 5 both, 1 lost, 3 gained, 1 neither. l = 2/12, g = 4/12: centre 1/6, half width z √((1/2 − 1/36)/12).
        PairedProportion pairs = PairedProportion.Of(
            [(true, true), (true, true), (true, true), (true, true), (true, true), (true, false), (false, true), (false, true), (false, true), (false, false)]);
        Assert.Equal(new PairedProportion(5, 1, 3, 1), pairs);
        Assert.Equal((6, 8, 10), (pairs.Before.Successes, pairs.After.Successes, pairs.Trials));
        Assert.Equal(0.2, pairs.Change, 12);
        double half = 1.959963984540054 * Math.Sqrt(((1.0 / 2) - (1.0 / 36)) / 12);
        Assert.Equal((1.0 / 6) - half, pairs.Low, 12);
        Assert.Equal((1.0 / 6) + half, pairs.High, 12);
    }

    [Fact]
    public void Nothing_changed_is_not_certain_and_everything_changed_stays_within_bounds()
    {
        var same = new PairedProportion(300, 0, 0, 0);
        Assert.Equal(0, same.Change);
        Assert.InRange(same.High, 0.008, 0.012); // z √(2/302/302) = 0.0092
        Assert.Equal(-same.High, same.Low, 12);
        var all = new PairedProportion(0, 0, 3, 0);
        Assert.Equal((1, 1), (all.Change, all.High));
        Assert.Equal("not measured (0 trials)", default(PairedProportion).ToString());
        Assert.Equal("+20.0 points [−22.2, +55.5] of 10: 3 gained, 1 lost", new PairedProportion(5, 1, 3, 1).ToString());
    }

    [Fact]
    public void Its_intervals_hold_the_truth_as_often_as_they_say()
    {
        // 80 pairs, of which 5 % are lost and 15 % gained: the truth is +10 points.
        var random = new Random(1);
        const int Rounds = 4000, Pairs = 80;
        int held = 0;
        for (int round = 0; round < Rounds; round++)
        {
            PairedProportion pairs = PairedProportion.Of(Enumerable.Range(0, Pairs).Select(_ => random.NextDouble() switch { < 0.05 => (true, false), < 0.2 => (false, true), _ => (true, true) }));
            held += pairs.Low <= 0.1 && 0.1 <= pairs.High ? 1 : 0;
        }

        Assert.InRange(held / (double)Rounds, 0.935, 0.97);
    }

    [Fact]
    public void Means_and_their_interval_are_those_by_hand()
    {
        PairedMean pairs = PairedMean.Of([1, 2, 3], [2, 2, 5]); // differences 1, 0, 2: mean 1, s = 1
        Assert.Equal((3, 2, 3, 1), (pairs.Count, pairs.Before, pairs.After, pairs.Change));
        Assert.Equal(1.959963984540054 / Math.Sqrt(3), pairs.HalfWidth, 12);
        Assert.Equal(pairs.Change - pairs.HalfWidth, pairs.Low, 12);
        Assert.True(double.IsPositiveInfinity(PairedMean.Of([1], [2]).HalfWidth));
        Assert.Equal("not measured (of nothing)", PairedMean.Of([], []).ToString());
        Assert.Throws<ArgumentException>(() => PairedMean.Of([1], []));
    }
}
