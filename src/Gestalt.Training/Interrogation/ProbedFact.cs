using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>What a model turned out to know of a fact.</summary>
public enum Knowledge
{
    /// <summary>It answers wrongly, or not at all, almost always: it should say that it does not know.</summary>
    Unknown,

    /// <summary>Now right, now wrong: neither answer should be taught.</summary>
    Wavering,

    /// <summary>It answers rightly almost always.</summary>
    Known,
}

/// <summary>A fact, and what the model said each time that it was asked.</summary>
/// <param name="Probe">The fact.</param>
/// <param name="Answers">The answers.</param>
/// <param name="Verdicts">What each was worth.</param>
public sealed record ProbedFact(Probe Probe, IReadOnlyList<string> Answers, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>Share of the answers that were right.</summary>
    public double RightShare => (double)Verdicts.Count(verdict => verdict == Verdict.Right) / Verdicts.Count;

    /// <summary>Share of the answers that named a wrong value.</summary>
    public double WrongShare => (double)Verdicts.Count(verdict => verdict == Verdict.Wrong) / Verdicts.Count;

    /// <summary>What the model knows of it.</summary>
    /// <param name="limits">Where knowing ends and not knowing begins.</param>
    public Knowledge Judge(InterrogationOptions limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return RightShare >= limits.KnownFrom ? Knowledge.Known : RightShare <= limits.UnknownUpTo ? Knowledge.Unknown : Knowledge.Wavering;
    }
}
