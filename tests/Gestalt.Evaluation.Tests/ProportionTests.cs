using Gestalt.Evaluation;

namespace Gestalt.Evaluation.Tests;

public class ProportionTests
{
    /// <summary>Values of the closed form, worked out by hand with z = 1.96: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.</summary>
    [Theory, Trait("Speed", "Smoke")]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(29, 29, 0.8830, 1.0000)]
    public void Interval_equals_the_published_one(int successes, int trials, double low, double high)
    {
        var share = new Proportion(successes, trials);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Nothing_tried_says_nothing()
    {
        var none = new Proportion(0, 0);
        Assert.True(double.IsNaN(none.Share));
        Assert.Equal((0, 1), (none.Low, none.High));
        Assert.Contains("not measured", none.ToString());
    }
}
