namespace Gestalt.Corpus.Tests.Packing;

/// <summary>Buffers for a batch of B rows of T.</summary>
internal sealed class Batch(int rows, int length)
{
    public int[] Inputs { get; } = Poisoned(rows * length);

    public int[] Targets { get; } = Poisoned(rows * length);

    public int[] Positions { get; } = Poisoned(rows * length);

    public int[] KeyStart { get; } = Poisoned(rows * length);

    public float[] Weights { get; } = [.. Enumerable.Repeat(float.NaN, rows * length)];

    public int Length => length;

    public Rows Rows => new(Inputs, Targets, Positions, KeyStart, Weights);

    /// <summary>Everything in the batch as text, to compare streams.</summary>
    public override string ToString() =>
        string.Join(' ', Enumerable.Range(0, Inputs.Length).Select(i => $"{Inputs[i]}>{Targets[i]}@{Positions[i]}/{KeyStart[i]}*{Weights[i]}"));

    private static int[] Poisoned(int size) => [.. Enumerable.Repeat(int.MinValue, size)];
}
