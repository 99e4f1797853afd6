using System.Runtime.InteropServices;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// How much each input of each linear layer matters: the mean square of what it carried while the model read a text. An error in a weight costs its square
/// times that, so the search for scales weighs errors by it (as llama.cpp's <c>imatrix</c> does).
/// </summary>
public sealed unsafe class ImportanceMatrix
{
    private readonly Dictionary<string, double[]> _sums = [];
    private readonly Dictionary<string, long> _counts = [];

    /// <summary>Tokens that the model has read.</summary>
    public long Tokens { get; private set; }

    /// <summary>Lets a model read, and remembers what its layers were given.</summary>
    /// <param name="model">The model.</param>
    /// <param name="windows">Token ids, each window read on its own.</param>
    /// <param name="progress">Told the tokens read so far.</param>
    /// <param name="cancellation">Stops between windows.</param>
    public void Collect(Transformer model, IReadOnlyList<int[]> windows, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(windows);
        using var tape = new Tape(model.Device, recording: false) { ProductObserver = Observe };
        using var batch = new TokenBatch(1, 1);
        foreach (int[] window in windows)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Resize(1, window.Length);
            window.CopyTo(batch.Inputs);
            _ = model.Forward(tape, batch, rows: LogitRows.All);
            tape.Reset();
            Tokens += window.Length;
            progress?.Invoke(Tokens);
        }
    }

    /// <summary>The mean squares for a parameter's columns, or null where nothing was seen (an expert that no token took, a table that is only looked up).</summary>
    /// <param name="parameter">The parameter's name, as in <see cref="Transformer.Parameters"/>.</param>
    public float[]? Of(string parameter) => _sums.TryGetValue(parameter, out double[]? sums) && Array.Exists(sums, sum => sum > 0)
        ? [.. sums.Select(sum => (float)(sum / _counts[parameter]))]
        : null;

    private void Observe(Parameter weight, float* input, int rows)
    {
        ref double[]? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, weight.Name, out _);
        sums ??= new double[weight.Shape.Width];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < sums.Length; column++)
            {
                float value = input[((long)row * sums.Length) + column];
                sums[column] += (double)value * value;
            }
        }
        _counts[weight.Name] = _counts.GetValueOrDefault(weight.Name) + rows;
    }
}
