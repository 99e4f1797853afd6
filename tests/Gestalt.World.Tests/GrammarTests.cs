using System.Text.RegularExpressions;

namespace Gestalt.World.Tests;

public partial class GrammarTests
{
    [Fact]
    public void Pages_follow_the_small_rules_of_writing()
    {
        var complaints = new List<string>();
        foreach (ulong seed in (ulong[])[1, 2, 77])
        {
            foreach (Page page in new Internet(SmallWorld.Create(seed)).Pages(600_000))
            {
                if (page.Fate != Fate.Drop)
                {
                    Lint(page.Text, complaints);
                }
            }
        }
        Assert.True(complaints.Count == 0, $"{complaints.Count} complaints:\n" + string.Join('\n', complaints.Distinct().Take(30)));
    }

    [Fact]
    public void Conversations_follow_them_too()
    {
        var complaints = new List<string>();
        foreach (Dialogue dialogue in new Conversations(SmallWorld.Create(3)).Training(4000))
        {
            foreach (Turn turn in dialogue.Turns)
            {
                Lint(turn.Content, complaints);
            }
        }
        Assert.True(complaints.Count == 0, $"{complaints.Count} complaints:\n" + string.Join('\n', complaints.Distinct().Take(30)));
    }

    [Theory]
    [InlineData("He has a apple.", "a/an")]
    [InlineData("He has an pear.", "a/an")]
    [InlineData("Two  spaces.", "two spaces")]
    [InlineData("A stop .", "space before mark")]
    [InlineData("It is the the end.", "doubled word")]
    [InlineData("One. two.", "small letter")]
    [InlineData("Gaps [V] stay.", "left-over gap")]
    [InlineData("Too many..", "doubled mark")]
    public void The_lint_finds_each_kind_of_slip(string text, string expected)
    {
        var complaints = new List<string>();
        Lint(text, complaints);
        Assert.Contains(complaints, complaint => complaint.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_does_not_repeat_a_sentence()
    {
        int pages = 0, repeating = 0;
        foreach (Page page in new Internet(SmallWorld.Create(4)).Pages(500_000))
        {
            if (page.Fate != Fate.Drop && page.Genre != Genre.Story)
            {
                string[] sentences = [.. SentenceEnd().Split(page.Text).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 25)];
                pages++;
                repeating += sentences.Length == sentences.Distinct().Count() ? 0 : 1;
            }
        }
        Assert.True(repeating * 100 <= pages, $"{repeating} of {pages} pages say the same sentence twice");
    }

    private static void Lint(string text, List<string> complaints)
    {
        Check(WrongA(), "a/an");
        Check(WrongAn(), "a/an");
        Check(TwoSpaces(), "two spaces");
        Check(SpaceBeforeMark(), "space before mark");
        Check(DoubledWord(), "doubled word");
        Check(SmallAfterStop(), "small letter");
        Check(LeftOver(), "left-over gap");
        Check(DoubledMark(), "doubled mark");

        void Check(Regex rule, string name)
        {
            foreach (Match match in rule.Matches(text))
            {
                int start = Math.Max(0, match.Index - 30);
                complaints.Add($"{name}: ...{text[start..Math.Min(text.Length, match.Index + match.Length + 30)].Replace('\n', '/')}");
            }
        }
    }

    [GeneratedRegex(@"\b[Aa] (?!one\b|uni|use|used)[aeiouAEIOU]\w+")]
    private static partial Regex WrongA();

    [GeneratedRegex(@"\b[Aa]n (?!hour|honest|8|11 |18 )[^aeiouAEIOU\s]\w*")]
    private static partial Regex WrongAn();

    [GeneratedRegex(@"  ")]
    private static partial Regex TwoSpaces();

    [GeneratedRegex(@" [.,!?;:](?=\s|$)")]
    private static partial Regex SpaceBeforeMark();

    // Letters of a word that is spelled may be doubled.
    [GeneratedRegex(@"(?<!\b\w )\b(\w+) \1\b(?! \w\b|')", RegexOptions.IgnoreCase)]
    private static partial Regex DoubledWord();

    [GeneratedRegex(@"(?<!\bo'clock)[.!?] [a-z]\w*(?!_)|(?:^|\n\n)[a-z][a-z ]*[ .]")]
    private static partial Regex SmallAfterStop();

    [GeneratedRegex(@"[\[\]{}|]")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"\.\.|,,|\?\?|!\?|\?\.|!\.|,\.")]
    private static partial Regex DoubledMark();

    [GeneratedRegex(@"(?<=[.!?]""?)\s")]
    private static partial Regex SentenceEnd();
}
