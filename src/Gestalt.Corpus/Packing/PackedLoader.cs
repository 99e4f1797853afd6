namespace Gestalt.Corpus;

/// <summary>
/// Feeds pretraining: fills batches with tokens of shuffled documents, rows packed full, attention never crossing from one
/// document into another, for ever. The stream of batches depends on the data, the row length and the seed alone, and
/// <see cref="State"/> continues it exactly.
/// </summary>
/// <remarks>
/// <para>
/// A document of n tokens has n + 1 positions: end-of-text predicts its first token, and its last token predicts end-of-text.
/// Each epoch predicts each of them exactly once.
/// </para>
/// <para>
/// Documents longer than a row are cut into consecutive windows, from a place that is drawn anew each epoch. All pieces are
/// shuffled together and laid into rows by <see cref="RowPlan"/>. Only the last row of an epoch can have padding.
/// </para>
/// </remarks>
public sealed class PackedLoader : IBatchLoader
{
    private const ulong WindowPurpose = 1;
    private const ulong OrderPurpose = 2;

    private readonly TokenDataset data;
    private readonly int length;
    private readonly EpochCursor cursor;

    /// <summary>Starts at the beginning, or where a state says.</summary>
    /// <param name="data">The documents.</param>
    /// <param name="contextLength">The length of a row T.</param>
    /// <param name="seed">The seed of all shuffling.</param>
    /// <param name="state">Where to go on; its seed then counts.</param>
    /// <exception cref="CorpusException">The data do not fill one row, or the state belongs to other data.</exception>
    public PackedLoader(TokenDataset data, int contextLength, ulong seed, LoaderState? state = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        if (data.TokenCount < contextLength)
            throw new CorpusException($"the text has {data.TokenCount:N0} tokens, fewer than one context of {contextLength:N0}. Give more text, or a shorter context.");
        this.data = data;
        length = contextLength;
        cursor = new EpochCursor(seed, contextLength, data.Fingerprint, state, PlanEpoch);
    }

    /// <summary>Where the loader stands: before the next row.</summary>
    public LoaderState State => cursor.State;

    /// <summary>How often the data have been gone through, with the part of the present epoch.</summary>
    public double Epochs => cursor.Epochs;

    /// <summary>Rows in the present epoch.</summary>
    public int RowsPerEpoch => cursor.RowsPerEpoch;

    /// <summary>Fills all rows of the buffers and moves on.</summary>
    /// <param name="rows">Buffers for a whole number of rows.</param>
    public void Fill(in Rows rows)
    {
        int count = rows.Count(length);
        for (int i = 0; i < count; i++)
            FillRow(rows.Slice(i * length, length), cursor.Next());
    }

    private void FillRow(in Rows target, ReadOnlySpan<Piece> pieces)
    {
        int start = 0;
        foreach (Piece piece in pieces)
        {
            Rows part = target.Slice(start, piece.Length);
            PieceFiller.Fill(part, data, piece, start);
            start += piece.Length;
        }

        target.Slice(start, length - start).Pad(start, data.EndOfText);
    }

    private RowPlan PlanEpoch(ulong seed, int epoch)
    {
        var windows = new Shuffling(seed, epoch, WindowPurpose);
        var pieces = new List<Piece>();
        for (int document = 0; document < data.DocumentCount; document++)
        {
            int tokens = data.DocumentLength(document);
            if (tokens > 0)
                AddWindows(pieces, document, tokens + 1, tokens < length ? tokens + 1 : 1 + windows.Below(length));
        }

        new Shuffling(seed, epoch, OrderPurpose).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pieces));
        return RowPlan.Pack(pieces, length, cut: true);
    }

    private void AddWindows(List<Piece> pieces, int document, int positions, int first)
    {
        int end = first;
        for (int offset = 0; offset < positions; offset = end, end += length)
            pieces.Add(new Piece(document, offset, Math.Min(end, positions) - offset));
    }
}

/// <summary>Writes one piece of a document into its place in a row.</summary>
internal static class PieceFiller
{
    /// <param name="part">The place in the row.</param>
    /// <param name="data">The documents.</param>
    /// <param name="piece">What to write.</param>
    /// <param name="start">The index of the place in its row.</param>
    public static void Fill(in Rows part, TokenDataset data, Piece piece, int start)
    {
        // Position p predicts token p from token p - 1; end-of-text stands before the first token and behind the last.
        int tokens = data.DocumentLength(piece.Document);
        int available = Math.Min(piece.Length, tokens - piece.Offset);
        data.CopyTokens(piece.Document, piece.Offset, part.Targets[..available]);
        part.Targets[available..].Fill(data.EndOfText);
        part.Targets[..^1].CopyTo(part.Inputs[1..]);
        if (piece.Offset == 0)
            part.Inputs[0] = data.EndOfText;
        else
            data.CopyTokens(piece.Document, piece.Offset - 1, part.Inputs[..1]);
        part.Number(start);
        part.Weights[..piece.ScoredFrom].Clear();
        part.Weights[piece.ScoredFrom..].Fill(1);
    }
}
