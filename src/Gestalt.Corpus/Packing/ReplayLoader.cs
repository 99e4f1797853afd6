namespace Gestalt.Corpus;

/// <summary>
/// Mixes documents into the conversations of fine-tuning, so that a model that learns to answer does not forget what it
/// read: the first rows of each batch are conversations, the others documents. (InstructGPT mixes pretraining into its
/// last stage for the same reason, arXiv 2203.02155; that questions and their texts are best learned together is
/// measured in arXiv 2309.14316.)
/// </summary>
/// <param name="conversations">Conversations to learn to answer like.</param>
/// <param name="documents">Documents to remember.</param>
/// <param name="length">T: tokens of a row, the same for both.</param>
/// <param name="share">Share of the rows of a batch that are documents, 0 to 1.</param>
/// <param name="weight">How much a token of a document counts against one of an answer.</param>
public sealed class ReplayLoader(ConversationLoader conversations, PackedLoader documents, int length, double share, float weight) : IBatchLoader
{
    /// <summary>Where the conversations stand, with the documents' place beside it.</summary>
    public LoaderState State => conversations.State with { Beside = documents.State };

    /// <summary>How often the conversations have been gone through.</summary>
    public double Epochs => conversations.Epochs;

    /// <summary>How many rows of a batch are documents.</summary>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="share">Their share that is wanted, 0 to 1.</param>
    public static int Documents(int rows, double share) => (int)Math.Round(rows * share);

    /// <inheritdoc/>
    public void Fill(in Rows rows)
    {
        int count = rows.Count(length);
        int replayed = Documents(count, share), answered = count - replayed;
        if (answered > 0) conversations.Fill(rows.Slice(0, answered * length));
        if (replayed == 0) return;
        Rows remembered = rows.Slice(answered * length, replayed * length);
        documents.Fill(remembered);
        foreach (ref float w in remembered.Weights) w *= weight;
    }
}
