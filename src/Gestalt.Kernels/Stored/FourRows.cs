using System.Runtime.CompilerServices;

namespace Gestalt.Kernels.Stored;

/// <summary>Up to four rows of weights that a thread reads side by side, each the beginning of a stream of its own.</summary>
[InlineArray(Count)]
internal struct FourRows
{
    /// <summary>How many at most.</summary>
    public const int Count = 4;

    private nint _first;

    /// <summary>The rows with which a round of a stretch begins; where one lies behind the end, the first stands in for it.</summary>
    /// <param name="rows">Receives their numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="row">The first of them.</param>
    /// <param name="distance">Rows between them.</param>
    /// <param name="end">Where the stretch ends.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Choose(int* rows, int count, int row, int distance, int end)
    {
        for (int i = 0; i < count; i++)
        {
            rows[i] = row + (i * distance) < end ? row + (i * distance) : row;
        }
    }
}
