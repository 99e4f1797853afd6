using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <summary>
/// Draws the next token from logits as <see cref="SamplingOptions"/> say. Its memory is taken once; drawing allocates nothing.
/// One sampler serves one thread.
/// </summary>
/// <remarks>
/// Top-k, top-p and min-p each keep a beginning of the tokens sorted by likelihood, so the steps agree on one length of it. Sums run in
/// a fixed order of 16 lanes, whatever the processor's registers, so that a seed means the same text everywhere the logits are the same.
/// </remarks>
public sealed class Sampler
{
    private const int Lanes = 16;

    // Drawing walks these sums first and then one block: V/256 + 256 additions instead of V.
    private const int BlockLength = 256;

    private readonly SamplingOptions _options;
    private readonly float[] _penalized;
    private readonly float[] _weights;
    private readonly double[] _blockSums;
    private readonly ulong[] _candidates;
    private readonly int[] _seenIn;
    private int _round;
    private Xoshiro256 _random;

    /// <summary>Prepares to draw.</summary>
    /// <param name="options">How.</param>
    /// <param name="vocabulary">V, the number of logits.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is impossible.</exception>
    public Sampler(SamplingOptions options, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        options.Validate();
        _options = options;
        Vocabulary = vocabulary;
        _random = new Xoshiro256(options.Seed);
        _penalized = options.RepetitionPenalty == 1 ? [] : new float[vocabulary];
        _seenIn = options.RepetitionPenalty == 1 ? [] : new int[vocabulary];
        _weights = options.IsGreedy ? [] : new float[vocabulary];
        _blockSums = options.IsGreedy ? [] : new double[(vocabulary + BlockLength - 1) / BlockLength];
        _candidates = options.IsGreedy ? [] : new ulong[vocabulary];
    }

    /// <summary>V, the number of logits.</summary>
    public int Vocabulary { get; }

    /// <summary>The random numbers that are to come; its state can be saved and restored.</summary>
    public Xoshiro256 Random
    {
        get => _random;
        set => _random = value;
    }

    /// <summary>Draws the next token with the sampler's own random numbers.</summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="history">Tokens so far, prompt included; only a repetition penalty looks at them.</param>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> history) => Next(logits, history, ref _random);

    /// <summary>Draws the next token with random numbers of the caller's, as for one row of a batch.</summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="history">Tokens so far, prompt included; only a repetition penalty looks at them.</param>
    /// <param name="random">The row's random numbers.</param>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ref Xoshiro256 random)
    {
        if (logits.Length != Vocabulary)
            throw new ArgumentException($"{logits.Length} logits for a vocabulary of {Vocabulary}", nameof(logits));
        if (_options.RepetitionPenalty != 1 && history.Length > 0)
            logits = Penalize(logits, history);
        int best = ArgMax(logits);
        float highest = logits[best];
        if (!float.IsFinite(highest))
            throw new InvalidOperationException(FormattableString.Invariant($"The model's highest logit is {highest}: its parameters are damaged or it has diverged."));
        if (_options.IsGreedy)
            return best;
        bool keepsAll = (_options.TopK == 0 || _options.TopK >= Vocabulary) && _options.TopP == 1 && _options.MinP == 0;
        return keepsAll ? DrawFromAll(logits, highest, ref random) : DrawFromLikeliest(logits, highest, ref random);
    }

    /// <summary>The natural logarithm of a token's probability under the model itself: before penalty, filters and temperature.</summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="token">The token.</param>
    public static float LogProbability(ReadOnlySpan<float> logits, int token)
    {
        float highest = logits[ArgMax(logits)];
        double sum = 0;
        int i = 0;
        Vector512<double> sums = default;
        var shift = Vector512.Create(highest);
        for (; i + Lanes <= logits.Length; i += Lanes)
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Exp(Vector512.Create(logits.Slice(i, Lanes)) - shift));
            sums += low + high;
        }
        for (; i < logits.Length; i++)
            sum += MathF.Exp(logits[i] - highest);
        return (float)(logits[token] - highest - Math.Log(sum + Vector512.Sum(sums)));
    }

    /// <summary>The likeliest token; of equals the lowest id.</summary>
    /// <param name="logits">At least one logit. If one is NaN, its position is returned.</param>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        float highest = float.NegativeInfinity;
        int i = 0;
        if (logits.Length >= Lanes)
        {
            var lanes = Vector512.Create(logits);
            for (i = Lanes; i + Lanes <= logits.Length; i += Lanes)
                lanes = Vector512.Max(lanes, Vector512.Create(logits.Slice(i, Lanes)));
            for (int lane = 0; lane < Lanes; lane++)
                highest = MathF.Max(highest, lanes[lane]);
        }
        for (; i < logits.Length; i++)
            highest = MathF.Max(highest, logits[i]);
        for (i = 0; i < logits.Length; i++)
        {
            if (logits[i].Equals(highest))
                return i;
        }
        throw new ArgumentException("there are no logits to choose from", nameof(logits));
    }

    private ReadOnlySpan<float> Penalize(ReadOnlySpan<float> logits, ReadOnlySpan<int> history)
    {
        logits.CopyTo(_penalized);
        _round++;
        foreach (int token in history[Math.Max(0, history.Length - _options.RepetitionWindow)..])
        {
            if ((uint)token >= (uint)Vocabulary || _seenIn[token] == _round)
                continue;
            _seenIn[token] = _round;
            ref float logit = ref _penalized[token];
            logit = logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;
        }
        return _penalized;
    }

    private int DrawFromAll(ReadOnlySpan<float> logits, float highest, ref Xoshiro256 random)
    {
        double total = Exponentiate(logits, highest, _options.Temperature);
        double left = random.NextDouble() * total;
        int block = 0;
        while (block < _blockSums.Length - 1 && left >= _blockSums[block])
            left -= _blockSums[block++];
        int start = block * BlockLength;
        ReadOnlySpan<float> weights = _weights.AsSpan(start, Math.Min(BlockLength, Vocabulary - start));
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0)
                continue;
            last = i; // rounding may leave a rest after the last token; it belongs to that one, never to one of probability 0
            left -= weights[i];
            if (left < 0)
                break;
        }
        return start + last;
    }

    private int DrawFromLikeliest(ReadOnlySpan<float> logits, float highest, ref Xoshiro256 random)
    {
        double total;
        Span<ulong> kept = _options.TopK > 0 && _options.TopK < Vocabulary
            ? TakeTopK(logits, highest, out total)
            : TakeAbove(logits, highest, out total);
        kept.Sort();
        if (_options.TopP < 1)
            kept = CutToTopP(kept, logits, highest, _options.TopP * total);
        if (_options.MinP > 0)
            kept = CutToMinP(kept, logits, highest + MathF.Log(_options.MinP));
        total = 0;
        for (int i = 0; i < kept.Length; i++)
            total += _weights[i] = MathF.Exp((logits[Token(kept[i])] - highest) / _options.Temperature);
        double left = random.NextDouble() * total;
        for (int i = 0; i < kept.Length; i++)
        {
            left -= _weights[i];
            if (left < 0)
                return Token(kept[i]);
        }
        return Token(kept[0]);
    }

    // A binary heap of k keys with the worst on top; nearly every other token fails one comparison with it.
    private Span<ulong> TakeTopK(ReadOnlySpan<float> logits, float highest, out double total)
    {
        Span<ulong> heap = _candidates.AsSpan(0, _options.TopK);
        for (int i = 0; i < heap.Length; i++)
            heap[i] = Key(logits[i], i);
        for (int i = heap.Length / 2 - 1; i >= 0; i--)
            SiftDown(heap, i);
        float worst = logits[Token(heap[0])];
        for (int i = heap.Length; i < logits.Length; i++)
        {
            if (logits[i] <= worst)
                continue;
            heap[0] = Key(logits[i], i);
            SiftDown(heap, 0);
            worst = logits[Token(heap[0])];
        }
        total = 0;
        foreach (ulong key in heap)
            total += MathF.Exp(logits[Token(key)] - highest);
        return heap;
    }

    private static void SiftDown(Span<ulong> heap, int parent)
    {
        ulong moving = heap[parent];
        for (int child = 2 * parent + 1; child < heap.Length; child = 2 * parent + 1)
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

    // Of a nucleus of probability p no token can be below (1-p)/V: all those together would not make up the 1-p that is left out.
    private Span<ulong> TakeAbove(ReadOnlySpan<float> logits, float highest, out double total)
    {
        total = Exponentiate(logits, highest, 1);
        double least = _options.TopP < 1 ? (1 - _options.TopP) * total / Vocabulary : _options.MinP;
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            // Half of the bound: rounding of the weights must not decide.
            if (_weights[i] >= 0.5 * least)
                _candidates[count++] = Key(logits[i], i);
        }
        return _candidates.AsSpan(0, count);
    }

    private static Span<ulong> CutToTopP(Span<ulong> sorted, ReadOnlySpan<float> logits, float highest, double wanted)
    {
        for (int i = 0; i < sorted.Length; i++)
        {
            wanted -= MathF.Exp(logits[Token(sorted[i])] - highest);
            if (wanted <= 0)
                return sorted[..(i + 1)];
        }
        return sorted;
    }

    private static Span<ulong> CutToMinP(Span<ulong> sorted, ReadOnlySpan<float> logits, float lowest)
    {
        int count = 1;
        while (count < sorted.Length && logits[Token(sorted[count])] >= lowest)
            count++;
        return sorted[..count];
    }

    // Fills _weights with exp((logit - highest) / temperature) and _blockSums with their sums by block; returns the total.
    private double Exponentiate(ReadOnlySpan<float> logits, float highest, float temperature)
    {
        var shift = Vector512.Create(highest);
        var divisor = Vector512.Create(temperature);
        double total = 0;
        for (int block = 0; block < _blockSums.Length; block++)
        {
            int i = block * BlockLength, end = Math.Min(i + BlockLength, logits.Length);
            Vector512<float> sums = default;
            for (; i + Lanes <= end; i += Lanes)
            {
                Vector512<float> weights = Vector512.Exp((Vector512.Create(logits.Slice(i, Lanes)) - shift) / divisor);
                weights.CopyTo(_weights, i);
                sums += weights;
            }
            double sum = Vector512.Sum(sums);
            for (; i < end; i++)
                sum += _weights[i] = MathF.Exp((logits[i] - highest) / temperature);
            _blockSums[block] = sum;
            total += sum;
        }
        return total;
    }

    // Ascending keys are descending logits and, among equals, ascending ids. A float's bits order like integers once negative ones are
    // turned over and the sign is flipped.
    private static ulong Key(float logit, int token)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)token;
    }

    private static int Token(ulong key) => (int)(uint)key;
}
