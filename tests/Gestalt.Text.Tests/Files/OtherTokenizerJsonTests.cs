using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Files of <c>tokenizer.json</c> in the forms of other families. The ids expected were derived by hand from what the parts of a file are documented to do.</summary>
public sealed class OtherTokenizerJsonTests
{
    private const string Bytes = "@BYTES@";

    // The form of Llama 2, Mistral and TinyLlama: ids 0 to 2 special, 3 to 258 bytes, then pieces.
    private const string Llama =
        """
        {"added_tokens": [
            {"id": 0, "content": "<unk>", "special": true}, {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true},
            {"id": 268, "content": "<x>", "special": false, "normalized": false, "lstrip": true, "rstrip": true}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
         "pre_tokenizer": null,
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
         "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
         "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
            "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, @BYTES@, "▁": 259, "t": 260, "h": 261, "e": 262, "th": 263, "▁th": 264, "the": 265, "▁the": 266, "he": 267},
            "merges": ["t h", "h e", "▁ th", "▁th e", "th e"]}}
        """;

    private static readonly string ByteTokens = string.Join(", ", Enumerable.Range(0, 256).Select(value => $"\"<0x{value:X2}>\": {value + 3}"));

    [Theory]
    [InlineData("the", new[] { 266 })]
    [InlineData(" the", new[] { 259, 266 })]
    [InlineData("he", new[] { 259, 267 })]
    [InlineData("thethe", new[] { 266, 265 })]
    [InlineData("é\n", new[] { 259, 0xC3 + 3, 0xA9 + 3, 0x0A + 3 })]
    [InlineData("<s>", new[] { 259, '<' + 3, 's' + 3, '>' + 3 })]
    [InlineData("the <x> he", new[] { 266, 268, 259, 267 })]
    [InlineData("", new int[0])]
    public void Characters_with_byte_fallback(string text, int[] ids) => Assert.Equal(ids, Read(Llama).Encode(text));

    [Fact]
    public void Templates_say_what_is_put_around_a_sequence()
    {
        Tokenizer tokenizer = Read(Llama);
        Assert.Equal([1], tokenizer.Prefix.Select(token => token.Id));
        Assert.False(tokenizer.AddsEnd);
        Assert.Equal("<s>", tokenizer.Special.Start?.Text);
        Assert.Equal("</s>", tokenizer.Special.End?.Text);
        Assert.Equal("<unk>", tokenizer.Special.Unknown?.Text);
        Assert.Equal([2], tokenizer.Special.Stops);
        Assert.Equal("the é", tokenizer.DecodeText(tokenizer.Encode("the é")));
        Assert.Equal([1, 266, 2], tokenizer.EncodeWithSpecials("<s>the</s>", tokenizer.Special.Start!.Value, tokenizer.Special.End!.Value));
    }

    [Fact]
    public void Metaspace_cuts_before_each_blank_and_adds_one_as_its_scheme_says()
    {
        Tokenizer always = Read(WithMetaspace("always")), first = Read(WithMetaspace("first")), never = Read(WithMetaspace("never"));
        SpecialToken end = always.Special.Get("</s>");
        Assert.Equal([266], always.Encode("the"));
        Assert.Equal([266], always.Encode(" the"));
        Assert.Equal([266, 2, 266], always.EncodeWithSpecials("the</s>the", end));
        Assert.Equal([266, 2, 265], first.EncodeWithSpecials("the</s>the", end));
        Assert.Equal([265], never.Encode("the"));
        Assert.Equal("the the", always.DecodeText(always.Encode("the the")));
        Assert.Equal(" the", never.DecodeText(never.Encode(" the")));
    }

    [Theory]
    [InlineData("Playing a-b", "[UNK] a - b")]
    [InlineData("plays", "play ##s")]
    [InlineData("ÀB", "a ##b")]
    [InlineData("a [MASK] b", "a [ [UNK] ] b")]
    public void Bert(string text, string pieces)
    {
        Tokenizer tokenizer = Read(BertFile);
        Assert.Equal(pieces, string.Join(' ', tokenizer.Encode(text).Select(tokenizer.Piece)));
        Assert.Equal(["[CLS]"], tokenizer.Prefix.Select(token => token.Text));
        Assert.Equal(["[SEP]"], tokenizer.Suffix.Select(token => token.Text));
        Assert.Equal("plays a.", tokenizer.DecodeText(tokenizer.Encode("PLAYS a .")));
    }

    [Theory]
    [InlineData("ab", "▁ab")]
    [InlineData("a b", "▁a ▁ b")]
    [InlineData("aé", "▁a <unk>")]
    [InlineData("  a  ", "▁a")]
    public void Unigram(string text, string pieces)
    {
        Tokenizer tokenizer = Read(
            """
            {"added_tokens": [{"id": 0, "content": "<unk>", "special": true}],
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]},
             "decoder": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true},
             "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["▁", -2.0], ["a", -3.0], ["b", -3.0], ["▁a", -3.5], ["▁ab", -5.0]]}}
            """);
        Assert.Equal(pieces, string.Join(' ', tokenizer.Encode(text).Select(tokenizer.Piece)));
    }

    [Theory]
    [InlineData("""{"type": "Whitespace"}""", "a, b!!x_1", "a|,|b|!!|x_1")]
    [InlineData("""{"type": "WhitespaceSplit"}""", " a,b  c", "a,b|c")]
    [InlineData("""{"type": "Punctuation"}""", "a,,b", "a|,|,|b")]
    [InlineData("""{"type": "Punctuation", "behavior": "Contiguous"}""", "a,,b", "a|,,|b")]
    [InlineData("""{"type": "Digits"}""", "a12b", "a|12|b")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a12b", "a|1|2|b")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "-"}""", "a-b--c", "a|b|c")]
    [InlineData("""{"type": "Split", "pattern": {"String": "."}, "behavior": "Removed", "invert": false}""", "a.b.", "a|b")]
    [InlineData("""{"type": "Split", "pattern": {"String": "."}, "behavior": "MergedWithPrevious", "invert": false}""", "a..b.c", "a.|.|b.|c")]
    [InlineData("""{"type": "Split", "pattern": {"String": "."}, "behavior": "MergedWithNext", "invert": false}""", "a..b.c", "a|.|.b|.c")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[a-z]+"}, "behavior": "Removed", "invert": true}""", "ab12cd", "ab|cd")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[a-z]"}, "behavior": "Contiguous", "invert": true}""", "ab12cd", "ab|12|cd")]
    [InlineData("""{"type": "BertPreTokenizer"}""", "Hey, you! x", "Hey|,|you|!|x")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits"}]}""", "a1 2b", "a|1|2|b")]
    public void Pre_tokenizers_cut_as_their_names_say(string preTokenizer, string text, string words)
    {
        PreTokenizer rule = Read(BertFile.Replace("""{"type": "BertPreTokenizer"}""", preTokenizer, StringComparison.Ordinal)).PreTokenizer;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Assert.Equal(words, string.Join('|', rule.Words(utf8).Select(word => Encoding.UTF8.GetString(utf8[word]))));
    }

    [Theory]
    [InlineData("\"single_word\": true", "xaby ab ab", "3 ab 3 ab")]
    [InlineData("\"lstrip\": true", "x  ab y", "x<ab> y")]
    [InlineData("\"rstrip\": true", "x  ab \n y", "x  <ab>y")]
    public void Added_tokens_mind_what_stands_around_them(string flag, string text, string expected)
    {
        Tokenizer plain = Samples.Tokenizer();
        using var stream = new MemoryStream();
        TokenizerJson.Save(plain, stream);
        string json = Encoding.UTF8.GetString(stream.ToArray());
        json = json.Replace("\"added_tokens\": [", $$"""
            "added_tokens": [{"id": 600, "content": "ab", "special": false, "normalized": false, {{flag}}},
            """, StringComparison.Ordinal);
        Tokenizer tokenizer = TokenizerJson.Parse(Encoding.UTF8.GetBytes(json));
        string found = string.Concat(tokenizer.Encode(text).Select(id => id == 600 ? "<ab>" : Encoding.UTF8.GetString(tokenizer.TokenBytes(id))));
        Assert.Equal(flag.Contains("single", StringComparison.Ordinal) ? "xaby <ab> <ab>" : expected, found);

        // The flags survive being written.
        using var again = new MemoryStream();
        TokenizerJson.Save(tokenizer, again);
        Assert.Equal(tokenizer.Encode(text), TokenizerJson.Parse(again.ToArray()).Encode(text));
    }

    [Fact]
    public void Text_is_composed_where_the_file_says_NFC()
    {
        using var stream = new MemoryStream();
        TokenizerJson.Save(Samples.Tokenizer(), stream);
        string json = Encoding.UTF8.GetString(stream.ToArray()).Replace("\"normalizer\": null", """ "normalizer": {"type": "NFC"} """, StringComparison.Ordinal);
        Tokenizer tokenizer = TokenizerJson.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(Samples.Tokenizer().Encode("café"), tokenizer.Encode("cafe\u0301"));
        Assert.False(tokenizer.IsLossless);
    }

    [Theory]
    [InlineData("(?<=a)b", "group of another kind")]
    [InlineData("a(?!bc)", "more than one character")]
    [InlineData("\\\\p{Greek}+", "\\p{Greek}")]
    [InlineData("a++", "possessive")]
    [InlineData("(a", "not closed")]
    [InlineData("[a", "not closed")]
    [InlineData("\\\\b", "escape \\b")]
    [InlineData("a{2000}", "repetitions")]
    [InlineData("(a|b)*a(a|b){12}", "too complex")]
    [InlineData("[[:alpha:]]", "POSIX")]
    [InlineData("a)", "closes nothing")]
    [InlineData("^a", "beginning")]
    public void Patterns_beyond_the_dialect_are_refused_by_name(string pattern, string reason)
    {
        string json = BertFile.Replace("""{"type": "BertPreTokenizer"}""", $$"""{"type": "Split", "pattern": {"Regex": "{{pattern}}"}, "behavior": "Isolated"}""", StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"type\": \"WordPiece\", \"prefix\"", "\"type\": \"CTC\", \"prefix\"", "decoder CTC")]
    [InlineData("\"type\": \"TemplateProcessing\"", "\"type\": \"Other\"", "post_processor Other")]
    [InlineData("\"ids\": [1]", "\"ids\": [99]", "adds the token 99")]
    [InlineData("\"id\": \"[SEP]\"", "\"id\": \"[X]\"", "There is no \"[X]\"")]
    [InlineData("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"[X]\"", "no unknown token")]
    [InlineData("BertNormalizer", "Nmt", "normalizer Nmt")]
    public void Parts_that_are_not_known_are_refused_by_name(string part, string other, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(BertFile.Replace(part, other, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    private const string BertFile =
        """
        {"added_tokens": [{"id": 0, "content": "[UNK]", "special": true}, {"id": 1, "content": "[CLS]", "special": true}, {"id": 2, "content": "[SEP]", "special": true},
            {"id": 3, "content": "[MASK]", "special": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1]}, "[SEP]": {"id": "[SEP]", "ids": [2]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "[MASK]": 3, "play": 4, "##s": 5, "a": 6, "b": 7, "-": 8, "##b": 9, "[": 10, "]": 11, ".": 12}}}
        """;

    /// <summary>The documents of the other kinds, for tests that damage them.</summary>
    internal static byte[][] Documents => [Encoding.UTF8.GetBytes(Llama.Replace(Bytes, ByteTokens, StringComparison.Ordinal)), Encoding.UTF8.GetBytes(BertFile), Encoding.UTF8.GetBytes(WithMetaspace("always"))];

    private static string WithMetaspace(string scheme) => Llama
        .Replace(Bytes, ByteTokens, StringComparison.Ordinal)
        .Replace("""{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""", "null", StringComparison.Ordinal)
        .Replace("\"pre_tokenizer\": null", $$"""
            "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": true}
            """, StringComparison.Ordinal)
        .Replace("""{"type": "Strip", "content": " ", "start": 1, "stop": 0}""", """{"type": "Metaspace", "replacement": "▁"}""", StringComparison.Ordinal);

    private static Tokenizer Read(string json) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.Replace(Bytes, ByteTokens, StringComparison.Ordinal)));
}
