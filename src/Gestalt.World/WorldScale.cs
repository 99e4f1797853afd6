namespace Gestalt.World;

/// <summary>
/// How many facts the pages keep returning to. The world itself never changes with scale; only the length of its head does, so
/// that a model that reads little still reads each well-attested fact often enough to learn it.
/// </summary>
/// <param name="WellAttestedFacts">Wanted number of well-attested facts (the head ends with the entity that reaches it).</param>
/// <param name="AttestedEntities">Number of entities in the middle.</param>
public sealed record WorldScale(int WellAttestedFacts, int AttestedEntities)
{
    /// <summary>Well-attested facts for each megabyte of kept text, which gives each about a hundred statements or more.</summary>
    public const double FactsPerMegabyte = 40;

    /// <summary>The head never grows past this: longer crawls tell the same facts more often.</summary>
    public const int MostWellAttestedFacts = 320;

    /// <summary>The scale for a crawl of 8 MB or more.</summary>
    public static WorldScale Full { get; } = new(MostWellAttestedFacts, 300);

    /// <summary>The scale for a crawl with <paramref name="textBytes"/> bytes of kept text.</summary>
    public static WorldScale ForText(long textBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(textBytes);
        double megabytes = textBytes / 1e6;
        int head = (int)Math.Clamp(megabytes * FactsPerMegabyte, 40, MostWellAttestedFacts);
        return new(head, Math.Clamp((int)(megabytes * 30), 40, 300));
    }
}
