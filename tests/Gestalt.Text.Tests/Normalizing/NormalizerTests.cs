using System.Text;

namespace Gestalt.Text.Tests;

public sealed class NormalizerTests
{
    // From the examples of Unicode Standard Annex 15 and its test file.
    [Theory]
    [InlineData("é", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("e\u0301", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("ﬁ²", "ﬁ²", "ﬁ²", "fi2", "fi2")]
    [InlineData("각", "각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("가\u11A8", "각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315\u0062", "a\u05AE\u0300\u0315\u0062", "\u00E0\u05AE\u0315\u0062", "a\u05AE\u0300\u0315\u0062")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0344\u0301", "\u0308\u0301\u0301", "\u0308\u0301\u0301", "\u0308\u0301\u0301", "\u0308\u0301\u0301")]
    [InlineData("ＡＢ㌔", "ＡＢ㌔", "ＡＢ㌔", "ABキロ", "ABキロ")]
    [InlineData("plain ASCII\n", "plain ASCII\n", "plain ASCII\n", "plain ASCII\n", "plain ASCII\n")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    public void The_four_forms_are_those_of_the_standard(string text, string c, string d, string kc, string kd)
    {
        Assert.Equal(c, Apply(new UnicodeNormalizer(NormalizationForm.FormC), text));
        Assert.Equal(d, Apply(new UnicodeNormalizer(NormalizationForm.FormD), text));
        Assert.Equal(kc, Apply(new UnicodeNormalizer(NormalizationForm.FormKC), text));
        Assert.Equal(kd, Apply(new UnicodeNormalizer(NormalizationForm.FormKD), text));
    }

    [Fact]
    public void Forms_agree_with_each_other_on_random_text()
    {
        var c = new UnicodeNormalizer(NormalizationForm.FormC);
        var d = new UnicodeNormalizer(NormalizationForm.FormD);
        var random = new Random(8);
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 12).Select(_ => random.Next(3) switch
            {
                0 => ((char)random.Next(0x300, 0x370)).ToString(),
                1 => ((char)random.Next(0xC0, 0x250)).ToString(),
                _ => ((char)random.Next(0x1E00, 0x2000)).ToString(),
            }));
            string composed = Apply(c, text), decomposed = Apply(d, text);
            Assert.Equal(composed, Apply(c, decomposed));
            Assert.Equal(decomposed, Apply(d, composed));
            Assert.Equal(composed, Apply(c, composed));
            Assert.True(composed.Length <= decomposed.Length);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_come_through()
    {
        byte[] bytes = [0xFF, .. "e\u0301"u8, 0xC3];
        Assert.Equal([0xFF, .. "é"u8, 0xC3], new UnicodeNormalizer(NormalizationForm.FormC).Apply(bytes, isFirst: true).ToArray());
        Assert.Equal([0xFF, (byte)'a'], new LowercaseNormalizer().Apply([0xFF, (byte)'A'], isFirst: true).ToArray());
    }

    [Theory]
    [InlineData("Ünï ABC\v\u00A0x\u200B\uFFFD字", "uni abc x 字 ")]
    [InlineData("İΑΣ", "iας")]
    public void Bert_cleans_lowers_and_strips(string text, string expected) =>
        Assert.Equal(expected.Replace('ς', 'σ'), Apply(new BertNormalizer(cleans: true, separatesChinese: true, stripsAccents: true, lowers: true), text));

    [Fact]
    public void Bert_may_keep_case_and_accents() =>
        Assert.Equal("Ünï\u0007字", Apply(new BertNormalizer(cleans: false, separatesChinese: false, stripsAccents: false, lowers: false), "Ünï\u0007字"));

    [Theory]
    [InlineData(BlankPrefix.Always, " a b", "▁▁a▁b")]
    [InlineData(BlankPrefix.WhenMissing, " a b", "▁a▁b")]
    [InlineData(BlankPrefix.WhenMissing, "a b", "▁a▁b")]
    [InlineData(BlankPrefix.WhenMissing, "▁a", "▁a")]
    [InlineData(BlankPrefix.Never, "a b", "a▁b")]
    [InlineData(BlankPrefix.FirstWhenMissing, "a", "a")]
    [InlineData(BlankPrefix.Always, "", "")]
    public void Blanks_become_marks(object prefix, string text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(new BlankNormalizer((BlankPrefix)prefix).Apply(Encoding.UTF8.GetBytes(text), isFirst: false)));

    [Fact]
    public void Other_normalizers_do_what_their_names_say()
    {
        Assert.Equal("x-y--z", Apply(new ReplaceNormalizer(new PatternScanner(@"\s"), "-"u8.ToArray()), "x y\n z"));
        Assert.Equal("x", Apply(new StripNormalizer(left: true, right: true), "\u2003 x\n"));
        Assert.Equal("x\n", Apply(new StripNormalizer(left: true, right: false), " x\n"));
        Assert.Equal("e x", Apply(new StripAccentsNormalizer(), "e\u0301 \u0903x"));
        Assert.Equal("▁a▁b", Apply(new WordBlankNormalizer(), "  a \n b "));
        Assert.Equal(">>a", Apply(new PrependNormalizer(">>"u8.ToArray()), "a"));
        Assert.Equal("", Apply(new PrependNormalizer(">>"u8.ToArray()), ""));
        Assert.Equal("[ab]", Apply(new SequenceNormalizer([new PrependNormalizer("["u8.ToArray()), new LowercaseNormalizer(), new ReplaceNormalizer(new PatternScanner("$"), [])]), "AB]"));
    }

    private static string Apply(TextNormalizer normalizer, string text) => Encoding.UTF8.GetString(normalizer.Apply(Encoding.UTF8.GetBytes(text), isFirst: true));
}
