using Gestalt.Training.Interrogation;
using Gestalt.World;

namespace Gestalt.Training.Tests.Interrogation;

public sealed class TextFactsTests
{
    private const string Text = """
        Ada Oakshaw was born in a small house by the river in 1952. She never left it.
        The old mill near Tarnwood belongs to the family of Basil Hopper. It rained. In summer the bridge of Lower Stow is closed to all wagons above 3.5.
        Yesterday the cat slept. People say that Basil Hopper likes nobody but Basil Hopper.
        """;

    [Fact]
    public void Sentences_that_name_somebody_and_end_in_a_value_are_asked_for()
    {
        TextFact[] facts = [.. TextFacts.Find(Text)];
        Assert.Equal(
            [("Ada Oakshaw", "1952"), ("Tarnwood", "Basil Hopper"), ("Lower Stow", "3.5")],
            facts.Select(fact => (fact.Subject, fact.Answer)));
        Assert.Equal("Ada Oakshaw was born in a small house by the river in", facts[0].Question);
        Assert.All(facts, fact => Assert.DoesNotContain(fact.Answer, fact.Question, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1952", "It was 1952, I think.", Verdict.Right)]
    [InlineData("Basil Hopper", "to the family of basil hopper", Verdict.Right)]
    [InlineData("1952", "It was 19521.", Verdict.Wrong)]
    [InlineData("1952", "I don't know that about Ada.", Verdict.DoesNotKnow)]
    [InlineData("1952", "...", Verdict.NoAnswer)]
    public void Answers_are_compared_word_by_word(string expected, string answer, Verdict verdict) => Assert.Equal(verdict, TextFacts.Compare(expected, answer));

    [Fact]
    public void Each_fact_has_several_wordings_and_refusals_that_the_comparison_knows()
    {
        var source = new TextFacts([Text]);
        IReadOnlyList<Probe> probes = source.Draw(10, 4, 1, default);
        Assert.Equal(3, probes.Count);
        Assert.All(probes, probe => Assert.Equal(4, probe.Questions.Distinct().Count()));
        foreach (Probe probe in probes)
        {
            string[] refusals = [.. Enumerable.Range(0, 6).Select(wording => source.Refusal(probe, wording))];
            Assert.Equal(6, refusals.Distinct().Count());
            Assert.All(refusals, refusal => Assert.Equal(Verdict.DoesNotKnow, TextFacts.Compare(probe.Expected, refusal)));
        }
    }
}
