using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Traces end where encoding ends, and every step is the one that the rule demands.</summary>
public sealed class TraceTests
{
    private const string Text = "The lighthouse keeper's daughter: 漢字, naïve café 😀 x\r\n  12345 — “aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa”";

    [Fact]
    public void Byte_pairs_end_in_the_ids_of_encoding_and_join_the_lowest_rank_first()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        AssertEndsInIds(tokenizer, Text);
        Dictionary<(string, string), int> ranks = tokenizer.Merges().Select((merge, rank) => (merge.Split(' '), rank)).ToDictionary(merge => (merge.Item1[0], merge.Item1[1]), merge => merge.rank);
        AssertLowestRankFirst(tokenizer, Text, (left, right) => ranks.TryGetValue((left, right), out int rank) ? rank : null);
    }

    [Fact]
    public void Shuffled_merges_are_traced_as_they_are_applied()
    {
        for (int seed = 0; seed < 5; seed++)
            AssertEndsInIds(Samples.Shuffled(seed), Text);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Pairs_of_characters_join_the_highest_score_first_and_fall_back(int seed, bool hasBytes)
    {
        StoredVocabulary vocabulary = SmallPieces.Random(seed, hasBytes);
        Tokenizer tokenizer = vocabulary.ToTokenizer();
        const string text = "ab ba aab字éx b𝒜aba xx";
        AssertEndsInIds(tokenizer, text);
        float[] different = [.. vocabulary.Scores!.Distinct().OrderDescending()];
        Dictionary<string, float> scores = vocabulary.Tokens.Select((piece, id) => (piece, id)).Where(token => vocabulary.TokenTypes![token.id] == 1).ToDictionary(token => token.piece, token => vocabulary.Scores![token.id]);
        AssertLowestRankFirst(tokenizer, text, (left, right) => scores.TryGetValue(left + right, out float score) ? Array.IndexOf(different, score) : null);
    }

    [Fact]
    public void Word_pieces_take_the_longest_first_and_give_up_on_words_that_do_not_come_out_even()
    {
        Tokenizer tokenizer = SmallPieces.Bert("▁un", "aff", "affa", "ble", "▁the", "▁a").ToTokenizer();
        AssertEndsInIds(tokenizer, "unaffable the xyz a");
        IReadOnlyList<WordTrace> words = tokenizer.Trace("unaffable xyz");
        Assert.Equal(TraceMethod.LongestFirst, words[0].Method);
        Assert.Equal(9, words[0].Start.Count);
        Assert.All(words[0].Start, symbol => Assert.Equal(-1, symbol.Id));
        Assert.Equal([1], words[1].End.Select(symbol => symbol.Id));
    }

    [Fact]
    public void The_best_path_is_traced()
    {
        var vocabulary = new StoredVocabulary
        {
            Model = "t5",
            Tokens = ["<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab", "bb"],
            TokenTypes = [3, 3, 2, 1, 1, 1, 1, 1, 1],
            Scores = [0, 0, 0, -2, -3, -3.5f, -4, -4.5f, -5],
        };
        Tokenizer tokenizer = vocabulary.ToTokenizer();
        AssertEndsInIds(tokenizer, "abb ab xyab");
        WordTrace word = tokenizer.Trace("abb")[0];
        Assert.Equal(TraceMethod.BestPath, word.Method);
        Assert.All(word.Steps, step => Assert.NotNull(step.Score));
    }

    [Fact]
    public void Special_tokens_are_traced_only_where_they_are_read()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        string name = tokenizer.Special[0].Text;
        string text = $"so {name} it is";
        Assert.DoesNotContain(tokenizer.Trace(text), word => word.Method == TraceMethod.Added);
        IReadOnlyList<WordTrace> read = tokenizer.Trace(text, readsSpecials: true);
        Assert.Equal(tokenizer.Special[0].Id, Assert.Single(read, word => word.Method == TraceMethod.Added).End[0].Id);
        Assert.Equal(tokenizer.EncodeWithSpecials(text, [.. tokenizer.Special]), read.SelectMany(word => word.End).Select(symbol => symbol.Id));
    }

    [Fact]
    public void The_word_of_any_token_is_found_and_a_word_that_is_too_long_is_refused()
    {
        Tokenizer tokenizer = Samples.Tokenizer();
        byte[] utf8 = Encoding.UTF8.GetBytes(Text);
        int token = 0;
        foreach (WordTrace word in tokenizer.Trace(Text))
        {
            for (int i = 0; i < word.End.Count; i++, token++)
            {
                WordTrace found = tokenizer.TraceToken(utf8, token)!;
                Assert.Equal(word.FirstToken, found.FirstToken);
                Assert.Equal(word.End.Select(symbol => symbol.Id), found.End.Select(symbol => symbol.Id));
            }
        }

        Assert.Null(tokenizer.TraceToken(utf8, token));
        byte[] endless = [.. "ok "u8, .. Enumerable.Repeat((byte)'x', Tokenizer.LongestTracedWord + 1)];
        Assert.NotNull(tokenizer.TraceToken(endless, 0));
        ArgumentException problem = Assert.Throws<ArgumentException>(() => tokenizer.TraceToken(endless, 3));
        Assert.Contains("4098 bytes", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("deepseek-coder")]
    public void Published_vocabularies_are_traced_to_the_published_ids(string name)
    {
        string path = SharedData.Path($"vocab/ggml-vocab-{name}.gguf");
        Tokenizer tokenizer = new GgufVocabulary(path).ToTokenizer();
        foreach (string text in File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n"))
            AssertEndsInIds(tokenizer, text);
    }

    private static void AssertEndsInIds(Tokenizer tokenizer, string text)
    {
        IReadOnlyList<WordTrace> words = tokenizer.Trace(text);
        Assert.Equal(tokenizer.Encode(text), words.SelectMany(word => word.End).Select(symbol => symbol.Id));
        int token = 0;
        foreach (WordTrace word in words)
        {
            Assert.Equal(token, word.FirstToken);
            token += word.End.Count;
            Assert.All(word.End, symbol => Assert.Equal(tokenizer.TokenBytes(symbol.Id), symbol.Bytes.Span));
        }
    }

    /// <summary>Each merge has the lowest rank of all neighbours at that moment and is the leftmost of that rank, and after the last merge nothing merges.</summary>
    private static void AssertLowestRankFirst(Tokenizer tokenizer, string text, Func<string, string, int?> rank)
    {
        foreach (WordTrace word in tokenizer.Trace(text))
        {
            int merges = word.Steps.Count(step => step.Rank is not null);
            for (int step = 0; step <= merges; step++)
            {
                IReadOnlyList<TraceSymbol> symbols = word.After(step);
                int?[] ranks = [.. symbols.Zip(symbols.Skip(1), (left, right) => rank(Name(left), Name(right)))];
                if (step == merges)
                {
                    Assert.All(ranks, Assert.Null);
                    break;
                }

                Assert.Equal(ranks.Min(), word.Steps[step].Rank);
                Assert.Equal(Array.IndexOf(ranks, ranks.Min()), word.Steps[step].At);
            }
        }

        string Name(TraceSymbol symbol) => symbol.Id >= 0 ? tokenizer.Piece(symbol.Id) : Encoding.UTF8.GetString(symbol.Bytes.Span);
    }
}
