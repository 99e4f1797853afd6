using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>
/// Feeds fine-tuning: packs rendered conversations into rows, each whole, attention never crossing from one into another;
/// only what the assistant says counts. Shuffled each epoch, continued exactly by <see cref="State"/>.
/// </summary>
/// <remarks>
/// A conversation of n ids has n - 1 positions. Rows end in padding where no waiting conversation fits. A conversation
/// longer than a row keeps its beginning; <see cref="Cut"/> counts those, so that the caller can say so.
/// </remarks>
public sealed class ConversationLoader : IBatchLoader
{
    private const ulong OrderPurpose = 3;

    private readonly IReadOnlyList<RenderedConversation> conversations;
    private readonly int length;
    private readonly int padding;
    private readonly EpochCursor cursor;
    private readonly IReadOnlyList<double>? weights;

    /// <summary>Starts at the beginning, or where a state says.</summary>
    /// <param name="conversations">Ids and, for each, whether it is to be learned.</param>
    /// <param name="contextLength">The length of a row T.</param>
    /// <param name="padding">The id that fills the end of a row; it counts for nothing.</param>
    /// <param name="seed">The seed of all shuffling.</param>
    /// <param name="state">Where to go on; its seed then counts.</param>
    /// <param name="weights">How often each conversation is read in an epoch; of a broken number, each epoch reads another part. Once each if null.</param>
    /// <exception cref="CorpusException">Nothing in the conversations is to be learned, or the state belongs to others.</exception>
    public ConversationLoader(IReadOnlyList<RenderedConversation> conversations, int contextLength, int padding, ulong seed, LoaderState? state = null, IReadOnlyList<double>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        this.conversations = conversations;
        this.padding = padding;
        this.weights = weights;
        if (weights is not null)
            ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Count, conversations.Count, nameof(weights));
        length = contextLength;
        if (!conversations.Any(HasTarget))
            throw new CorpusException($"none of the {conversations.Count:N0} conversations has an answer of the assistant within {contextLength:N0} tokens. Give conversations with messages of the role 'assistant'.");
        Cut = conversations.Count(conversation => conversation.Ids.Length - 1 > contextLength);
        cursor = new EpochCursor(seed, contextLength, FingerprintOf(conversations, weights), state, PlanEpoch);
    }

    /// <summary>Where the loader stands: before the next row.</summary>
    public LoaderState State => cursor.State;

    /// <summary>How many conversations are longer than a row and lose their end.</summary>
    public int Cut { get; }

    /// <summary>How often the conversations have been gone through, with the part of the present epoch.</summary>
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
            RenderedConversation conversation = conversations[piece.Document];
            Rows part = target.Slice(start, piece.Length);
            conversation.Ids.AsSpan(0, piece.Length).CopyTo(part.Inputs);
            conversation.Ids.AsSpan(1, piece.Length).CopyTo(part.Targets);
            for (int i = 0; i < piece.Length; i++)
                part.Weights[i] = conversation.LossMask[i + 1] ? 1 : 0;
            part.Number(start);
            start += piece.Length;
        }

        target.Slice(start, length - start).Pad(start, padding);
    }

    private RowPlan PlanEpoch(ulong seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, conversations.Count).Where(i => HasTarget(conversations[i])).SelectMany(i => Enumerable.Repeat(i, Times(i, seed, epoch)))];
        new Shuffling(seed, epoch, OrderPurpose).Shuffle(order.AsSpan());
        return RowPlan.Pack(order.Select(i => new Piece(i, 0, Math.Min(length, conversations[i].Ids.Length - 1))), length, cut: false);
    }

    /// <summary>
    /// How often an epoch reads a conversation. The broken parts of a weight add up from epoch to epoch, from a place of each conversation's own: with 0.5 each is read in every other epoch.
    /// </summary>
    private int Times(int conversation, ulong seed, int epoch)
    {
        if (weights is null || weights[conversation] == 1)
            return 1;
        double begun = (TextView.Mix(seed + (ulong)conversation) >> 11) * (1.0 / (1L << 53)), weight = weights[conversation];
        return (int)(Math.Floor(begun + (weight * (epoch + 1))) - Math.Floor(begun + (weight * epoch)));
    }

    /// <summary>A conversation without anything to learn within the row would only cost time.</summary>
    private bool HasTarget(RenderedConversation conversation)
    {
        int end = Math.Min(conversation.LossMask.Length, length + 1);
        return end > 1 && conversation.LossMask.AsSpan(1, end - 1).Contains(true);
    }

    private static DocumentId FingerprintOf(IReadOnlyList<RenderedConversation> conversations, IReadOnlyList<double>? weights)
    {
        ulong high = (ulong)conversations.Count;
        ulong low = 0;
        foreach (RenderedConversation conversation in conversations)
        {
            high = TextView.Mix(high + (ulong)conversation.Ids.Length);
            for (int i = 0; i < conversation.Ids.Length; i++)
                low = TextView.Mix(low + ((ulong)conversation.Ids[i] << 1) + (conversation.LossMask[i] ? 1UL : 0UL));
        }

        foreach (double weight in weights ?? [])
            high = TextView.Mix(high + BitConverter.DoubleToUInt64Bits(weight));
        return new DocumentId(high, low);
    }
}
