using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>Where the product with a stored matrix goes.</summary>
/// <param name="data">First result.</param>
/// <param name="stride">Distance between rows, in values.</param>
/// <param name="bias">A value for each row of the matrix that is added to every row of results, or null.</param>
public readonly unsafe struct StoredOutput(float* data, int stride, float* bias = null)
{
    /// <summary>First result.</summary>
    public float* Data { get; } = data;

    /// <summary>Distance between rows, in values.</summary>
    public int Stride { get; } = stride;

    /// <summary>A value for each row of the matrix, or null.</summary>
    public float* Bias { get; } = bias;

    /// <summary>Adds up the lanes of sums and puts them where they belong.</summary>
    /// <param name="rows">Numbers of some rows of the matrix.</param>
    /// <param name="count">How many.</param>
    /// <param name="sums">For each row of activations a vector of partial sums for each of them.</param>
    /// <param name="m">Rows of activations.</param>
    /// <param name="accumulate">Adds to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StoreRows(int* rows, int count, float* sums, int m, bool accumulate)
    {
        for (int i = 0; i < m; i++)
        {
            float* y = Data + ((long)i * Stride);

            for (int k = 0; k < count; k++)
            {
                if (k > 0 && rows[k] == rows[0])
                {
                    continue; // it stands in for a row that is not there
                }

                float result = Vector512.Sum(Vector512.Load(sums + (((i * count) + k) * Vector512<float>.Count)));
                result += Bias == null ? 0 : Bias[rows[k]];
                y[rows[k]] = accumulate ? y[rows[k]] + result : result;
            }
        }
    }

    /// <summary>Puts the results of one row of activations where they belong.</summary>
    /// <param name="first">The first row of the matrix.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="results">A result for each.</param>
    /// <param name="accumulate">Adds to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StoreResults(int first, int count, float* results, bool accumulate)
    {
        float* y = Data + first;
        for (int i = 0; i < count; i++)
        {
            float result = Bias == null ? results[i] : results[i] + Bias[first + i];
            y[i] = accumulate ? y[i] + result : result;
        }
    }
}
