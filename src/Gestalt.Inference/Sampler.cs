using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <summary>
/// Draws the next token from logits as <see cref="SamplingOptions"/> say. Its memory is taken once; drawing allocates nothing.
/// One sampler serves one thread, and one sequence where the options have a memory (<see cref="SamplingOptions.HasMemory"/>).
/// </summary>
public sealed partial class Sampler
{
    private const int Lanes = 16;

    // Drawing walks these sums first and then one block: n/256 + 256 additions instead of n.
    private const int BlockLength = 256;

    private readonly SamplingOptions _options;
    private readonly Candidates _candidates;
    private readonly SamplingStep[] _steps;
    private readonly bool _takesLikeliest;
    private readonly bool _penaltiesFollow;
    private readonly KeyValuePair<int, float>[] _biases;
    private readonly double[] _blockSums;
    private TokenProbability[] _distribution = [];
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
        _steps = [.. options.Order.Where(IsAtWork)];
        _penaltiesFollow = _steps.SkipWhile(step => step != SamplingStep.Temperature).Any(step => step is SamplingStep.Penalties or SamplingStep.Dry);
        bool changesLogits = options.LogitBias.Count > 0 || _steps.Contains(SamplingStep.Penalties) || _steps.Contains(SamplingStep.Dry);
        bool canMissLikeliest = _steps.Contains(SamplingStep.Xtc) || _steps.Contains(SamplingStep.Typical);
        _takesLikeliest = options.IsGreedy && _steps.Contains(SamplingStep.Temperature) && !changesLogits && !canMissLikeliest && options.Mirostat == 0;
        _candidates = new Candidates(_takesLikeliest ? 0 : vocabulary);
        _blockSums = new double[_takesLikeliest ? 0 : (vocabulary + BlockLength - 1) / BlockLength];
        _seenIn = new int[_steps.Contains(SamplingStep.Penalties) || _steps.Contains(SamplingStep.Dry) ? vocabulary : 0];
        _counts = new int[_seenIn.Length];
        _biases = [.. options.LogitBias];
        _breakers = [.. options.DryBreakers];
        _surpriseLimit = 2 * options.MirostatTarget;
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
    /// <param name="logits">The model's logits, (V); minus infinity where a token is not allowed.</param>
    /// <param name="history">Tokens so far, prompt included; only penalties look at them.</param>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> history) => Next(logits, history, ref _random);

    /// <summary>Draws the next token with random numbers of the caller's, as for one row of a batch.</summary>
    /// <param name="logits">The model's logits, (V); minus infinity where a token is not allowed.</param>
    /// <param name="history">Tokens so far, prompt included; only penalties look at them.</param>
    /// <param name="random">The row's random numbers.</param>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ref Xoshiro256 random)
    {
        CheckLength(logits);
        if (_takesLikeliest)
        {
            int best = ArgMax(logits);
            CheckHighest(logits[best]);
            return best;
        }
        Choose(logits, history, ref random);
        double total = _candidates.Weigh(_candidates.Logits[_candidates.Best()]);
        int drawn = Draw(ref random);
        if (_options.Mirostat != 0)
            Remember(_candidates.Weights[drawn] / total);
        return _candidates.IdAt(drawn);
    }

    /// <summary>
    /// The distribution from which <see cref="Next(ReadOnlySpan{float}, ReadOnlySpan{int}, ref Xoshiro256)"/> draws: the tokens that are left with their probabilities, which sum to 1. Mirostat's memory
    /// stays as it is.
    /// </summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="history">Tokens so far, prompt included.</param>
    /// <param name="random">Random numbers, used where XTC tosses its coin.</param>
    /// <returns>Tokens in no particular order, until the sampler is used again.</returns>
    /// <exception cref="InvalidOperationException">The logits are not numbers.</exception>
    public ReadOnlySpan<TokenProbability> Distribution(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ref Xoshiro256 random)
    {
        CheckLength(logits);
        if (_distribution.Length == 0)
            _distribution = new TokenProbability[_takesLikeliest ? 1 : Vocabulary];
        if (_takesLikeliest)
        {
            int best = ArgMax(logits);
            CheckHighest(logits[best]);
            _distribution[0] = new TokenProbability(best, 1);
            return _distribution;
        }
        Choose(logits, history, ref random);
        double total = _candidates.Weigh(_candidates.Logits[_candidates.Best()]);
        int count = 0;
        for (int i = 0; i < _candidates.Count; i++)
        {
            if (_candidates.Weights[i] > 0)
                _distribution[count++] = new TokenProbability(_candidates.IdAt(i), (float)(_candidates.Weights[i] / total));
        }
        return _distribution.AsSpan(0, count);
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

    // Leaves the tokens that may be drawn as candidates.
    private void Choose(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, ref Xoshiro256 random)
    {
        _candidates.Fill(logits);
        foreach ((int id, float bias) in _biases)
        {
            if ((uint)id < (uint)Vocabulary)
                _candidates.Logits[id] += bias;
        }
        CheckHighest(_candidates.Logits[_candidates.Best()]);
        foreach (SamplingStep step in _steps)
            Take(step, history, ref random);
        if (_options.Mirostat != 0)
            CutToSurprise();
    }

    private void Take(SamplingStep step, ReadOnlySpan<int> history, ref Xoshiro256 random)
    {
        switch (step)
        {
            case SamplingStep.Penalties:
                Penalize(history);
                break;
            case SamplingStep.Dry:
                PenalizeRepetition(history);
                break;
            case SamplingStep.TopNSigma:
                CutToSigma();
                break;
            case SamplingStep.TopK:
                _candidates.KeepTop(_options.TopK);
                break;
            case SamplingStep.Typical:
                _candidates.KeepTypical(_options.TypicalP, Highest());
                break;
            case SamplingStep.TopP:
                _candidates.KeepNucleus(_options.TopP, Highest());
                break;
            case SamplingStep.MinP:
                _candidates.KeepFrom(Highest() + MathF.Log(_options.MinP));
                break;
            case SamplingStep.Xtc:
                DropTopChoices(ref random);
                break;
            default:
                Scale();
                break;
        }
    }

    private bool IsAtWork(SamplingStep step) => step switch
    {
        SamplingStep.Penalties => _options.RepetitionWindow > 0 && (_options.RepetitionPenalty != 1 || _options.FrequencyPenalty != 0 || _options.PresencePenalty != 0),
        SamplingStep.Dry => _options.DryMultiplier > 0 && _options.DryWindow > 0,
        SamplingStep.Temperature => _options.Temperature != 1 || _options.DynamicTemperatureRange != 0,
        _ when _options.Mirostat != 0 => false,
        SamplingStep.TopNSigma => _options.TopNSigma > 0,
        SamplingStep.TopK => _options.TopK > 0 && _options.TopK < Vocabulary,
        SamplingStep.Typical => _options.TypicalP < 1,
        SamplingStep.TopP => _options.TopP < 1,
        SamplingStep.MinP => _options.MinP > 0,
        _ => _options.XtcProbability > 0 && _options.XtcThreshold <= 0.5f,
    };

    private float Highest() => _candidates.Logits[_candidates.Best()];

    private int Draw(ref Xoshiro256 random)
    {
        ReadOnlySpan<float> weights = _candidates.Weights;
        int blocks = (weights.Length + BlockLength - 1) / BlockLength;
        double total = 0;
        for (int i = 0; i < blocks; i++)
            total += _blockSums[i] = Sum(weights.Slice(i * BlockLength, Math.Min(BlockLength, weights.Length - (i * BlockLength))));
        double left = random.NextDouble() * total;
        int block = 0;
        while (block < blocks - 1 && left >= _blockSums[block])
            left -= _blockSums[block++];
        // Rounding may leave a rest behind the last token; it belongs to that one, or the one before, never to one of probability 0.
        int last = -1;
        for (int i = block * BlockLength; i < weights.Length; i++)
        {
            if (weights[i] == 0)
                continue;
            last = i;
            left -= weights[i];
            if (left < 0)
                break;
        }
        return last >= 0 ? last : _candidates.Best();
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        Vector512<float> sums = default;
        int i = 0;
        for (; i + Lanes <= weights.Length; i += Lanes)
            sums += Vector512.Create(weights.Slice(i, Lanes));
        double sum = Vector512.Sum(sums);
        for (; i < weights.Length; i++)
            sum += weights[i];
        return sum;
    }

    private void CheckLength(ReadOnlySpan<float> logits)
    {
        if (logits.Length != Vocabulary)
            throw new ArgumentException($"{logits.Length} logits for a vocabulary of {Vocabulary}", nameof(logits));
    }

    private static void CheckHighest(float highest)
    {
        if (!float.IsFinite(highest))
            throw new InvalidOperationException(FormattableString.Invariant($"The model's highest logit is {highest}: its parameters are damaged or it has diverged."));
    }
}
