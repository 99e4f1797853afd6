namespace Gestalt.World;

/// <summary>How often the small internet tells a fact.</summary>
public enum Attestation
{
    /// <summary>The head: stated on very many pages, in many wordings.</summary>
    WellAttested,
    /// <summary>The middle: stated now and then.</summary>
    Attested,
    /// <summary>The tail: stated once or a few times, or not at all in a short crawl.</summary>
    Rare,
    /// <summary>True in the key, but on no page, whatever the size of the crawl.</summary>
    NeverTold,
}

/// <summary>One true statement about the small world.</summary>
/// <param name="Id">Position in <see cref="SmallWorld.Facts"/>.</param>
/// <param name="Subject">What the fact is about.</param>
/// <param name="Relation">Which property of the subject.</param>
/// <param name="Value">The value in words, as it stands in a sentence ("baker", "1953", "Tobin Ashby").</param>
/// <param name="ValueEntity">The entity that the value names, where there is one.</param>
/// <param name="Tier">How often pages tell it.</param>
public sealed record Fact(int Id, Entity Subject, Relation Relation, string Value, Entity? ValueEntity, Attestation Tier);
