using Gestalt.Evaluation;

namespace Gestalt.Training.Improvement;

/// <summary>What became of something that was measured before and after.</summary>
public enum ChangeVerdict
{
    /// <summary>The whole interval of the change is above nought.</summary>
    Better,

    /// <summary>The whole interval is above minus the margin: it may have become a little worse, by no more than that.</summary>
    Kept,

    /// <summary>It may have become worse by more than the margin; there are too few trials to tell.</summary>
    Unclear,

    /// <summary>The whole interval is below nought: it became worse, beyond chance.</summary>
    Worse,
}

/// <summary>A share before and after.</summary>
/// <param name="Name">What it is the share of.</param>
/// <param name="Meaning">What was asked, and what counts.</param>
/// <param name="IsFlagged">Whether it is what was to become better.</param>
/// <param name="Chance">The share that guessing would reach.</param>
/// <param name="Pairs">The counts.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Gained">Some that became good: question, what was good, before, after.</param>
/// <param name="Lost">Some that no longer are.</param>
public sealed record ShareChange(
    string Name, string Meaning, bool IsFlagged, double Chance, PairedProportion Pairs, ChangeVerdict Verdict, IReadOnlyList<ChangedAnswer> Gained, IReadOnlyList<ChangedAnswer> Lost)
{
    /// <summary>The share before, with its interval and the level of chance.</summary>
    public Proportion Before => Pairs.Before with { Chance = Chance };

    /// <summary>The share after.</summary>
    public Proportion After => Pairs.After with { Chance = Chance };
}

/// <summary>An answer before and after.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Expected">What would have been good.</param>
/// <param name="Before">What came before.</param>
/// <param name="After">What comes now.</param>
public sealed record ChangedAnswer(string Question, string Expected, string Before, string After);

/// <summary>A cost before and after; less is better.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Meaning">What was read.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Pairs">The means and their change.</param>
/// <param name="Verdict">What became of it.</param>
public sealed record CostChange(string Name, string Meaning, string Unit, PairedMean Pairs, ChangeVerdict Verdict);

/// <summary>What an improvement improved, and what became of everything else.</summary>
/// <param name="Margin">By how much a share may fall, and by what part of itself a cost may rise, and still count as kept.</param>
/// <param name="Shares">Shares, flagged ones first.</param>
/// <param name="Costs">Costs.</param>
public sealed record ImprovementReport(double Margin, IReadOnlyList<ShareChange> Shares, IReadOnlyList<CostChange> Costs)
{
    private const int ExamplesOfEach = 6;

    /// <summary>What became worse beyond its interval, by name.</summary>
    public IReadOnlyList<string> Regressed => [.. Shares.Where(share => share.Verdict == ChangeVerdict.Worse).Select(share => share.Name), .. Costs.Where(cost => cost.Verdict == ChangeVerdict.Worse).Select(cost => cost.Name)];

    /// <summary>What may have become worse by more than the margin, by name.</summary>
    public IReadOnlyList<string> Unclear => [.. Shares.Where(share => !share.IsFlagged && share.Verdict == ChangeVerdict.Unclear).Select(share => share.Name), .. Costs.Where(cost => cost.Verdict == ChangeVerdict.Unclear).Select(cost => cost.Name)];

    /// <summary>The most that any share of everything else may have fallen, at the lower end of its 95 % interval; 0 where none may have.</summary>
    public double MostFallen => Shares.Where(share => !share.IsFlagged).Select(share => -share.Pairs.Low).Append(0).Max();

    /// <summary>In a sentence: whether anything else became worse.</summary>
    public string Summary => Regressed.Count > 0
        ? $"worse beyond chance: {string.Join("; ", Regressed)}"
        : Costs.Count == 0 && Shares.All(share => share.IsFlagged) ? "nothing else was measured"
        : FormattableString.Invariant($"no regression: nothing else fell by more than {MostFallen * 100:0.0} points (95 %){(Unclear.Count > 0 ? $"; too few questions to tell of {string.Join(", ", Unclear)}" : "")}");

    /// <summary>Compares two exams.</summary>
    /// <param name="before">Of the model before.</param>
    /// <param name="after">Of the model after.</param>
    /// <param name="margin">By how much a share may fall, and by what part of itself a cost may rise, and still count as kept.</param>
    /// <exception cref="ArgumentException">They did not ask the same.</exception>
    public static ImprovementReport Compare(ExamResult before, ExamResult after, double margin)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (!before.Parts.Select(part => part.Name).SequenceEqual(after.Parts.Select(part => part.Name)) || !before.Costs.Select(cost => cost.Name).SequenceEqual(after.Costs.Select(cost => cost.Name)))
            throw new ArgumentException("The two exams did not ask the same, and cannot be compared.", nameof(after));
        return new ImprovementReport(margin, [.. before.Parts.Zip(after.Parts, (was, now) => Compare(was, now, margin))], [.. before.Costs.Zip(after.Costs, (was, now) => Compare(was, now, margin))]);
    }

    private static ShareChange Compare(ExamPart before, ExamPart after, double margin)
    {
        if (!before.Answers.Select(answer => answer.Question).SequenceEqual(after.Answers.Select(answer => answer.Question)))
            throw new ArgumentException($"The two exams asked other questions under '{before.Name}', and cannot be compared.", nameof(after));
        PairedProportion pairs = PairedProportion.Of(before.Answers.Zip(after.Answers, (was, now) => (was.IsGood, now.IsGood)));
        return new ShareChange(before.Name, before.Meaning, before.IsFlagged, before.Chance, pairs, VerdictOf(pairs.Low, pairs.High, margin), Examples(isGain: true), Examples(isGain: false));

        IReadOnlyList<ChangedAnswer> Examples(bool isGain) =>
        [
            .. before.Answers.Zip(after.Answers).Where(pair => pair.First.IsGood != pair.Second.IsGood && pair.Second.IsGood == isGain).Take(ExamplesOfEach)
                .Select(pair => new ChangedAnswer(pair.First.Question, pair.First.Expected, pair.First.Answer, pair.Second.Answer)),
        ];
    }

    private static CostChange Compare(ExamCost before, ExamCost after, double margin)
    {
        PairedMean pairs = PairedMean.Of(before.Costs, after.Costs);
        return new CostChange(before.Name, before.Meaning, before.Unit, pairs, VerdictOf(-pairs.High, -pairs.Low, margin * pairs.Before));
    }

    private static ChangeVerdict VerdictOf(double low, double high, double margin) =>
        low > 0 ? ChangeVerdict.Better : high < 0 ? ChangeVerdict.Worse : low >= -margin ? ChangeVerdict.Kept : ChangeVerdict.Unclear;
}
