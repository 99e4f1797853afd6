using System.Numerics;
using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <summary>
/// The tokens that are still in question with their logits; steps of sampling take some away. Sums run in a fixed order of 16 lanes, whatever the processor's registers, so
/// that a seed means the same text everywhere the logits are the same.
/// </summary>
internal sealed class Candidates
{
    private const int Lanes = 16;

    // Below one in so many, what is left of a vocabulary is moved together.
    private const int Sparse = 16;

    private readonly int[] _ids;
    private readonly float[] _logits;
    private readonly float[] _weights;
    private readonly float[] _keys;
    private readonly ulong[] _sorting;
    private readonly MassCut _cut = new();
    private bool _isWhole;
    private bool _isSorted;

    public Candidates(int vocabulary)
    {
        _ids = new int[vocabulary];
        _logits = new float[vocabulary];
        _weights = new float[vocabulary];
        _keys = new float[vocabulary];
        _sorting = new ulong[vocabulary];
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether they are the whole vocabulary in its order.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>Their logits.</summary>
    public Span<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>What <see cref="Weigh"/> found: probabilities up to a common factor.</summary>
    public Span<float> Weights => _weights.AsSpan(0, Count);

    /// <summary>A candidate's token.</summary>
    public int IdAt(int index) => _isWhole ? index : _ids[index];

    /// <summary>Begins anew with the whole vocabulary.</summary>
    public void Fill(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        (Count, _isWhole, _isSorted) = (logits.Length, true, false);
    }

    /// <summary>To be called when logits were changed so that their order may be another.</summary>
    public void Reordered() => _isSorted = false;

    /// <summary>Where the highest logit is.</summary>
    public int Best() => _isSorted ? 0 : Sampler.ArgMax(Logits);

    /// <summary>Fills <see cref="Weights"/> with exp(logit - highest); returns their sum.</summary>
    public double Weigh(float highest)
    {
        var shift = Vector512.Create(highest);
        Vector512<double> sums = default;
        int i = 0;
        for (; i + Lanes <= Count; i += Lanes)
        {
            Vector512<float> weights = Vector512.Exp(Vector512.Create(_logits, i) - shift);
            weights.CopyTo(_weights, i);
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(weights);
            sums += low + high;
        }
        double sum = Vector512.Sum(sums);
        for (; i < Count; i++)
            sum += _weights[i] = MathF.Exp(_logits[i] - highest);
        return sum;
    }

    /// <summary>Keeps the likeliest ones, sorted.</summary>
    public void KeepTop(int count)
    {
        if (count < Count)
            TakeTop(count);
        Sort();
    }

    /// <summary>Sorts by descending logit; of equals the one that comes first stays first.</summary>
    public void Sort()
    {
        if (_isSorted)
            return;
        for (int i = 0; i < Count; i++)
            _sorting[i] = Key(_logits[i], i);
        Arrange(_sorting.AsSpan(0, Count));
    }

    /// <summary>Keeps those with at least some logit, in their order.</summary>
    public void KeepFrom(float least)
    {
        for (int i = 0; i < Count; i += Lanes)
        {
            if (i + Lanes <= Count)
                (-Vector512.Create(_logits, i)).CopyTo(_keys, i);
            else
                Negate(i);
        }
        Keep(new MassCut.Limit(-least, Count));
    }

    /// <summary>Takes away a stretch of the sorted ones at the beginning.</summary>
    public void DropFirst(int count)
    {
        for (int i = count; i < Count; i++)
            Move(i, i - count);
        Shorten(Count - count);
    }

    /// <summary>Keeps the likeliest that together have a share of the probability.</summary>
    /// <param name="share">The share.</param>
    /// <param name="highest">The highest logit.</param>
    public void KeepNucleus(double share, float highest)
    {
        double total = Weigh(highest);
        int i = 0;
        for (; i + Lanes <= Count; i += Lanes)
            (Vector512.Create(highest) - Vector512.Create(_logits, i)).CopyTo(_keys, i);
        for (; i < Count; i++)
            _keys[i] = highest - _logits[i];
        Keep(_cut.Find(_keys.AsSpan(0, Count), Weights, share * total));
    }

    /// <summary>Keeps those whose surprise is nearest to the expected one and that together have a share of the probability.</summary>
    public void KeepTypical(double share, float highest)
    {
        double total = Weigh(highest), logTotal = Math.Log(total);
        float expected = (float)(highest + logTotal - Entropy(highest, total));
        int i = 0;
        for (; i + Lanes <= Count; i += Lanes)
            Vector512.Abs(Vector512.Create(expected) - Vector512.Create(_logits, i)).CopyTo(_keys, i);
        for (; i < Count; i++)
            _keys[i] = MathF.Abs(expected - _logits[i]);
        Keep(_cut.Find(_keys.AsSpan(0, Count), Weights, share * total));
    }

    /// <summary>The entropy of the candidates in nats.</summary>
    /// <param name="highest">The highest logit.</param>
    /// <param name="total">The sum of the weights, which are up to date.</param>
    public double Entropy(float highest, double total)
    {
        // -Σ p ln p = ln total - Σ w (logit - highest) / total
        Vector512<double> sums = default;
        int i = 0;
        for (; i + Lanes <= Count; i += Lanes)
        {
            var weights = Vector512.Create(_weights, i);
            Vector512<float> terms = weights * (Vector512.Create(_logits, i) - Vector512.Create(highest));
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.ConditionalSelect(Vector512.GreaterThan(weights, default), terms, default));
            sums += low + high;
        }
        double sum = Vector512.Sum(sums);
        for (; i < Count; i++)
            sum += _weights[i] > 0 ? _weights[i] * (_logits[i] - highest) : 0;
        return Math.Log(total) - (sum / total);
    }

    private void Negate(int from)
    {
        for (int i = from; i < Count; i++)
            _keys[i] = -_logits[i];
    }

    // Keeps the candidates up to a key. Of a whole vocabulary of which much is left, the others stay in their places as impossible: moving a hundred thousand together costs more than
    // passing over the gaps.
    private void Keep(MassCut.Limit limit)
    {
        int kept = 0, i = 0;
        if (_isWhole)
        {
            Vector512<float> key = Vector512.Create(limit.Key), impossible = Vector512.Create(float.NegativeInfinity);
            for (; i + Lanes <= Count; i += Lanes)
            {
                Vector512<float> stays = Vector512.LessThanOrEqual(Vector512.Create(_keys, i), key);
                Vector512.ConditionalSelect(stays, Vector512.Create(_logits, i), impossible).CopyTo(_logits, i);
                kept += BitOperations.PopCount(stays.ExtractMostSignificantBits());
            }
            for (; i < Count; i++)
                (_logits[i], kept) = _keys[i] <= limit.Key ? (_logits[i], kept + 1) : (float.NegativeInfinity, kept);
            for (i = limit.Place + 1; i < Count; i++)
            {
                if (i + Lanes <= Count && !Vector512.EqualsAny(Vector512.Create(_keys, i), key))
                    i += Lanes - 1;
                else if (_keys[i] == limit.Key)
                    (_logits[i], kept) = (float.NegativeInfinity, kept - 1);
            }
            if (kept > Count / Sparse)
                return;
        }
        kept = 0;
        for (i = 0; i < Count; i++)
        {
            if (_keys[i] < limit.Key || (_keys[i] == limit.Key && i <= limit.Place))
                Move(i, kept++);
        }
        Shorten(kept);
    }

    // Moving forward keeps the tokens of a whole vocabulary readable: until Shorten, those not yet reached still have their places as ids.
    private void Move(int from, int to)
    {
        _ids[to] = IdAt(from);
        _logits[to] = _logits[from];
    }

    private void Shorten(int count)
    {
        _isWhole = false;
        Count = count;
    }

    // A binary heap of k keys with the worst on top; nearly every other token fails one comparison with it.
    private void TakeTop(int count)
    {
        Span<ulong> heap = _sorting.AsSpan(0, count);
        for (int i = 0; i < count; i++)
            heap[i] = Key(_logits[i], i);
        for (int i = (count / 2) - 1; i >= 0; i--)
            SiftDown(heap, i);
        float worst = _logits[PlaceOf(heap[0])];
        int next = count;
        while (next < Count)
        {
            // Blocks without any better one are passed over at once.
            if (next + Lanes <= Count && !Vector512.GreaterThanAny(Vector512.Create(_logits, next), Vector512.Create(worst)))
            {
                next += Lanes;
                continue;
            }
            for (int end = Math.Min(next + Lanes, Count); next < end; next++)
            {
                if (_logits[next] <= worst)
                    continue;
                heap[0] = Key(_logits[next], next);
                SiftDown(heap, 0);
                worst = _logits[PlaceOf(heap[0])];
            }
        }
        Arrange(heap);
    }

    // Makes the candidates those of some keys, sorted.
    private void Arrange(Span<ulong> keys)
    {
        keys.Sort();
        for (int i = 0; i < keys.Length; i++)
        {
            int place = PlaceOf(keys[i]);
            // The old places are still needed, so the new ones are gathered beside them.
            _weights[i] = _logits[place];
            _sorting[i] = (uint)IdAt(place);
        }
        for (int i = 0; i < keys.Length; i++)
            (_ids[i], _logits[i]) = ((int)_sorting[i], _weights[i]);
        Shorten(keys.Length);
        _isSorted = true;
    }

    private static void SiftDown(Span<ulong> heap, int parent)
    {
        ulong moving = heap[parent];
        for (int child = (2 * parent) + 1; child < heap.Length; child = (2 * parent) + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] > heap[child])
                child++;
            if (heap[child] <= moving)
                break;
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = moving;
    }

    // Ascending keys are descending logits and, among equals, ascending places. A float's bits order like integers once negative ones are
    // turned over and the sign is flipped.
    private static ulong Key(float logit, int place)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)place;
    }

    private static int PlaceOf(ulong key) => (int)(uint)key;
}
