namespace Gestalt.Text.Tests;

public sealed class UnigramTests
{
    private static readonly (string Text, float Score)[] Pieces =
        [("▁", -2), ("a", -3), ("b", -3.5f), ("▁a", -2.5f), ("ab", -4), ("ba", -4.25f), ("▁ab", -4.5f), ("aba", -6), ("bb", -5), ("é", -7), ("▁b", -3.1f)];

    [Fact]
    public void The_way_with_the_greatest_sum_is_taken()
    {
        Tokenizer tokenizer = Stored(addsBlank: true).ToTokenizer();
        var random = new Random(4);
        for (int i = 0; i < 300; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => "aabbé x"[random.Next(7)]));
            string normalized = (text.Trim(' ').Length > 0 ? "▁" : "") + text.Replace(' ', '▁');
            int[] ids = tokenizer.Encode(text);
            double score = ids.Sum(Score) - 17 * UnknownRuns(ids, normalized, tokenizer);
            Assert.True(Math.Abs(Best(normalized) - score) < 1e-4, $"{text}: {string.Join(' ', ids.Select(tokenizer.Piece))}");
        }
    }

    [Fact]
    public void Unknown_characters_side_by_side_are_one_token()
    {
        Tokenizer tokenizer = Stored(addsBlank: true).ToTokenizer();
        Assert.Equal(["▁a", "<unk>", "b"], tokenizer.Encode("axyzb").Select(tokenizer.Piece));
        Assert.Equal(["</s>"], tokenizer.Suffix.Select(token => token.Text));
        Assert.False(tokenizer.AddsStart);
        Assert.Equal("ab b", tokenizer.DecodeText(tokenizer.Encode("ab b")));
    }

    [Fact]
    public void Blanks_are_joined_where_the_file_says_so()
    {
        Tokenizer tokenizer = Stored(addsBlank: true, joinsBlanks: true).ToTokenizer();
        Assert.Equal(tokenizer.Encode("a b"), tokenizer.Encode("  a   b  "));
        Assert.NotEqual(Stored(addsBlank: true).ToTokenizer().Encode("a b"), Stored(addsBlank: true).ToTokenizer().Encode("a  b"));
    }

    [Fact]
    public void A_table_of_replacements_that_is_damaged_is_refused()
    {
        foreach (byte[] table in (byte[][])[[1, 2], [255, 255, 255, 255, 0], [8, 0, 0, 0, 1, 2, 3], [0, 0, 0, 0]])
        {
            Assert.Contains("character map", Assert.Throws<InvalidDataException>(() => (Stored(addsBlank: true) with { CharacterMap = table }).ToTokenizer()).Message, StringComparison.Ordinal);
        }
    }

    // A trie by hand: the root's children are at unit 0 ^ 1 << 10 >> 10 = 1 ^ label; 'A' (0x41) leads to unit 0x40, whose value hangs at 0x40 ^ 2 = 0x42: the replacement "a".
    [Fact]
    public void A_table_of_replacements_is_carried_out()
    {
        var units = new uint[0x100];
        units[0] = 1u << 10;
        units[0x40] = 0x41 | 1u << 8 | 2u << 10;
        units[0x42] = 0x80000000;
        byte[] table = [.. BitConverter.GetBytes(4 * units.Length), .. units.SelectMany(BitConverter.GetBytes), (byte)'a', 0];
        Tokenizer tokenizer = (Stored(addsBlank: true) with { CharacterMap = table }).ToTokenizer();
        Assert.Equal(tokenizer.Encode("aba b"), tokenizer.Encode("AbA b"));
    }

    private static double Score(int id) => id < 3 ? 0 : Pieces[id - 3].Score;

    // The lowest score is -7, an unknown character costs 10 more.
    private static int UnknownRuns(int[] ids, string normalized, Tokenizer tokenizer) =>
        normalized.Length - ids.Where(id => id >= 3).Sum(id => tokenizer.Piece(id).Length);

    private static double Best(string text)
    {
        double[] best = [0, .. Enumerable.Repeat(double.NegativeInfinity, text.Length)];
        for (int end = 1; end <= text.Length; end++)
        {
            best[end] = best[end - 1] + (Pieces.Any(piece => piece.Text == text[(end - 1)..end]) ? double.NegativeInfinity : -17);
            foreach ((string piece, float score) in Pieces)
            {
                if (text.AsSpan(0, end).EndsWith(piece, StringComparison.Ordinal))
                {
                    best[end] = Math.Max(best[end], best[end - piece.Length] + score);
                }
            }
        }

        return best[^1];
    }

    private static StoredVocabulary Stored(bool addsBlank, bool joinsBlanks = false) => new()
    {
        Model = "t5",
        Tokens = ["<pad>", "</s>", "<unk>", .. Pieces.Select(piece => piece.Text)],
        TokenTypes = [3, 3, 2, .. Pieces.Select(_ => 1)],
        Scores = [0, 0, 0, .. Pieces.Select(piece => piece.Score)],
        Flags = new Dictionary<string, bool> { ["add_space_prefix"] = addsBlank, ["remove_extra_whitespaces"] = joinsBlanks },
    };
}
