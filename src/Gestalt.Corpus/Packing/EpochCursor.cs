namespace Gestalt.Corpus;

/// <summary>Walks through the rows of epoch after epoch, planning each when it begins, and knows where it stands.</summary>
internal sealed class EpochCursor
{
    private readonly Func<ulong, int, RowPlan> planEpoch;
    private readonly ulong seed;
    private readonly int length;
    private readonly DocumentId data;
    private RowPlan plan;
    private int epoch;
    private int row;

    /// <param name="seed">The seed of all shuffling.</param>
    /// <param name="length">The length of a row.</param>
    /// <param name="data">The fingerprint of the data.</param>
    /// <param name="state">Where to go on, or null; its seed then counts.</param>
    /// <param name="planEpoch">Lays out an epoch from the seed and the epoch's number, always in the same way.</param>
    public EpochCursor(ulong seed, int length, DocumentId data, LoaderState? state, Func<ulong, int, RowPlan> planEpoch)
    {
        this.planEpoch = planEpoch;
        this.length = length;
        this.data = data;
        this.seed = state?.Check(length, data).Seed ?? seed;
        epoch = state?.Epoch ?? 0;
        row = state?.Row ?? 0;
        plan = planEpoch(this.seed, epoch);
    }

    public LoaderState State => new(seed, epoch, row, length, data.ToString());

    public double Epochs => epoch + ((double)row / Math.Max(plan.Rows, 1));

    public int RowsPerEpoch => plan.Rows;

    /// <summary>The pieces of the next row.</summary>
    public ReadOnlySpan<Piece> Next()
    {
        while (row == plan.Rows) // an epoch can be empty where conversations have weights below 1
        {
            epoch++;
            row = 0;
            plan = planEpoch(seed, epoch);
        }

        return plan.Row(row++);
    }
}
