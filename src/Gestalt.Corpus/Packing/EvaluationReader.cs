namespace Gestalt.Corpus;

/// <summary>
/// Goes once through a held-out set so that every token is scored exactly once, and says how many bytes of text the scored
/// tokens stand for, so that <c>bits per byte = total nats / ln 2 / bytes</c> compares models with different tokenizers.
/// </summary>
/// <remarks>
/// <para>
/// Each document starts with end-of-text as the context of its first token. A document longer than a row is read in
/// windows of T positions that move on by the stride: in each but the first, only the last positions that no window before scored have a weight, so
/// that every scored token but a document's first has at least T - stride tokens of context (or all that there are). A stride of T is fastest and scores
/// worst; T/2 costs twice as much. The end-of-text behind a document is not scored: it stands for no byte.
/// </para>
/// <para>
/// With a limit on tokens, evenly spaced windows are scored instead of all: the same ones each time, for a quick look during training.
/// </para>
/// </remarks>
public sealed class EvaluationReader
{
    private readonly TokenDataset data;
    private readonly int length;
    private readonly RowPlan plan;
    private int row;

    /// <summary>Plans the reading.</summary>
    /// <param name="data">The held-out documents.</param>
    /// <param name="contextLength">The length of a row T.</param>
    /// <param name="stride">How far windows move on, 1 to T; 0 stands for T/2.</param>
    /// <param name="tokenBytes">For each id, the bytes that it stands for; see <see cref="TokenizerIdentity.ByteLengths"/>.</param>
    /// <param name="maximumTokens">Score about this many tokens at most.</param>
    /// <exception cref="CorpusException">There is nothing to score.</exception>
    public EvaluationReader(TokenDataset data, int contextLength, int stride, ReadOnlySpan<int> tokenBytes, long maximumTokens = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        ArgumentOutOfRangeException.ThrowIfNegative(stride);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, contextLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokenBytes.Length, data.VocabularySize);
        this.data = data;
        length = contextLength;
        Stride = stride == 0 ? (contextLength + 1) / 2 : stride;
        List<Piece> windows = Chosen(Windows(), maximumTokens);
        if (windows.Count == 0)
            throw new CorpusException("the held-out text has no tokens, so nothing can be measured on it. Hold out more text.");
        (Tokens, Bytes) = Measure(windows, tokenBytes);
        plan = RowPlan.Pack(windows, contextLength, cut: false);
    }

    /// <summary>How far windows move on.</summary>
    public int Stride { get; }

    /// <summary>How many tokens are scored in all.</summary>
    public long Tokens { get; }

    /// <summary>How many bytes of text they stand for.</summary>
    public long Bytes { get; }

    /// <summary>How many rows the whole reading takes.</summary>
    public int RowCount => plan.Rows;

    /// <summary>Bits for each byte of text, from the sum of all weighted losses.</summary>
    /// <param name="totalNats">The sum over all scored tokens of their loss in nats.</param>
    public double BitsPerByte(double totalNats) => totalNats / Math.Log(2) / Bytes;

    /// <summary>Fills the next batch; rows beyond the end are padding.</summary>
    /// <param name="rows">Buffers for a whole number of rows.</param>
    /// <returns>How many rows hold text; 0 once everything was read.</returns>
    public int Fill(in Rows rows)
    {
        int count = rows.Count(length);
        int filled = 0;
        for (int i = 0; i < count; i++)
        {
            Rows target = rows.Slice(i * length, length);
            int start = 0;
            if (row < plan.Rows)
            {
                foreach (Piece piece in plan.Row(row++))
                {
                    PieceFiller.Fill(target.Slice(start, piece.Length), data, piece, start);
                    start += piece.Length;
                }

                filled++;
            }

            target.Slice(start, length - start).Pad(start, data.EndOfText);
        }

        return filled;
    }

    /// <summary>Starts again from the first row.</summary>
    public void Restart() => row = 0;

    private List<Piece> Windows()
    {
        var windows = new List<Piece>();
        for (int document = 0; document < data.DocumentCount; document++)
        {
            int positions = data.DocumentLength(document);
            int scored = 0;
            while (scored < positions)
            {
                int end = Math.Min(positions, scored == 0 ? length : scored + Stride);
                int start = Math.Max(0, end - length);
                windows.Add(new Piece(document, start, end - start, scored - start));
                scored = end;
            }
        }

        return windows;
    }

    /// <summary>All windows, or as many evenly spaced ones as the limit allows; at least one.</summary>
    private static List<Piece> Chosen(List<Piece> windows, long maximumTokens)
    {
        long tokens = windows.Sum(window => (long)window.Length - window.ScoredFrom);
        if (tokens <= maximumTokens)
            return windows;
        int wanted = (int)Math.Max(1, windows.Count * (double)maximumTokens / tokens);
        return [.. Enumerable.Range(0, wanted).Select(i => windows[(int)((i + 0.5) * windows.Count / wanted)])];
    }

    private (long Tokens, long Bytes) Measure(List<Piece> windows, ReadOnlySpan<int> tokenBytes)
    {
        long tokens = 0;
        long bytes = 0;
        var ids = new int[length];
        foreach (Piece window in windows)
        {
            Span<int> scored = ids.AsSpan(0, window.Length - window.ScoredFrom);
            data.CopyTokens(window.Document, window.Offset + window.ScoredFrom, scored);
            tokens += scored.Length;
            foreach (int id in scored)
                bytes += tokenBytes[id];
        }

        return (tokens, bytes);
    }
}
