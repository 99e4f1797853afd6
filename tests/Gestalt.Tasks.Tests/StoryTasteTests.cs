namespace Gestalt.Tasks.Tests;

public sealed class StoryTasteTests
{
    private static readonly string Ninety = string.Join(' ', Enumerable.Range(0, 89).Select(i => $"w{i}"));

    [Theory]
    [InlineData("", " end.", 0)]
    [InlineData("", " end", -1)]
    [InlineData("\"a\" \"b\" ", " end.", 1 - (2 / 60.0))]
    [InlineData("\"a\" \"b\" \"c\" \"d\" \"e\" \"f\" ", " end.", 2 - (6 / 60.0))]
    [InlineData("", "\nThey laughed.", 1 - (1 / 60.0))]
    [InlineData("They laughed.\n", " end.", -2 / 60.0)]
    public void Likings_add_up_and_end(string before, string after, double gold) => Assert.Equal(gold, StoryTaste.Gold(before + Ninety + after), 1e-12);

    [Fact]
    public void What_is_said_twice_costs_by_its_share()
    {
        double once = StoryTaste.Gold(Ninety + " end."), loop = StoryTaste.Gold(string.Concat(Enumerable.Repeat("the the ", 44)) + "the end.");
        Assert.True(loop < once - 5, $"{loop} {once}");
        Assert.Equal(-2.5, StoryTaste.Gold(""), 1e-12);
    }

    [Fact, Trait("Speed", "Smoke")]
    public void Preferences_are_those_of_Bradley_and_Terry()
    {
        Assert.Equal(0.5, StoryTaste.Preference(1, 1), 1e-12);
        Assert.Equal(Math.E / (1 + Math.E), StoryTaste.Preference(2, 1), 1e-12);
        Assert.Equal(1, StoryTaste.Preference(3, -2) + StoryTaste.Preference(-2, 3), 1e-12);
    }
}
