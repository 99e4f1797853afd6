namespace Gestalt.Inference.Speculation;

/// <summary>
/// Decides by the clock whether guessing pays: it knows what a plain step takes, counts what guessing saves and loses, and pauses it when it loses, longer each time.
/// </summary>
/// <remarks>
/// A trial is given up when it has lost <see cref="Allowance"/> of a plain step, and the step that shows it can cost about one more, so a sequence that cannot be guessed
/// is slower by little more than a step in <see cref="FirstPause"/>, and by half of that each time the pause doubles.
/// </remarks>
internal sealed class SpeculationClock
{
    /// <summary>The most tokens guessed at once.</summary>
    public const int LongestDraft = 12;

    // More sequences share the weights already: checking guesses then costs as much as it saves.
    private const int MostSequences = 4;

    private const double Allowance = 0.35;

    // What right guesses have saved pays for wrong ones later only so far, or guesses that are sometimes right would lose all that again, over and over.
    private const double MostCredit = 0.35;
    private const int FirstPause = 128;
    private const int LongestPause = 4096;

    // A plain step every so often: it takes longer as sequences grow.
    private const int PlainEvery = 64;

    // The first steps of all warm caches up and count for nothing.
    private const int WarmUp = 2;

    private readonly double[] _plain = new double[MostSequences + 1];
    private readonly int[] _plainSteps = new int[MostSequences + 1];
    private double _balance; // plain steps saved
    private int _pause;
    private int _nextPause = FirstPause;
    private int _sincePlain;

    /// <summary>Whether to guess in the next step.</summary>
    /// <param name="sequences">How many sequences go on in it.</param>
    public bool IsWorthwhile(int sequences)
    {
        if (sequences is < 1 or > MostSequences || _plainSteps[sequences] <= WarmUp || _sincePlain >= PlainEvery)
            return false;
        if (_pause == 0)
            return true;
        _pause--;
        return false;
    }

    /// <summary>Counts a step.</summary>
    /// <param name="sequences">How many sequences went on.</param>
    /// <param name="guesses">How many tokens were guessed for them.</param>
    /// <param name="tokens">How many tokens it gave.</param>
    /// <param name="seconds">What it took, guessing included.</param>
    public void Count(int sequences, int guesses, int tokens, double seconds)
    {
        if (sequences is < 1 or > MostSequences)
            return;
        ref double plain = ref _plain[sequences];
        if (guesses == 0)
        {
            _sincePlain = 0;
            if (++_plainSteps[sequences] >= WarmUp)
                plain = plain == 0 ? seconds : (0.8 * plain) + (0.2 * seconds);
            return;
        }
        _sincePlain++;
        _balance = Math.Min(MostCredit, _balance + ((double)tokens / sequences) - (seconds / plain));
        if (_balance >= MostCredit)
            _nextPause = FirstPause;
        if (_balance >= -Allowance)
            return;
        (_balance, _pause) = (0, _nextPause);
        _nextPause = Math.Min(2 * _nextPause, LongestPause);
    }
}
