using System.Text;

namespace Gestalt.Text.Tests;

public sealed class WordPieceTests
{
    private static readonly Tokenizer Tokenizer = SmallPieces.Bert("▁un", "able", "▁play", "▁a", "ing", "▁!", "▁,", "▁uno", "▁字", "s", "▁e", "▁'", "▁i", "y").ToTokenizer();

    [Theory]
    [InlineData("unable", "▁un able")]
    [InlineData("Playing, PLAYS!", "▁play ing ▁, ▁play s ▁!")]
    [InlineData("uno unos", "▁uno ▁uno s")]
    [InlineData("unx un", "[UNK] ▁un")]
    [InlineData("a字字a", "▁a ▁字 ▁字 ▁a")]
    [InlineData("É e\u0301\u0000\u200B\tA", "▁e ▁e ▁a")]
    [InlineData("", "")]
    [InlineData(" \n\t ", "")]
    [InlineData("a'a", "▁a ▁' ▁a")]
    [InlineData("İ", "▁i")]
    [InlineData("[CLS]", "[UNK] [UNK] [UNK]")]
    public void Words_become_the_longest_pieces(string text, string pieces) => Assert.Equal(pieces, string.Join(' ', Tokenizer.Encode(text).Select(Tokenizer.Piece)));

    [Fact]
    public void A_word_of_more_than_a_hundred_characters_is_unknown()
    {
        Tokenizer tokenizer = SmallPieces.Bert("▁a", "a", "▁é").ToTokenizer();
        Assert.Equal(100, tokenizer.Encode(new string('a', 100)).Length);
        Assert.Equal([1], tokenizer.Encode(new string('a', 101)));
        Assert.Equal([1], tokenizer.Encode(new string('a', 1_000_000)));
    }

    [Fact]
    public void A_sequence_begins_and_ends_with_its_special_tokens()
    {
        Assert.Equal(TokenizerKind.WordPiece, Tokenizer.Kind);
        Assert.Equal(["[CLS]"], Tokenizer.Prefix.Select(token => token.Text));
        Assert.Equal(["[SEP]"], Tokenizer.Suffix.Select(token => token.Text));
        Assert.Equal([2, .. Tokenizer.Encode("a"), 3], Tokenizer.EncodeWithSpecials("[CLS]a[SEP]", Tokenizer.Special.Start!.Value, Tokenizer.Special.End!.Value));
    }

    [Fact]
    public void Decoding_puts_words_together_and_streaming_does_the_same()
    {
        int[] ids = Tokenizer.Encode("Unable, playing!");
        Assert.Equal("unable, playing!", Tokenizer.DecodeText(ids));
        var decoder = new StreamDecoder(Tokenizer);
        Assert.Equal("unable, playing!", string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
    }

    [Fact]
    public void Random_text_equals_taking_the_longest_piece_each_time()
    {
        string[] words = ["▁a", "▁b", "▁ab", "a", "b", "bab", "aab", "▁aba", "▁字", "▁.", "▁e"];
        Tokenizer tokenizer = SmallPieces.Bert(words).ToTokenizer();
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 20).Select(_ => "aabb .字éx "[random.Next(10)]));
            Assert.Equal(Naive(words, text), tokenizer.Encode(text));
        }
    }

    private static List<int> Naive(string[] words, string text)
    {
        var spaced = new StringBuilder();
        foreach (char letter in text.Replace('é', 'e'))
        {
            spaced.Append(letter is '.' or '字' ? $" {letter} " : letter);
        }

        var ids = new List<int>();
        foreach (string word in spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var found = new List<int>();
            for (string rest = "▁" + word; rest.Length > 0;)
            {
                string? best = words.Where(piece => rest.StartsWith(piece, StringComparison.Ordinal)).MaxBy(piece => piece.Length);
                if (best is null)
                {
                    found = [1];
                    break;
                }

                found.Add(4 + Array.IndexOf(words, best));
                rest = rest[best.Length..];
            }

            ids.AddRange(found);
        }

        return ids;
    }
}
