using System.Text.Json;

namespace Gestalt.Corpus.Tests.Packing;

public sealed class PackedLoaderTests
{
    private const int EndOfText = 0;

    /// <summary>Documents in which each token occurs once, so that a token tells where it came from.</summary>
    private static TokenDataset Data(params int[] lengths)
    {
        int next = 1;
        int[][] documents = [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => next++).ToArray())];
        return TokenDataset.FromDocuments(documents, next, EndOfText);
    }

    private static int[] PagesAndBooks(int seed)
    {
        var dice = new Random(seed);
        return [.. Enumerable.Range(0, 120).Select(i => i % 40 == 0 ? dice.Next(500, 2000) : dice.Next(0, 90))];
    }

    /// <summary>The naive twin: from each row's positions, what a document's own order demands.</summary>
    private static void CheckRow(Batch batch, int row, int[][] documents, Dictionary<int, (int Document, int Index)> places, List<(int Document, int Index)> predicted, ref int padding)
    {
        int start = row * batch.Length;
        int pieceStart = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            int at = start + i;
            if (batch.Weights[at] == 0)
            {
                padding++;
                Assert.Equal((Rows.NoTarget, 0, i), (batch.Targets[at], batch.Positions[at], batch.KeyStart[at]));
                continue;
            }

            Assert.Equal(1f, batch.Weights[at]);
            if (batch.Positions[at] == 0)
                pieceStart = i;
            Assert.Equal((pieceStart, i - pieceStart), (batch.KeyStart[at], batch.Positions[at]));

            // What is predicted must follow in the document what is seen.
            (int Document, int Index) target = batch.Targets[at] == EndOfText
                ? (places[batch.Inputs[at]].Document, documents[places[batch.Inputs[at]].Document].Length)
                : places[batch.Targets[at]];
            int expectedInput = target.Index == 0 ? EndOfText : documents[target.Document][target.Index - 1];
            Assert.Equal(expectedInput, batch.Inputs[at]);
            if (i > pieceStart)
                Assert.Equal(target.Document, places[batch.Inputs[at]].Document);
            predicted.Add(target);
        }
    }

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData(64, 1)]
    [InlineData(64, 7)]
    [InlineData(33, 2)]
    [InlineData(1, 3)]
    [InlineData(1000, 5)]
    public void Each_epoch_predicts_every_token_and_every_end_exactly_once_within_its_own_document(int length, int seed)
    {
        int[] lengths = PagesAndBooks(seed);
        TokenDataset data = Data(lengths);
        int[][] documents = [.. Enumerable.Range(0, lengths.Length).Select(i =>
        {
            int[] ids = new int[lengths[i]];
            data.CopyTokens(i, 0, ids);
            return ids;
        })];
        Dictionary<int, (int, int)> places = documents.SelectMany((ids, d) => ids.Select((id, i) => (id, d, i))).ToDictionary(x => x.id, x => (x.d, x.i));
        List<(int, int)> everything = [.. lengths.SelectMany((n, d) => n == 0 ? [] : Enumerable.Range(0, n + 1).Select(i => (d, i)))];

        var loader = new PackedLoader(data, length, (ulong)seed);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var predicted = new List<(int, int)>();
            int padding = 0;
            int rows = loader.RowsPerEpoch;
            for (int row = 0; row < rows; row++)
            {
                var batch = new Batch(1, length);
                loader.Fill(batch.Rows);
                CheckRow(batch, 0, documents, places, predicted, ref padding);
            }

            Assert.Equal(everything, predicted.Order());
            Assert.True(padding < length, $"{padding} padded");
            Assert.Equal(epoch + 1, loader.Epochs);
            Assert.Equal((everything.Count + length - 1) / length, rows);
        }
    }

    [Fact]
    public void A_row_with_known_documents_looks_as_it_should()
    {
        // One document of three tokens fills a row of four: end-of-text predicts the first, the last predicts end-of-text.
        var loader = new PackedLoader(TokenDataset.FromDocuments([[5, 6, 7], [8, 9, 10]], 11, EndOfText), 4, 1);
        var batch = new Batch(2, 4);
        loader.Fill(batch.Rows);
        int first = batch.Targets[0] == 5 ? 0 : 4;
        Assert.Equal([0, 5, 6, 7], batch.Inputs[first..(first + 4)]);
        Assert.Equal([5, 6, 7, 0], batch.Targets[first..(first + 4)]);
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], batch.Positions);
        Assert.All(batch.KeyStart, start => Assert.Equal(0, start));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(500)]
    public void A_loader_that_is_restored_goes_on_with_the_same_bits(int steps)
    {
        TokenDataset data = Data(PagesAndBooks(3));
        var loader = new PackedLoader(data, 48, seed: 99);
        var batch = new Batch(3, 48);
        for (int i = 0; i < steps; i++)
            loader.Fill(batch.Rows);
        LoaderState state = JsonSerializer.Deserialize<LoaderState>(JsonSerializer.Serialize(loader.State))!;
        var restored = new PackedLoader(data, 48, seed: 1, state);
        for (int i = 0; i < 200; i++)
        {
            var expected = new Batch(3, 48);
            var actual = new Batch(3, 48);
            loader.Fill(expected.Rows);
            restored.Fill(actual.Rows);
            Assert.Equal(expected.ToString(), actual.ToString());
        }

        Assert.Equal(loader.State, restored.State);
    }

    [Fact]
    public void The_batch_size_does_not_change_the_stream_of_rows()
    {
        TokenDataset data = Data(PagesAndBooks(4));
        var byOnes = new PackedLoader(data, 32, 5);
        var bySixes = new PackedLoader(data, 32, 5);
        for (int i = 0; i < 30; i++)
        {
            var six = new Batch(6, 32);
            bySixes.Fill(six.Rows);
            string[] ones = [.. Enumerable.Range(0, 6).Select(_ =>
            {
                var one = new Batch(1, 32);
                byOnes.Fill(one.Rows);
                return one.ToString();
            })];
            Assert.Equal(string.Join(' ', ones), six.ToString());
        }
    }

    [Fact]
    public void Epochs_and_seeds_differ_in_order()
    {
        TokenDataset data = Data([.. Enumerable.Repeat(20, 100)]);
        string[] epochs = [.. Enumerable.Range(0, 3).Select(seed => Epoch(new PackedLoader(data, 63, (ulong)seed)))];
        var loader = new PackedLoader(data, 63, 0);
        Assert.Equal(epochs[0], Epoch(loader));
        Assert.Equal(4, epochs.Append(Epoch(loader)).Distinct().Count());

        static string Epoch(PackedLoader loader)
        {
            var batch = new Batch(loader.RowsPerEpoch, 63);
            loader.Fill(batch.Rows);
            return batch.ToString();
        }
    }

    [Fact]
    public void Most_pages_that_fit_into_a_row_stay_whole()
    {
        var dice = new Random(8);
        int[] lengths = [.. Enumerable.Range(0, 5000).Select(_ => dice.Next(60, 240))];
        TokenDataset data = Data(lengths);
        var loader = new PackedLoader(data, 256, 1);
        int cut = 0;
        var batch = new Batch(loader.RowsPerEpoch, 256);
        loader.Fill(batch.Rows);
        for (int i = 0; i < batch.Inputs.Length; i++)
            cut += batch.Weights[i] > 0 && batch.Positions[i] == 0 && batch.Inputs[i] != EndOfText ? 1 : 0;
        Assert.True(cut < 5000 * 0.25, $"{cut} of 5000 pages were cut");
    }

    [Fact]
    public void Windows_of_a_book_start_elsewhere_each_epoch_and_are_spread_over_the_batches()
    {
        TokenDataset data = Data(100_000);
        var loader = new PackedLoader(data, 100, 1);
        var first = new Batch(1, 100);
        int steps = 0;
        for (int row = 0, last = 0; row < 200; row++)
        {
            loader.Fill(first.Rows);
            steps += Math.Abs(first.Targets[0] - last) == 100 ? 1 : 0;
            last = first.Targets[0];
        }

        Assert.True(steps < 5, "consecutive windows must not follow one another");
        HashSet<int> starts = [.. Enumerable.Range(0, 2).Select(epoch =>
        {
            var batch = new Batch(1, 100);
            new PackedLoader(data, 100, 1, new LoaderState(1, epoch, 0, 100, data.Fingerprint.ToString())).Fill(batch.Rows);
            return batch.Targets[0] % 100;
        })];
        Assert.Equal(2, starts.Count);
    }

    [Fact]
    public void Too_little_text_and_foreign_states_are_refused()
    {
        TokenDataset data = Data(10, 20, 30);
        Assert.Contains("fewer than one context of 100", Assert.Throws<CorpusException>(() => new PackedLoader(data, 100, 1)).Message, StringComparison.Ordinal);
        LoaderState state = new PackedLoader(data, 10, 1).State;
        Assert.Contains("other data", Assert.Throws<CorpusException>(() => new PackedLoader(Data(10, 20, 31), 10, 1, state)).Message, StringComparison.Ordinal);
        Assert.Contains("context of 10", Assert.Throws<CorpusException>(() => new PackedLoader(data, 12, 1, state)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PackedLoader(data, 10, 1).Fill(new Batch(1, 11).Rows));
    }

    [Fact]
    public void Filling_batches_allocates_nothing()
    {
        var loader = new PackedLoader(Data([.. Enumerable.Repeat(50, 2000)]), 64, 1);
        var batch = new Batch(4, 64);
        loader.Fill(batch.Rows);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            loader.Fill(batch.Rows);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
