using System.Text.RegularExpressions;

namespace Gestalt.World.Tests;

public partial class StoryJudgeTests
{
    private const string Good = """
        Nell and the Kite

        Once upon a time there was a girl called Nell, who lived near Foxford. Nell had a red kite and took it everywhere. One morning,
        the kite was gone. Nell wanted it back more than anything. She looked under the bed. There was only dust.

        Then a duck called Otto came by. "Let us think," said Otto. They walked back to the river. And there lay the red kite!

        Nell hugged the kite, and then she hugged Otto. From that day on, she looked after her kite very well.
        """;

    private static readonly string[] Tales = [.. new Internet(SmallWorld.Create(1)).Pages(3_000_000)
        .Where(page => page.Genre == Genre.Story).Select(page => page.Text).Take(1200)];

    [Fact]
    public void A_good_tale_passes() => Assert.Empty(StoryJudge.Judge(Good).Complaints);

    [Theory]
    [InlineData("she hugged Otto", "she hugged Wilma", "names")]
    [InlineData("she hugged Otto", "she hugged Zanzibar", "sentences")]
    [InlineData("a duck called Otto came", "Otto came", "names")]
    [InlineData("wanted it back", "had it back", "wish")]
    [InlineData("very well.", "very", "sentences")]
    [InlineData("Nell hugged the kite, and then she hugged Otto. From that day on, she looked after her kite very well.", "It rained. The sun came out. The end was near.", "hero")]
    [InlineData("Nell hugged the kite, and then she hugged Otto. From that day on, she looked after her kite very well.", "Nell stood up. Nell went away. Nell came to a hill. There she sat down.", "thing")]
    [InlineData("From that day on, she looked after her kite very well.", "There was some dust on the kite.", "ending")]
    [InlineData("She looked under", "she looked under", "sentences")]
    [InlineData("There was only dust.", "There was only dust. There was only dust.", "loops")]
    [InlineData("under the bed", "under the the bed", "sentences")]
    public void Each_slip_is_noticed(string what, string instead, string rule)
    {
        Assert.Contains(what, Good);
        string tale = Good.Replace(what, instead, StringComparison.Ordinal);
        Assert.Contains(StoryJudge.Judge(tale).Complaints, complaint => complaint.StartsWith(rule, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tale_without_a_girl_in_it_has_no_she()
    {
        string tale = Good.Replace("Nell", "Bram", StringComparison.Ordinal).Replace("girl", "boy", StringComparison.Ordinal);
        Assert.Contains(StoryJudge.Judge(tale).Complaints, complaint => complaint.StartsWith("pronouns", StringComparison.Ordinal));
    }

    [Fact]
    public void Nearly_all_tales_of_the_generator_hold_together() =>
        Assert.InRange(StoryJudge.Share(Tales), 0.99, 1);

    [Fact]
    public void Tales_put_together_from_two_do_not() =>
        Assert.InRange(StoryJudge.Share(Tales.Chunk(2).Select(pair =>
        {
            string[] first = Sentences(pair[0]), second = Sentences(pair[1]);
            return string.Join(' ', first.Take(first.Length / 2).Concat(second.Skip(second.Length / 2)));
        })), 0, 0.03);

    [Fact]
    public void Tales_cut_short_mostly_do_not()
    {
        var dice = new Dice(9);
        Assert.InRange(StoryJudge.Share(Tales.Select(tale => tale[..(tale.Length * dice.Between(40, 85) / 100)])), 0, 0.05);
        Assert.InRange(StoryJudge.Share(Tales.Select(tale =>
        {
            string[] sentences = Sentences(tale);
            return string.Join(' ', sentences.Take(sentences.Length * dice.Between(50, 80) / 100));
        })), 0, 0.15);
    }

    [Fact]
    public void Shuffled_words_and_sentences_mostly_do_not()
    {
        var dice = new Dice(10);
        Assert.InRange(StoryJudge.Share(Tales.Select(tale => string.Join(' ', Shuffled(tale.Split(' '))))), 0, 0.01);
        Assert.InRange(StoryJudge.Share(Tales.Select(tale => string.Join(' ', Shuffled(Sentences(tale))))), 0, 0.15);

        string[] Shuffled(string[] pieces)
        {
            dice.Shuffle(pieces.AsSpan());
            return pieces;
        }
    }

    private static string[] Sentences(string tale) =>
        SentenceEnd().Split(tale[(tale.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace("\n\n", " ", StringComparison.Ordinal));

    [GeneratedRegex(@"(?<=[.!?]""?) (?=[A-Z""])")]
    private static partial Regex SentenceEnd();
}
