using Gestalt.Text;

namespace Gestalt.Store.Improving;

/// <summary>A flag as a version of the set has it.</summary>
/// <param name="By">Who raised it: a person's name, or <c>rule:</c> and the rule's.</param>
/// <param name="Why">What is wrong.</param>
public sealed record RaisedFlag(string By, string Why);

/// <summary>A corrected answer as a version of the set has it.</summary>
/// <param name="Id">The answer's id in the log.</param>
/// <param name="Flags">Who found something wrong with it, and what.</param>
/// <param name="Was">The answer as it was given.</param>
/// <param name="By">Who wrote the correction.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="Conversation">What was said, the corrected answer last.</param>
public sealed record CorrectedAnswer(string Id, IReadOnlyList<RaisedFlag> Flags, string Was, string By, string ApprovedBy, Conversation Conversation)
{
    /// <summary>What was said up to the answer.</summary>
    public Conversation Prompt => Conversation with { Messages = [.. Conversation.Messages.SkipLast(1)] };

    /// <summary>What was asked last.</summary>
    public string Question => Prompt.Messages.LastOrDefault(message => message.Role == Roles.User)?.Content ?? "";
}

/// <summary>What a retraining learns from and is measured by.</summary>
/// <param name="Corrected">Corrections that are learned.</param>
/// <param name="HeldBack">Corrections that are not, so that it can be seen whether more than sentences was learned.</param>
/// <param name="Kept">Logged answers with which nothing was wrong, learned so that they stay.</param>
/// <param name="KeptBack">Such answers that are only for measuring.</param>
/// <param name="Replay">Conversations that the model was made from, learned again so that the rest stays.</param>
/// <param name="ReplayBack">Such conversations that are only for measuring.</param>
public sealed record ImprovementSet(
    IReadOnlyList<CorrectedAnswer> Corrected, IReadOnlyList<CorrectedAnswer> HeldBack, IReadOnlyList<Conversation> Kept, IReadOnlyList<Conversation> KeptBack, IReadOnlyList<Conversation> Replay, IReadOnlyList<Conversation> ReplayBack);

/// <summary>A file of a version.</summary>
/// <param name="Name">Its name in the version's folder.</param>
/// <param name="Conversations">How many lines it has.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in hexadecimal.</param>
public sealed record VersionFile(string Name, int Conversations, string Sha256);

/// <summary>What a version is made of: <c>manifest.json</c>.</summary>
/// <param name="Number">The version's number, from 1.</param>
/// <param name="Made">When, UTC.</param>
/// <param name="New">How many corrections the version before did not have.</param>
/// <param name="Sources">What it was made from, for people: log, review, the conversations of the replay.</param>
/// <param name="Files">Its files.</param>
/// <param name="Hash">The SHA-256 over the names and hashes of the files: equal content has an equal hash, whenever and after whatever it was made.</param>
public sealed record VersionManifest(int Number, DateTimeOffset Made, int New, IReadOnlyList<string> Sources, IReadOnlyList<VersionFile> Files, string Hash)
{
    /// <summary>The hash of the version before; null for the first.</summary>
    public string? Parent { get; init; }
}
