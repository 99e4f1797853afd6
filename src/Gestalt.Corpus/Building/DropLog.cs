namespace Gestalt.Corpus;

/// <summary>Counts what was left out, by reason, and keeps the first examples of each.</summary>
internal sealed class DropLog
{
    private const int ExamplesPerReason = 3;

    private readonly Dictionary<string, (long Count, List<DropExample> Examples)> reasons = new(StringComparer.Ordinal);

    /// <summary>Everything that was left out.</summary>
    public long Total { get; private set; }

    public void Add(string reason, string source, string? url, string detail)
    {
        (long count, List<DropExample> examples) = reasons.TryGetValue(reason, out (long, List<DropExample>) known) ? known : (0, []);
        if (examples.Count < ExamplesPerReason)
            examples.Add(new DropExample(source, url, detail));
        reasons[reason] = (count + 1, examples);
        Total++;
    }

    /// <summary>The reasons, the most common first.</summary>
    public IReadOnlyList<DropTally> Tallies() =>
        [.. reasons.Select(pair => new DropTally(pair.Key, pair.Value.Count, pair.Value.Examples))
            .OrderByDescending(tally => tally.Documents).ThenBy(tally => tally.Reason, StringComparer.Ordinal)];
}
