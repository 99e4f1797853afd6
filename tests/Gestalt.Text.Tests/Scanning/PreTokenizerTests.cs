using System.Text;

namespace Gestalt.Text.Tests;

public sealed class PreTokenizerTests
{
    public static TheoryData<string> Rules => Samples.Rules;

    // Derived by hand from the published patterns; a bar separates words.
    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("I'm sure they'll say it's 'S", "I|'m| sure| they|'ll| say| it|'s| '|S")]
    [InlineData("I'M", "I|'|M")]
    [InlineData("a  b   c ", "a| | b|  | c| ")]
    [InlineData(" \n\n x", " \n\n| x")]
    [InlineData("x\n\ny", "x|\n|\n|y")]
    [InlineData("in 2024!", "in| 2024|!")]
    [InlineData("#tag (a)", "#|tag| (|a|)")]
    [InlineData("𝒜𠀀 é́", "𝒜𠀀| é|́")]
    [InlineData("a\tb", "a|\t|b")]
    [InlineData("'sale", "'s|ale")]
    [InlineData(" 's", " '|s")]
    public void Gpt2_splits_as_its_pattern_says(string text, string words) => AssertWords(PreTokenizer.Gpt2, text, words);

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("I'M SURE THEY'LL'S", "I|'M| SURE| THEY|'LL|'S")]
    [InlineData("it'ſ", "it|'ſ")]
    [InlineData("'sale 'tis", "'s|ale| '|tis")]
    [InlineData("x'y", "x|'y")]
    [InlineData("in 20245!", "in| |202|45|!")]
    [InlineData("1²Ⅷ٣4", "1²Ⅷ|٣4")]
    [InlineData("#tag (a)", "#tag| (|a|)")]
    [InlineData("a\tb\n", "a|\tb|\n")]
    [InlineData("wait...\r\n\r\nGo", "wait|...\r\n\r\n|Go")]
    [InlineData("x  \n \n  y", "x|  \n \n| | y")]
    [InlineData("x \n  ", "x| \n|  ")]
    [InlineData("a  !b", "a| | !|b")]
    [InlineData("!!b", "!!|b")]
    [InlineData("\u00A0b\u00A0!", "\u00A0b|\u00A0|!")]
    [InlineData("𝒜𠀀 é́", "𝒜𠀀| é|́")]
    [InlineData("\n b", "\n| b")]
    public void Cl100k_splits_as_its_pattern_says(string text, string words) => AssertWords(PreTokenizer.Cl100k, text, words);

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("in 20245!", "in| |2|0|2|4|5|!")]
    [InlineData("1²Ⅷ٣4", "1|²|Ⅷ|٣|4")]
    [InlineData("I'M it'ſ", "I|'M| it|'ſ")]
    [InlineData("a1b 𝟘", "a|1|b| |𝟘")]
    [InlineData("wait...\r\n\r\nGo", "wait|...\r\n\r\n|Go")]
    [InlineData("  12", " | |1|2")]
    [InlineData("𝒜𠀀 é́", "𝒜𠀀| é|́")]
    public void Qwen2_splits_as_its_pattern_says(string text, string words) => AssertWords(PreTokenizer.Qwen2, text, words);

    [Theory]
    [InlineData("in 2024!", "in| |2|0|2|4|!")]
    [InlineData("a  1  b", "a|  |1| | b")]
    [InlineData("1\n 2 ", "1|\n |2| ")]
    [InlineData("I'm ٣½", "I|'m| |٣|½")]
    public void Gpt2Digits_splits_as_its_pattern_says(string text, string words) => AssertWords(PreTokenizer.Gpt2Digits, text, words);

    [Fact]
    public void Gpt2Digits_equals_cutting_out_the_digits_and_then_splitting_by_Gpt2s_pattern()
    {
        var digits = new RegexTwin(@"\p{N}|[^\p{N}]+");
        var gpt2 = new RegexTwin(PreTokenizer.Gpt2.Patterns[0]);
        var random = new Random(19);
        for (int i = 0; i < 4000; i++)
        {
            byte[] text = RandomText.Next(random, random.Next(1, 30));
            var expected = new List<int>();
            int start = 0;
            foreach (int end in digits.WordEnds(text))
            {
                expected.AddRange(gpt2.WordEnds(text.AsSpan(start..end)).Select(inner => start + inner));
                start = end;
            }

            Assert.Equal(expected, Ends(PreTokenizer.Gpt2Digits, text));
        }
    }

    [Fact]
    public void Invalid_bytes_split_as_symbols_of_one_byte()
    {
        byte[] text = [(byte)'a', 0xFF, 0xFE, (byte)'b', (byte)' ', 0xED, 0xA0, 0x80, (byte)' ', 0xC3];
        Assert.Equal([1, 3, 4, 8, 10], Ends(PreTokenizer.Gpt2, text));

        // One symbol may lead a word of letters: with two of them it is the rule for symbols that matches.
        byte[] led = [0xFF, (byte)'b', 0xFF, 0xFF, (byte)'b'];
        Assert.Equal([2, 4, 5], Ends(PreTokenizer.Qwen2, led));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Words_equal_those_of_the_published_patterns_on_random_text(string name)
    {
        PreTokenizer rule = Samples.Rule(name);
        RegexTwin[] twins = [.. rule.Patterns.Select(pattern => new RegexTwin(pattern))];
        var random = new Random(20 + name.Length);
        for (int i = 0; i < (name is "gpt2" or "cl100k" or "qwen2" ? 8000 : 1500); i++)
        {
            byte[] text = RandomText.Next(random, random.Next(1, 30));
            List<int> expected = RegexTwin.WordEnds(twins, text), actual = Ends(rule, text);
            if (!expected.SequenceEqual(actual))
            {
                Assert.Fail($"{Convert.ToHexString(text)} ({Encoding.UTF8.GetString(text)}): {string.Join(' ', expected)} expected, {string.Join(' ', actual)} found.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Words_equal_those_of_the_published_patterns_on_random_bytes(string name)
    {
        PreTokenizer rule = Samples.Rule(name);
        RegexTwin[] twins = [.. rule.Patterns.Select(pattern => new RegexTwin(pattern))];
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            byte[] text = RandomText.Bytes(random, random.Next(1, 100));
            Assert.Equal(RegexTwin.WordEnds(twins, text), Ends(rule, text));
        }
    }

    [Fact]
    public void All_rules_differ()
    {
        const string text = "I'M on 20245; let's go:/\n\n it'S CamelCase 漢字かな été. (x) ,y `` a\u0301b <sentinel:12>   \t \n \n x, \u00A0 .. ~~$$ \u0301\u0302 !\n\n ３４ ... --\n       x";
        string[] splits = [.. PreTokenizer.All.Select(rule => string.Join(' ', Ends(rule, Encoding.UTF8.GetBytes(text))))];
        Assert.Equal(splits.Length, splits.Distinct().Count());
    }

    [Fact]
    public void Names_in_model_files_lead_back_to_the_rule()
    {
        foreach (PreTokenizer rule in PreTokenizer.All)
        {
            foreach (string name in rule.GgufNames)
            {
                Assert.True(PreTokenizer.TryFromGgufName(name, out PreTokenizer found));
                Assert.Same(rule, found);
            }
        }

        Assert.False(PreTokenizer.TryFromGgufName("superbpe", out _));
        Assert.True(PreTokenizer.AllGgufNames.Count > 60);
    }

    private static List<int> Ends(PreTokenizer rule, byte[] text) => [.. rule.Words(text).Select(range => range.End.Value)];

    private static void AssertWords(PreTokenizer rule, string text, string words)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal(words, string.Join('|', rule.Words(utf8).Select(range => Encoding.UTF8.GetString(utf8[range]))));
    }
}
