using System.Text;

namespace Gestalt.Text.Tests;

public sealed class BpeTrainerTests
{
    public static TheoryData<PreTokenizer, int> RulesAndThreads
    {
        get
        {
            var data = new TheoryData<PreTokenizer, int>();
            foreach (PreTokenizer rule in PreTokenizer.All)
            {
                for (int threads = 1; threads <= 3; threads++)
                {
                    data.Add(rule, threads);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RulesAndThreads))]
    public void Merges_equal_those_of_counting_all_pairs_anew(PreTokenizer rule, int threads)
    {
        Tokenizer tokenizer = BpeTrainer.Train(Samples.Documents, 256 + 240, rule, [], threads);
        List<(string, string)> expected = Naive.Train(Samples.Documents.Select(text => text.ToArray()), rule, 240, minimumCount: 2);
        Assert.Equal(expected, Merges(tokenizer));
    }

    [Fact]
    public void Merges_equal_the_naive_ones_where_ties_and_runs_abound()
    {
        var random = new Random(11);
        for (int i = 0; i < 100; i++)
        {
            int letters = random.Next(1, 4);
            byte[][] documents =
            [
                .. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Enumerable.Range(0, random.Next(1, 120)).Select(_ => random.Next(9) == 0 ? (byte)' ' : (byte)('a' + random.Next(letters))).ToArray()),
            ];
            int minimum = random.Next(1, 4);
            List<(string, string)> expected = Naive.Train(documents, PreTokenizer.Gpt2, 60, minimum);
            Tokenizer tokenizer = BpeTrainer.Train(Memories(documents), 256 + expected.Count, PreTokenizer.Gpt2, [], random.Next(1, 4), minimumCount: minimum);
            Assert.Equal(expected, Merges(tokenizer));
            Assert.Equal(tokenizer.VocabularySize, tokenizer.Tokens().Distinct().Count());
        }
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void The_first_merges_of_a_textbook_example_are_known()
    {
        // low ×5, lower ×2, newest ×6, widest ×3. es and st both occur 9 times; e has the smaller id.
        string text = string.Concat(Enumerable.Repeat("low\n", 5).Concat(Enumerable.Repeat("lower\n", 2)).Concat(Enumerable.Repeat("newest\n", 6)).Concat(Enumerable.Repeat("widest\n", 3)));
        Tokenizer tokenizer = BpeTrainer.Train([Encoding.UTF8.GetBytes(text)], 256 + 10, PreTokenizer.Gpt2, []);
        Assert.Equal(["e s", "es t", "l o", "lo w", "e w", "n ew", "new est", "d est", "i dest", "w idest"], tokenizer.Merges());
        Assert.Equal("newest", Encoding.UTF8.GetString(tokenizer.TokenBytes(262)));
    }

    [Fact]
    public void Ids_are_bytes_then_merges_then_special_tokens()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        for (int value = 0; value < 256; value++)
        {
            Assert.Equal([(byte)value], tokenizer.TokenBytes(value).ToArray());
        }

        Assert.Equal(500, tokenizer.VocabularySize);
        Assert.Equal([493, 494, 495, 496, 497, 498, 499], tokenizer.Special.Select(token => token.Id));
        Assert.Equal(493, tokenizer.Special.EndOfText.Id);
        Assert.Equal(494, tokenizer.Special.MessageStart.Id);
        Assert.Equal(495, tokenizer.Special.MessageEnd.Id);
        Assert.Equal(["<tool_call>", "</tool_call>", "<think>", "</think>"], tokenizer.Special.Skip(3).Select(token => token.Text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(5000)]
    public void Documents_are_shared_out_in_chunks_that_cut_no_word(int chunkBytes)
    {
        byte[] large = RandomText.Next(new Random(12), 20_000);
        foreach (PreTokenizer rule in PreTokenizer.All)
        {
            var words = new WordTable();
            foreach (Range range in rule.Words(large))
            {
                words.Add(large.AsSpan(range), 1);
            }

            using var counter = new WordCounter([large], rule, chunkBytes: chunkBytes);
            Assert.Equal(Sorted(words), Sorted(counter.Count(threads: 3)));
            Assert.Equal(large.Length, counter.BytesRead);
        }
    }

    [Fact]
    public void A_vocabulary_larger_than_the_text_supports_is_refused_with_the_possible_size()
    {
        byte[] text = "abab abab"u8.ToArray();
        VocabularyTooLargeException refused = Assert.Throws<VocabularyTooLargeException>(() => BpeTrainer.Train([text], 4096));
        Assert.Equal(256 + 2 + 7, refused.Possible);
        Assert.Equal(4096, refused.Wanted);
        Assert.Contains("at most 265 tokens", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["a b", "ab ab"], BpeTrainer.Train([text], refused.Possible).Merges());
        Assert.Equal(265, Assert.Throws<VocabularyTooLargeException>(() => BpeTrainer.Train([text], int.MaxValue)).Possible);
        Assert.Throws<VocabularyTooLargeException>(() => BpeTrainer.Train([], 300));
        Assert.Equal(263, BpeTrainer.Train([], 263).VocabularySize);
    }

    [Fact]
    public void A_vocabulary_too_small_for_the_bytes_or_with_a_special_token_twice_is_refused()
    {
        Assert.Contains("at least 263 tokens", Assert.Throws<ArgumentOutOfRangeException>(() => BpeTrainer.Train(Samples.Documents, 262)).Message, StringComparison.Ordinal);
        Assert.Contains("<|x|>", Assert.Throws<ArgumentException>(() => BpeTrainer.Train(Samples.Documents, 300, specials: ["<|x|>", "<|x|>"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_are_fetched_one_at_a_time_and_errors_come_through()
    {
        int alive = 0;
        IEnumerable<ReadOnlyMemory<byte>> Source()
        {
            for (int i = 0; i < 10; i++)
            {
                alive++;
                yield return Samples.Documents[0];
            }

            throw new IOException("The disk is gone.");
        }

        Assert.Equal("The disk is gone.", Assert.Throws<IOException>(() => BpeTrainer.Train(Source(), 300, threads: 2)).Message);
        Assert.Equal(10, alive);
    }

    [Fact]
    public void Training_can_be_stopped_and_tells_how_far_it_is()
    {
        using var stop = new CancellationTokenSource();
        var reports = new List<BpeProgress>();
        var progress = new Recorder(report =>
        {
            reports.Add(report);
            if (report.Merges >= 64)
            {
                stop.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => BpeTrainer.Train(Samples.Documents, 500, threads: 1, progress: progress, cancellation: stop.Token));
        Assert.Contains(new BpeProgress(Samples.Documents.Sum(text => (long)text.Length), 64, 500 - 263), reports);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Memories(byte[][] documents) => documents.Select(text => (ReadOnlyMemory<byte>)text);

    private static List<(string, long)> Sorted(WordTable words) =>
        [.. words.Words().Select(word => (Convert.ToHexString(word.Word.Span), word.Count)).OrderBy(word => word.Item1, StringComparer.Ordinal)];

    private static List<(string, string)> Merges(Tokenizer tokenizer) =>
        [.. tokenizer.MergeList.Select(merge => (Latin1(tokenizer, merge.Left), Latin1(tokenizer, merge.Right)))];

    private static string Latin1(Tokenizer tokenizer, int id) => Encoding.Latin1.GetString(tokenizer.TokenBytes(id));

    private sealed class Recorder(Action<BpeProgress> action) : IProgress<BpeProgress>
    {
        public void Report(BpeProgress value) => action(value);
    }
}
