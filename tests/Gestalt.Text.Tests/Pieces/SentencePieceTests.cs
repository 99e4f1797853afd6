using System.Diagnostics;
using System.Text;

namespace Gestalt.Text.Tests;

public sealed class SentencePieceTests
{
    [Theory]
    [InlineData(1, true, "ab▁é")]
    [InlineData(2, true, "ab▁é")]
    [InlineData(3, false, "ab▁é")]
    [InlineData(4, true, "a▁")]
    [InlineData(5, false, "abc▁𝒜")]
    public void Ids_equal_those_of_joining_the_best_pair_one_at_a_time(int seed, bool hasBytes, string letters)
    {
        for (int vocabularySeed = 100 * seed; vocabularySeed < 100 * seed + 8; vocabularySeed++)
        {
            StoredVocabulary vocabulary = SmallPieces.Random(vocabularySeed, hasBytes, letters.Replace("𝒜", "d", StringComparison.Ordinal));
            Tokenizer tokenizer = vocabulary.ToTokenizer();
            var random = new Random(vocabularySeed);
            for (int i = 0; i < 60; i++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(1, i % 10 == 0 ? 400 : 40)).Select(_ => random.Next(12) == 0 ? "xé字𝒜"[random.Next(2)].ToString() : letters[random.Next(2)] + (random.Next(4) == 0 ? " " : "")));
                Assert.Equal(SmallPieces.Merge(vocabulary, " " + text), tokenizer.Encode(text));
            }
        }
    }

    // The word has no blank in it, so that it is merged as a whole, in the way of short words and in that of long ones.
    [Fact]
    public void Words_of_every_length_equal_joining_the_best_pair_one_at_a_time()
    {
        for (int seed = 1; seed < 12; seed++)
        {
            StoredVocabulary vocabulary = SmallPieces.Random(seed);
            Tokenizer tokenizer = vocabulary.ToTokenizer();
            var random = new Random(seed);
            foreach (int length in (int[])[1, 9, 10, 11, 30, 61, 62, 63, 64, 65, 66, 100, 300, 700])
            {
                string word = string.Concat(Enumerable.Range(0, length).Select(_ => "aaab"[random.Next(4)]));
                Assert.Equal(SmallPieces.Merge(vocabulary, " " + word), tokenizer.Encode(word));
            }
        }
    }

    [Fact]
    public void Vocabularies_with_blanks_inside_pieces_are_merged_across_words()
    {
        StoredVocabulary vocabulary = Pieces(("a", -1), ("b", -2), ("▁", -3), ("a▁", -4), ("▁b", -5), ("a▁b", -6));
        Tokenizer tokenizer = vocabulary.ToTokenizer();
        Assert.Same(PreTokenizer.None, tokenizer.PreTokenizer);
        Assert.Equal(SmallPieces.Merge(vocabulary, " a b"), tokenizer.Encode("a b"));
        Assert.Equal(["▁", "a▁b"], Texts(tokenizer, "a b"));
    }

    [Fact]
    public void A_blank_is_put_before_a_text_and_after_each_special_token()
    {
        Tokenizer tokenizer = Pieces(("a", -1), ("▁", -2), ("▁a", -3)).ToTokenizer();
        Assert.Equal(["▁a"], Texts(tokenizer, "a"));
        Assert.Equal(["▁", "▁a"], Texts(tokenizer, " a"));
        Assert.Empty(tokenizer.Encode(""));
        SpecialToken end = tokenizer.Special.Get("</s>");
        Assert.Equal([.. tokenizer.Encode("a"), end, .. tokenizer.Encode("a")], tokenizer.EncodeWithSpecials("a</s>a", end));
        Tokenizer without = (Pieces(("a", -1), ("▁", -2), ("▁a", -3)) with { Flags = new Dictionary<string, bool> { ["add_space_prefix"] = false } }).ToTokenizer();
        Assert.Equal(["a"], Texts(without, "a"));
    }

    [Fact]
    public void Text_never_becomes_a_special_token_or_a_byte()
    {
        StoredVocabulary vocabulary = Pieces(("<", -1), ("s", -2), (">", -3), ("<s", -4), ("/", -5), ("</", -6), ("</s", -7), ("0", -8), ("x", -9), ("A", -10), ("<0", -11), ("<0x", -12), ("▁", -13));
        Tokenizer tokenizer = vocabulary.ToTokenizer();
        foreach (string text in (string[])["<s>", "</s>", "<unk>", "<0x0A>", "a<s>b</s>"])
        {
            int[] ids = tokenizer.Encode(text);
            Assert.DoesNotContain(ids, id => tokenizer.KindOf(id) is TokenKind.Control or TokenKind.Unknown);
            Assert.Equal(text, tokenizer.DecodeText(ids));
        }

        Assert.DoesNotContain(vocabulary.Tokens.IndexOf("<0x0A>"), tokenizer.Encode("<0x0A>"));
        Assert.Contains(vocabulary.Tokens.IndexOf("<0x0A>"), tokenizer.Encode("\n"));
    }

    [Fact]
    public void User_defined_pieces_are_found_first()
    {
        StoredVocabulary vocabulary = Pieces(("a", -1), ("▁", -2), ("▁a", -3), ("aa", -4), ("\n\n", 0));
        int[] types = [.. vocabulary.TokenTypes!];
        types[^1] = (int)TokenKind.UserDefined;
        Tokenizer tokenizer = (vocabulary with { TokenTypes = types }).ToTokenizer();
        Assert.Equal(["▁a", "\n\n", "▁a"], Texts(tokenizer, "a\n\na"));
        var ordinary = new List<int>();
        tokenizer.EncodeOrdinary("\n\n"u8, ordinary);
        Assert.Equal(["▁", "<0x0A>", "<0x0A>"], ordinary.Select(tokenizer.Piece));
    }

    [Fact]
    public void Roles_and_flags_are_those_of_the_file()
    {
        Tokenizer tokenizer = Pieces(("a", -1)).ToTokenizer();
        Assert.Equal(TokenizerKind.SentencePieceBpe, tokenizer.Kind);
        Assert.Equal("<s>", tokenizer.Special.Start?.Text);
        Assert.Equal("</s>", tokenizer.Special.End?.Text);
        Assert.Equal("<unk>", tokenizer.Special.Unknown?.Text);
        Assert.Equal([2], tokenizer.Special.Stops);
        Assert.True(tokenizer.AddsStart);
        Assert.False(tokenizer.AddsEnd);
        Assert.Equal([1], tokenizer.Prefix.Select(token => token.Id));
        Tokenizer other = (Pieces(("a", -1)) with
        {
            Ids = new Dictionary<string, long> { ["bos_token_id"] = 2, ["eot_token_id"] = 1, ["fim_pre_token_id"] = 3, ["eos_token_id"] = 99_999 },
            Flags = new Dictionary<string, bool> { ["add_bos_token"] = false, ["add_eos_token"] = true },
        }).ToTokenizer();
        Assert.Equal((2, 2, 1, 3), (other.Special.Start!.Value.Id, other.Special.End!.Value.Id, other.Special.EndOfTurn!.Value.Id, other.Special.FillPrefix!.Value.Id));
        Assert.Equal([1, 2], other.Special.Stops);
        Assert.False(other.AddsStart);
        Assert.Equal([2], other.Suffix.Select(token => token.Id));
    }

    [Fact]
    public void Streaming_gives_the_text_whole_whatever_the_bytes()
    {
        Tokenizer tokenizer = SmallPieces.Random(1).ToTokenizer();
        const string text = "ab 字𝒜 é\n  b";
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(text, tokenizer.DecodeText(ids));
        var decoder = new StreamDecoder(tokenizer);
        Assert.Equal(text, string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
        Assert.Equal(text, string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
        var going = new StreamDecoder(tokenizer, continues: true);
        Assert.Equal(" " + text, string.Concat(ids.Select(going.Push)) + going.Flush());
        int start = tokenizer.Special.Start!.Value;
        Assert.Equal(text, tokenizer.DecodeText([start, .. ids], skipSpecial: true));
        var skipping = new StreamDecoder(tokenizer, skipSpecial: true);
        Assert.Equal(text, skipping.Push(start) + string.Concat(ids.Select(skipping.Push)) + skipping.Flush());
        byte[] invalid = [0xFF, (byte)'a', 0xC3, 0x80, 0xED, 0xA0];
        Assert.Equal(invalid, tokenizer.Decode(tokenizer.Encode(invalid)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("字")]
    [InlineData("ab")]
    [InlineData("a ")]
    public void A_megabyte_takes_little_time(string repeated)
    {
        Tokenizer tokenizer = SmallPieces.Random(7).ToTokenizer();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, 1_000_000 / Encoding.UTF8.GetByteCount(repeated))));
        long start = Stopwatch.GetTimestamp();
        int[] ids = tokenizer.Encode(text);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 5, "The target is 100 ms on an idle machine.");
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    private static string[] Texts(Tokenizer tokenizer, string text) => [.. tokenizer.Encode(text).Select(tokenizer.Piece)];

    private static StoredVocabulary Pieces(params (string Text, float Score)[] pieces)
    {
        StoredVocabulary bytes = SmallPieces.Random(1);
        return new StoredVocabulary
        {
            Model = "llama",
            Tokens = [.. bytes.Tokens.Take(259), .. pieces.Select(piece => piece.Text)],
            TokenTypes = [.. bytes.TokenTypes!.Take(259), .. pieces.Select(_ => 1)],
            Scores = [.. new float[259], .. pieces.Select(piece => piece.Score)],
        };
    }
}

/// <summary>What lists lack.</summary>
file static class Lists
{
    public static int IndexOf(this IReadOnlyList<string> list, string text) => list.ToList().IndexOf(text);
}
