using System.Text;

namespace Gestalt.Text.Tests;

public sealed class EncodingTests
{
    public static TheoryData<string> Rules => Samples.Rules;

    [Theory]
    [Trait("Speed", "Smoke")]
    [MemberData(nameof(Rules))]
    public void Encode_then_decode_returns_the_same_bytes(string rule)
    {
        Tokenizer tokenizer = Samples.Tokenizer(rule);
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = i % 2 == 0 ? RandomText.Bytes(random, random.Next(200)) : RandomText.Next(random, random.Next(60));
            Assert.Equal(bytes, tokenizer.Decode(tokenizer.Encode(bytes)));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Ids_equal_those_of_merging_one_pair_at_a_time(string rule)
    {
        Tokenizer tokenizer = Samples.Tokenizer(rule);
        var random = new Random(2);
        for (int i = 0; i < 20; i++)
        {
            byte[] bytes = RandomText.Next(random, 40);
            Assert.Equal(Naive.Encode(tokenizer, bytes), tokenizer.Encode(bytes));
        }
    }

    // 31 to 33 and 64 to 65 bytes are where the cache, the short and the long merge take turns.
    [Fact]
    public void Words_of_every_length_equal_merging_one_pair_at_a_time()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        var random = new Random(3);
        foreach (int length in Enumerable.Range(1, 140).Concat([500, 1000]))
        {
            byte[] letters = [.. Enumerable.Range(0, length).Select(_ => (byte)(length % 2 == 0 ? "theskaolnd" : "aaaaaaaaae")[random.Next(10)])];
            byte[] blanks = [.. Enumerable.Repeat((byte)'a', length)];
            foreach (byte[] word in (byte[][])[letters, blanks, [.. blanks, .. letters], [.. letters, .. "é"u8, .. letters]])
            {
                Assert.Equal(Naive.Encode(tokenizer, word), tokenizer.Encode(word));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Merges_in_an_order_that_no_training_yields_are_applied_in_that_order(int seed)
    {
        Tokenizer tokenizer = Samples.Shuffled(seed);
        var random = new Random(seed);
        for (int i = 0; i < 12; i++)
        {
            byte[] word = [.. Enumerable.Range(0, 40 * i + 5).Select(_ => (byte)(i % 2 == 0 ? "theskaolnd" : "aaaaaaaaae")[random.Next(10)])];
            Assert.Equal(Naive.Encode(tokenizer, word), tokenizer.Encode(word));
        }
    }

    // As the files of Llama 3 do: of each token every way to cut it in two, ordered by the token's id.
    [Fact]
    public void A_list_of_all_ways_to_make_each_token_gives_the_same_ids()
    {
        Tokenizer trained = Samples.Tokenizer();
        string[] tokens = trained.Tokens();
        HashSet<string> known = [.. tokens[..497]];
        string[] merges =
        [
            .. tokens[256..497].SelectMany(token => Enumerable.Range(1, token.Length - 1)
                .Where(cut => known.Contains(token[..cut]) && known.Contains(token[cut..])).Select(cut => $"{token[..cut]} {token[cut..]}")),
        ];
        Dictionary<string, int> lastMade = merges.Index().GroupBy(merge => merge.Item.Replace(" ", "", StringComparison.Ordinal)).ToDictionary(made => made.Key, made => made.Max(merge => merge.Index));
        Assert.Contains(merges.Index(), merge => merge.Item.Split(' ').Any(part => lastMade.GetValueOrDefault(part, -1) > merge.Index));
        Tokenizer all = Tokenizer.FromVocabulary(tokens, merges, trained.TokenTypes(), trained.PreTokenizer);
        Assert.Equal(merges, all.Merges());
        var random = new Random(6);
        for (int i = 0; i < 500; i++)
        {
            byte[] text = RandomText.Next(random, 30);
            Assert.Equal(trained.Encode(text), all.Encode(text));
        }
    }

    [Fact]
    public void A_second_encoding_from_the_cache_equals_the_first()
    {
        Tokenizer tokenizer = BpeTrainer.Train(Samples.Documents, 400, threads: 1);
        var random = new Random(4);
        byte[][] texts = [.. Enumerable.Range(0, 3000).Select(_ => RandomText.Next(random, 20))];
        int[][] first = [.. texts.Select(text => tokenizer.Encode(text))];
        Assert.Equal(first, texts.Select(text => tokenizer.Encode(text)));

        // In the opposite order, other words have taken the places.
        Tokenizer fresh = BpeTrainer.Train(Samples.Documents, 400, threads: 1);
        Assert.Equal(first.Reverse(), texts.Reverse().Select(text => fresh.Encode(text)));
    }

    [Fact]
    public void Words_that_differ_in_trailing_zero_bytes_only_are_kept_apart()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        for (int zeros = 0; zeros < 32; zeros++)
        {
            byte[] word = [(byte)'!', .. new byte[zeros]];
            Assert.Equal(word, tokenizer.Decode(tokenizer.Encode(word)));
        }
    }

    [Fact]
    public void Ids_are_appended_to_a_list()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        var ids = new List<int> { 7, 8 };
        tokenizer.Encode("the sea"u8, ids);
        tokenizer.Encode(""u8, ids);
        Assert.Equal([7, 8, .. tokenizer.Encode("the sea")], ids);
    }

    [Fact]
    public void Any_number_of_threads_may_encode_at_once()
    {
        Tokenizer tokenizer = BpeTrainer.Train(Samples.Documents, 450, threads: 1);
        var random = new Random(5);
        byte[][] texts = [.. Enumerable.Range(0, 200).Select(_ => RandomText.Next(random, 200))];
        int[][] expected = [.. texts.Select(text => tokenizer.Encode(text))];
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (!tokenizer.Encode(texts[i % texts.Length]).AsSpan().SequenceEqual(expected[i % texts.Length]))
            {
                throw new InvalidOperationException($"Text {i % texts.Length} came out differently.");
            }
        });
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_refused()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        Assert.Contains("ids 0 to 499", Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([3, 500])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(-1));
    }

    [Fact]
    public void Decoding_to_text_replaces_what_is_not_UTF8()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        Assert.Equal("a\uFFFD", tokenizer.DecodeText(tokenizer.Encode([(byte)'a', 0xFF])));
        Assert.Equal(Samples.Text, tokenizer.DecodeText(tokenizer.Encode(Samples.Text)));
        Assert.True(tokenizer.Encode(Samples.Text).Length < Encoding.UTF8.GetByteCount(Samples.Text) / 2);
    }
}
