using System.Text.RegularExpressions;
using Gestalt.Tasks.Tools;
using Gestalt.World;

namespace Gestalt.Tasks.Tests.Tools;

/// <summary>What children of the small internet practise on their pages is right: what they type, the tools compute; words are spelled as they are written.</summary>
public sealed partial class SchoolPageTests
{
    private static readonly string[] Lines =
        [.. new Internet(SmallWorld.Create(1, WorldScale.ForText(2_000_000))).Pages(2_000_000).Where(page => page.Genre == Genre.School && page.Fate == Fate.Keep).SelectMany(page => page.Text.Split('\n'))];

    [Fact]
    public void What_is_typed_comes_to_what_the_pages_say()
    {
        var tools = new ToolBox(new Calculator(), new CodeTool());
        int sums = 0, dates = 0;
        foreach (Match solved in Lines.Select(line => Solved().Match(line)).Where(match => match.Success))
        {
            string typed = solved.Groups["typed"].Value, result = solved.Groups["result"].Value;
            bool isDate = typed.StartsWith("weekday", StringComparison.Ordinal);
            Assert.Equal(result, tools.Answer(isDate ? "code" : "calculator", typed));
            _ = isDate ? dates++ : sums++;
        }

        Assert.True(sums > 200 && dates > 20, $"{sums} sums, {dates} dates");
    }

    [Fact]
    public void Words_are_spelled_letter_by_letter()
    {
        int words = 0;
        foreach (Match spelled in Lines.Select(line => Spelled().Match(line)).Where(match => match.Success))
        {
            Assert.Equal(spelled.Groups["word"].Value, spelled.Groups["letters"].Value.Replace(" ", "", StringComparison.Ordinal));
            words++;
        }

        Assert.True(words > 100, $"{words} words");
    }

    [GeneratedRegex(@"(We write (?<typed>.+) and get (?<result>[^ ]+( [a-z]+)?)\.|On the slate it is (?<typed>.+), and that makes (?<result>.+)\.|We type (?<typed>.+), and out comes (?<result>.+)\.)$")]
    private static partial Regex Solved();

    [GeneratedRegex(@"(We spell (?<word>\w+): |How do we spell (?<word>\w+)\? It is spelled |The word (?<word>\w+) has the letters |Letter by letter (?<word>\w+) is )(?<letters>\w( \w)+)\.$")]
    private static partial Regex Spelled();
}
