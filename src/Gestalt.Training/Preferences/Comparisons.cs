using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gestalt.Evaluation;

namespace Gestalt.Training.Preferences;

/// <summary>What can be said of comparisons without a model.</summary>
public static class Comparisons
{
    /// <summary>Names comparisons: others have another name.</summary>
    /// <param name="all">Lists of them.</param>
    public static string Fingerprint(params ReadOnlySpan<IReadOnlyList<RenderedPair>> all)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (IReadOnlyList<RenderedPair> pairs in all)
        {
            foreach (RenderedPair pair in pairs)
            {
                foreach (RenderedAnswer answer in (ReadOnlySpan<RenderedAnswer>)[pair.Chosen, pair.Rejected])
                {
                    hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[answer.Start, answer.Ids.Length]));
                    hash.AppendData(MemoryMarshal.AsBytes(answer.Ids.AsSpan()));
                }
            }

            hash.AppendData([0xFF]);
        }

        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>How often a score prefers the answer that was preferred; a tie is none.</summary>
    /// <param name="pairs">The comparisons.</param>
    /// <param name="gap">Score of the better answer minus that of the worse, by their place.</param>
    public static Proportion Agreement(IReadOnlyList<RenderedPair> pairs, Func<int, double> gap)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(gap);
        return new Proportion(Enumerable.Range(0, pairs.Count).Count(i => gap(i) > 0), pairs.Count, 0.5);
    }

    /// <summary>What a judge reaches who looks at nothing but length: the direction that is right more often on the one half, measured on the other.</summary>
    /// <param name="learn">Comparisons from which it learns whether longer or shorter answers are preferred.</param>
    /// <param name="measure">Comparisons on which it is measured.</param>
    public static Proportion ByLength(IReadOnlyList<RenderedPair> learn, IReadOnlyList<RenderedPair> measure)
    {
        int sign = Agreement(learn, i => Longer(learn[i])).Share >= Agreement(learn, i => -Longer(learn[i])).Share ? 1 : -1;
        return Agreement(measure, i => sign * Longer(measure[i]));
    }

    private static int Longer(RenderedPair pair) => pair.Chosen.Tokens - pair.Rejected.Tokens;
}
