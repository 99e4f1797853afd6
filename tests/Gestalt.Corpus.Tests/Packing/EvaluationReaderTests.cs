namespace Gestalt.Corpus.Tests.Packing;

public sealed class EvaluationReaderTests
{
    private const int EndOfText = 0;

    private static (TokenDataset Data, int[] Lengths) Documents()
    {
        int[] lengths = [5, 0, 64, 65, 63, 1, 1000, 17, 300, 128];
        int next = 1;
        int[][] documents = [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => next++).ToArray())];
        return (TokenDataset.FromDocuments(documents, next, EndOfText), lengths);
    }

    private static int[] TokenBytes(TokenDataset data) => [.. Enumerable.Range(0, data.VocabularySize).Select(id => id % 7)];

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData(64, 64, 3)]
    [InlineData(64, 32, 3)]
    [InlineData(64, 1, 5)]
    [InlineData(64, 0, 1)]
    [InlineData(100, 37, 2)]
    [InlineData(1, 1, 4)]
    [InlineData(5000, 0, 2)]
    public void Every_token_is_scored_exactly_once_with_the_context_that_the_stride_promises(int length, int stride, int rows)
    {
        (TokenDataset data, int[] lengths) = Documents();
        int[] tokenBytes = TokenBytes(data);
        var reader = new EvaluationReader(data, length, stride, tokenBytes);
        int[] firstOfDocument = [.. lengths.Scan().Select(before => before + 1)];
        var scored = new List<int>();
        int filled;
        int rowsRead = 0;
        do
        {
            var batch = new Batch(rows, length);
            filled = reader.Fill(batch.Rows);
            rowsRead += filled;
            for (int i = 0; i < batch.Inputs.Length; i++)
            {
                if (batch.Weights[i] == 0)
                    continue;
                int token = batch.Targets[i];
                scored.Add(token);
                int document = Array.FindLastIndex(firstOfDocument, first => first <= token);
                int index = token - firstOfDocument[document];
                Assert.Equal(index == 0 ? EndOfText : token - 1, batch.Inputs[i]);
                Assert.True(batch.Positions[i] == index || batch.Positions[i] >= length - reader.Stride, "too little context");
            }
        }
        while (filled == rows);

        Assert.Equal(Enumerable.Range(1, lengths.Sum()), scored.Order());
        Assert.Equal((reader.RowCount, lengths.Sum()), (rowsRead, (int)reader.Tokens));
        Assert.Equal(scored.Sum(id => tokenBytes[id]), reader.Bytes);
        Assert.Equal(0, reader.Fill(new Batch(rows, length).Rows));
        reader.Restart();
        Assert.NotEqual(0, reader.Fill(new Batch(rows, length).Rows));
    }

    [Fact]
    public void A_limit_takes_evenly_spaced_windows_the_same_each_time()
    {
        (TokenDataset data, _) = Documents();
        var reader = new EvaluationReader(data, 32, 32, TokenBytes(data), maximumTokens: 400);
        Assert.InRange(reader.Tokens, 200, 400);
        int[] Targets()
        {
            var batch = new Batch(reader.RowCount, 32);
            reader.Restart();
            Assert.Equal(reader.RowCount, reader.Fill(batch.Rows));
            return [.. batch.Targets.Where((_, i) => batch.Weights[i] == 1)];
        }

        int[] first = Targets();
        Assert.Equal(first, Targets());
        Assert.True(first.Max() > 1000, "late documents are looked at too");
        Assert.Equal(reader.Tokens, first.Length);
    }

    [Fact]
    public void A_model_that_knows_nothing_needs_all_the_bits()
    {
        // 256 equally likely tokens of one byte each: eight bits a byte.
        int[] tokenBytes = [.. Enumerable.Repeat(1, 257)];
        var reader = new EvaluationReader(TokenDataset.FromDocuments([[.. Enumerable.Range(0, 200)]], 257, 256), 16, 0, tokenBytes);
        Assert.Equal(8, reader.BitsPerByte(reader.Tokens * Math.Log(256)), 12);
    }

    [Fact]
    public void Nothing_to_score_is_refused() =>
        Assert.Throws<CorpusException>(() => new EvaluationReader(TokenDataset.FromDocuments([[], []], 10, EndOfText), 16, 0, new int[10]));
}

internal static class Sums
{
    /// <summary>The sum of everything before each number.</summary>
    public static IEnumerable<int> Scan(this IEnumerable<int> numbers)
    {
        int sum = 0;
        foreach (int number in numbers)
        {
            yield return sum;
            sum += number;
        }
    }
}
