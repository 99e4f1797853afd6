using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// An adapter's tensors as a file has them, for one tensor of the model in that file: A (R,in), B (out,R) and perhaps magnitudes (out). Where a file keeps several of the model's matrices as
/// one (queries, keys and values of GPT-2, say), so it does their updates: A one below the other, B as blocks on a diagonal, which computes the same. In the other
/// direction, each matrix gets its rows of B and all of A. Rows of queries and keys are put in the order of the file's rotary pairs.
/// </summary>
/// <param name="name">The tensor of the model in the file, without <c>.weight</c>.</param>
/// <param name="weights">The parameters that it holds.</param>
/// <param name="headWidth">D.</param>
/// <param name="pairs">The file's rotary pairs.</param>
/// <param name="turns">Whether these are not the model's own.</param>
internal sealed unsafe class AdapterLayout(string name, Parameter[] weights, int headWidth, RotaryPairs pairs, bool turns)
{
    /// <summary>The tensor of the model in the file, without <c>.weight</c>.</summary>
    public string Name => name;

    public Parameter[] Weights => weights;

    private int Outputs => weights.Sum(weight => weight.Shape[0]);

    private int Inputs => weights[0].Shape[1];

    /// <summary>How a file of a kind lays the matrices of a model out that can be adapted.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tensors">The file's tensors.</param>
    /// <param name="pairs">The file's rotary pairs.</param>
    public static IReadOnlyList<AdapterLayout> Of(Transformer model, IEnumerable<StoredTensor> tensors, RotaryPairs pairs) =>
    [
        .. tensors.Where(tensor => !tensor.IsCopy && tensor.Parameters.All(parameter => AdapterOptions.LayerOf(parameter.Name) != AdapterLayers.None))
            .Select(tensor => new AdapterLayout(tensor.Name[..^".weight".Length], tensor.Parameters, model.Config.HeadWidth, pairs, pairs != model.Config.RotaryPairs)),
    ];

    /// <summary>The update of these matrices, in memory of its own, or null where none of them has one.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="alpha">The file's α: its readers multiply B A by α/R.</param>
    public Tensors? Gather(Adapter adapter, float alpha)
    {
        LowRankUpdate?[] updates = [.. weights.Select(weight => adapter.Updates.GetValueOrDefault(weight))];
        if (updates.All(update => update is null))
        {
            return null;
        }

        if (adapter.Options.HasMagnitudes && updates.Any(update => update is null))
        {
            throw new ArgumentException($"'{name}' is one matrix in such a file: a DoRA adapter has to change all of it. Adapt q, k and v together, and gate and up.");
        }

        int rank = updates.Sum(update => update?.Rank ?? 0), firstRank = 0, firstRow = 0;
        var gathered = new Tensors(rank, Inputs, Outputs, adapter.Options.HasMagnitudes);
        for (int i = 0; i < weights.Length; i++)
        {
            if (updates[i] is { } update)
            {
                update.Down.Values.CopyTo(gathered.Down[(firstRank * Inputs)..]);
                float factor = update.Scale * rank / alpha;
                for (int row = 0; row < weights[i].Shape[0]; row++)
                {
                    int source = RowOf(weights[i], row);
                    for (int r = 0; r < update.Rank; r++)
                    {
                        gathered.Up[((firstRow + row) * rank) + firstRank + r] = factor * update.Up.Values[(source * update.Rank) + r];
                    }

                    if (update.Magnitude is not null)
                    {
                        gathered.Magnitude[firstRow + row] = update.Magnitude.Values[source];
                    }
                }

                firstRank += update.Rank;
            }

            firstRow += weights[i].Shape[0];
        }

        return gathered;
    }

    /// <summary>Gives the matrices the update that a file has for them.</summary>
    /// <param name="adapter">The adapter that is being read.</param>
    /// <param name="from">The file's tensors.</param>
    /// <param name="scale">What its readers multiply B A by.</param>
    public void Scatter(Adapter adapter, Tensors from, float scale)
    {
        int firstRow = 0;
        foreach (Parameter weight in weights)
        {
            LowRankUpdate update = adapter.Add(weight, from.Rank, scale);
            from.Down.CopyTo(update.Down.Values);
            for (int row = 0; row < weight.Shape[0]; row++)
            {
                int target = RowOf(weight, row);
                from.Up.Slice((firstRow + row) * from.Rank, from.Rank).CopyTo(update.Up.Values[(target * from.Rank)..]);
                if (update.Magnitude is not null)
                {
                    update.Magnitude.Values[target] = from.Magnitude[firstRow + row];
                }
            }

            firstRow += weight.Shape[0];
        }
    }

    /// <summary>Room for what a file has for these matrices.</summary>
    public Tensors Room(int rank, bool hasMagnitudes) => new(rank, Inputs, Outputs, hasMagnitudes);

    /// <summary>The model's row that is a row of the file.</summary>
    private int RowOf(Parameter weight, int row) =>
        turns && (AdapterOptions.LayerOf(weight.Name) & (AdapterLayers.Query | AdapterLayers.Key)) != 0 ? (int)new RowOrder(headWidth, pairs).Source(row) : row;

    /// <summary>Arrays in memory that files are written from and read to.</summary>
    internal sealed class Tensors(int rank, int inputs, int outputs, bool hasMagnitudes) : IDisposable
    {
        private readonly AlignedMemory _memory = AlignedMemory.OfFloats(((long)rank * (inputs + outputs)) + (hasMagnitudes ? outputs : 0));

        public int Rank => rank;

        public Span<float> Down => new(DownData, rank * inputs);

        public Span<float> Up => new(UpData, rank * outputs);

        public Span<float> Magnitude => new(MagnitudeData, hasMagnitudes ? outputs : 0);

        public float* DownData => _memory.Floats;

        public float* UpData => _memory.Floats + ((long)rank * inputs);

        public float* MagnitudeData => UpData + ((long)rank * outputs);

        public long[] DownShape => [rank, inputs];

        public long[] UpShape => [outputs, rank];

        public long[] MagnitudeShape => [outputs];

        public void Dispose() => _memory.Dispose();
    }
}
