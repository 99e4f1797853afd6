namespace Gestalt.Store.Improving;

/// <summary>A mark on an answer: something is wrong with it, or, withdrawn, nothing is after all.</summary>
/// <param name="Answer">The answer's id in the log.</param>
/// <param name="By">Who says so: a person's name, or <c>rule:</c> and the rule's.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Why">What is wrong, in a sentence.</param>
public sealed record Flag(string Answer, string By, DateTimeOffset At, string Why)
{
    /// <summary>How the flags of rules begin.</summary>
    public const string RulePrefix = "rule:";

    /// <summary>Whether a person looked and found the answer good: all flags before are withdrawn, and rules do not flag it again.</summary>
    public bool IsWithdrawn { get; init; }

    /// <summary>The rule that raised it; null for a person.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Rule => By.StartsWith(RulePrefix, StringComparison.Ordinal) ? By[RulePrefix.Length..] : null;

    internal string? Problem =>
        string.IsNullOrWhiteSpace(Answer) ? "it names no answer"
        : string.IsNullOrWhiteSpace(By) ? "it does not say whose it is"
        : !IsWithdrawn && string.IsNullOrWhiteSpace(Why) ? "it does not say why"
        : null;
}

/// <summary>What an answer should have been.</summary>
/// <param name="Answer">The answer's id in the log.</param>
/// <param name="By">Who wrote it: a person's name, <c>model:</c> and its name, <c>key</c> for an answer key.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Content">The answer as it should have been.</param>
public sealed record Correction(string Answer, string By, DateTimeOffset At, string Content)
{
    /// <summary>Who approved it; null for a draft, from which nothing learns.</summary>
    public string? ApprovedBy { get; init; }

    internal string? Problem =>
        string.IsNullOrWhiteSpace(Answer) ? "it names no answer"
        : string.IsNullOrWhiteSpace(By) ? "it does not say whose it is"
        : string.IsNullOrWhiteSpace(Content) ? "it is empty"
        : null;
}

/// <summary>What a <see cref="ReviewStore"/> says of one answer.</summary>
/// <param name="Answer">The answer's id in the log.</param>
/// <param name="Flags">The flags that stand, the first raised first; none where a person withdrew them.</param>
/// <param name="Correction">The last correction, approved or not; null before the first.</param>
/// <param name="IsCleared">Whether the last word was a person's, that nothing is wrong.</param>
public sealed record ReviewedAnswer(string Answer, IReadOnlyList<Flag> Flags, Correction? Correction, bool IsCleared)
{
    /// <summary>Whether something is wrong with the answer.</summary>
    public bool IsFlagged => Flags.Count > 0;

    /// <summary>What is learned in its place; null while nobody has approved anything.</summary>
    public string? Approved => IsFlagged && Correction?.ApprovedBy is not null ? Correction.Content : null;
}
