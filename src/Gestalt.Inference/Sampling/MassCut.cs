using System.Numerics;
using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <summary>
/// Finds how far into the items in order of their keys one has to go for their weights to reach a sum, without sorting them all: keys are counted into buckets, and only within the bucket
/// where the sum is reached the search goes on. Sorting 150,000 equally likely tokens takes 30 ms, this about a hundredth.
/// </summary>
internal sealed class MassCut
{
    private const int Lanes = 16;
    private const int Buckets = 1024;

    // So few are sorted.
    private const int Few = 256;

    private readonly double[] _sums = new double[Buckets];
    private int[] _open = [];
    private float[] _sorting = [];

    /// <summary>The last item to keep.</summary>
    /// <param name="Key">Smaller keys are kept too.</param>
    /// <param name="Place">Of equal keys, those up to this place are kept.</param>
    public readonly record struct Limit(float Key, int Place);

    /// <summary>Where to cut: of the smallest keys as many are kept as it takes to reach a sum of weights, at least one.</summary>
    /// <param name="keys">Keys; infinite ones are never kept.</param>
    /// <param name="weights">Weights of at least 0.</param>
    /// <param name="wanted">The sum to reach; if it is out of reach, all finite keys are kept.</param>
    public Limit Find(ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, double wanted)
    {
        if (_open.Length < keys.Length)
            (_open, _sorting) = (new int[keys.Length], new float[keys.Length]);
        (float least, float most) = Bounds(keys);
        if (keys.Length <= Few)
        {
            for (int i = 0; i < keys.Length; i++)
                _open[i] = i;
            return Last(keys, weights, _open.AsSpan(0, keys.Length), most, wanted);
        }
        float scale = Scale(least, most);
        Array.Clear(_sums);
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] <= most)
                _sums[BucketOf(keys[i], least, scale)] += weights[i];
        }
        int bucket = Reach(ref wanted);
        int count = Collect(keys, least, most, scale, bucket);
        while (count > Few)
        {
            Span<int> open = _open.AsSpan(0, count);
            (least, float highest) = Bounds(keys, open);
            if (least == highest)
                break; // equal keys: those that come first
            scale = Scale(least, highest);
            Array.Clear(_sums);
            foreach (int i in open)
                _sums[BucketOf(keys[i], least, scale)] += weights[i];
            bucket = Reach(ref wanted);
            int still = 0;
            foreach (int i in open)
            {
                if (BucketOf(keys[i], least, scale) == bucket)
                    _open[still++] = i;
            }
            if (still == count)
                break;
            count = still;
        }
        return Last(keys, weights, _open.AsSpan(0, count), most, wanted);
    }

    private static float Scale(float least, float most) => most > least ? (Buckets - 0.5f) / (most - least) : 0;

    private static int BucketOf(float key, float least, float scale) => Math.Min((int)((key - least) * scale), Buckets - 1);

    // The smallest and the largest finite key.
    private static (float Least, float Most) Bounds(ReadOnlySpan<float> keys)
    {
        var infinite = Vector512.Create(float.PositiveInfinity);
        Vector512<float> leasts = Vector512.Create(float.MaxValue), mosts = Vector512.Create(float.MinValue);
        int i = 0;
        for (; i + Lanes <= keys.Length; i += Lanes)
        {
            var lanes = Vector512.Create(keys[i..]);
            Vector512<float> isFinite = Vector512.LessThan(lanes, infinite);
            leasts = Vector512.Min(leasts, lanes);
            mosts = Vector512.ConditionalSelect(isFinite, Vector512.Max(mosts, lanes), mosts);
        }
        float least = float.MaxValue, most = float.MinValue;
        for (int lane = 0; lane < Lanes; lane++)
            (least, most) = (Math.Min(least, leasts[lane]), Math.Max(most, mosts[lane]));
        for (; i < keys.Length; i++)
        {
            if (float.IsFinite(keys[i]))
                (least, most) = (Math.Min(least, keys[i]), Math.Max(most, keys[i]));
        }
        return (least, most);
    }

    private static (float Least, float Most) Bounds(ReadOnlySpan<float> keys, ReadOnlySpan<int> open)
    {
        float least = float.MaxValue, most = float.MinValue;
        foreach (int i in open)
            (least, most) = (Math.Min(least, keys[i]), Math.Max(most, keys[i]));
        return (least, most);
    }

    /// <summary>The bucket in which the sum is reached, taking those before it off; the last one with any weight if it is not.</summary>
    private int Reach(ref double left)
    {
        int last = Array.FindLastIndex(_sums, static sum => sum > 0);
        for (int bucket = 0; bucket < last; bucket++)
        {
            if (_sums[bucket] > 0 && left <= _sums[bucket])
                return bucket;
            left -= _sums[bucket];
        }
        return Math.Max(0, last);
    }

    // The items of a bucket. Registers find those near it, exact arithmetic decides.
    private int Collect(ReadOnlySpan<float> keys, float least, float most, float scale, int bucket)
    {
        float width = scale > 0 ? 1 / scale : float.PositiveInfinity;
        var low = Vector512.Create(least + ((bucket - 0.5f) * width));
        var high = Vector512.Create(Math.Min(most, least + ((bucket + 1.5f) * width)));
        int count = 0, i = 0;
        for (; i + Lanes <= keys.Length; i += Lanes)
        {
            var lanes = Vector512.Create(keys[i..]);
            for (ulong near = (Vector512.GreaterThanOrEqual(lanes, low) & Vector512.LessThanOrEqual(lanes, high)).ExtractMostSignificantBits(); near != 0; near &= near - 1)
            {
                int place = i + BitOperations.TrailingZeroCount(near);
                if (BucketOf(keys[place], least, scale) == bucket)
                    _open[count++] = place;
            }
        }
        for (; i < keys.Length; i++)
        {
            if (keys[i] <= most && BucketOf(keys[i], least, scale) == bucket)
                _open[count++] = i;
        }
        return count;
    }

    private Limit Last(ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, Span<int> open, float most, double left)
    {
        Span<float> sorting = _sorting.AsSpan(0, open.Length);
        for (int i = 0; i < open.Length; i++)
            sorting[i] = keys[open[i]];
        // Sorting pairs is not stable, so equal keys are put in order of their places afterwards.
        sorting.Sort(open);
        for (int start = 0; start < open.Length;)
        {
            int end = start + 1;
            while (end < open.Length && sorting[end] == sorting[start])
                end++;
            if (end - start > 1)
                open[start..end].Sort();
            start = end;
        }
        int last = open[0];
        foreach (int place in open)
        {
            if (keys[place] > most)
                break;
            last = place;
            left -= weights[place];
            if (left <= 0)
                break;
        }
        return new Limit(keys[last], last);
    }
}
