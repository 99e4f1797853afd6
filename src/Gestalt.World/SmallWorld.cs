using Gestalt.World.Grammar;
using Gestalt.World.Naming;

namespace Gestalt.World;

/// <summary>
/// A small, consistent, invented world: a valley with its people, places, shops, books and feasts, and every fact about them.
/// The same seed always makes the same world.
/// </summary>
public sealed class SmallWorld
{
    /// <summary>The year in which the pages of the small internet were written.</summary>
    public const int Now = 2024;

    /// <summary>The age from which people have a trade.</summary>
    public const int WorkingAge = 18;

    private readonly RelationInfo[] _relations;
    private readonly HashSet<string> _names;

    internal SmallWorld(ulong seed, WorldScale scale, Entity[] entities, Fact[] facts, Entity[] byFame, int headEntities)
    {
        Seed = seed;
        Scale = scale;
        Entities = entities;
        Facts = facts;
        ByFame = byFame;
        HeadEntities = headEntities;
        HeadFacts = [.. facts.Where(fact => fact.Tier == Attestation.WellAttested)];
        People = [.. entities.OfType<Person>()];
        Places = [.. entities.OfType<Place>()];
        SpellingNames = SpellingBook.NamesOf(People, Places);
        _names = [.. entities.Select(entity => entity.Name)];
        _relations = [.. Enum.GetValues<Relation>().Select(Summarise)];
    }

    /// <summary>The number from which everything follows.</summary>
    public ulong Seed { get; }

    /// <summary>How long the head of well-attested facts is.</summary>
    public WorldScale Scale { get; }

    /// <summary>Everything that has a name, by <see cref="Entity.Id"/>.</summary>
    public IReadOnlyList<Entity> Entities { get; }

    /// <summary>Every fact, told or not, by <see cref="Fact.Id"/>.</summary>
    public IReadOnlyList<Fact> Facts { get; }

    /// <summary>The people.</summary>
    public IReadOnlyList<Person> People { get; }

    /// <summary>Towns and villages.</summary>
    public IReadOnlyList<Place> Places { get; }

    /// <summary>Everyday words that children spell at school, in alphabetical order; the same in every world.</summary>
    public IReadOnlyList<string> EverydayWords => SpellingBook.Everyday;

    /// <summary>Surnames and places that they spell, in small letters and alphabetical order.</summary>
    public IReadOnlyList<string> SpellingNames { get; }

    /// <summary>Number of entities in the head; they are the ones with <see cref="Entity.Fame"/> below it.</summary>
    public int HeadEntities { get; }

    /// <summary>The well-attested facts.</summary>
    internal Fact[] HeadFacts { get; }

    /// <summary>Everything that pages can be about, best known first.</summary>
    internal Entity[] ByFame { get; }

    /// <summary>What is known about each relation: its values and how far guessing gets.</summary>
    public IReadOnlyList<RelationInfo> Relations => _relations;

    /// <summary>Makes the world of <paramref name="seed"/>; the scale (default <see cref="WorldScale.Full"/>) decides how many of its facts are well attested.</summary>
    public static SmallWorld Create(ulong seed, WorldScale? scale = null) => WorldBuilder.Build(seed, scale ?? WorldScale.Full);

    /// <summary>What is known about <paramref name="relation"/> as a whole.</summary>
    public RelationInfo Info(Relation relation) => _relations[(int)relation];

    /// <summary>The facts of one tier, in order of <see cref="Fact.Id"/>.</summary>
    public IEnumerable<Fact> OfTier(Attestation tier) => Facts.Where(fact => fact.Tier == tier);

    /// <summary>The name of a relation as a page would head it ("Favourite colour").</summary>
    public static string LabelOf(Relation relation) => RelationGrammar.Of(relation).Label;

    /// <summary>Whether somebody or something bears the name.</summary>
    internal bool IsName(string name) => _names.Contains(name);

    private RelationInfo Summarise(Relation relation)
    {
        Fact[] all = [.. Facts.Where(fact => fact.Relation == relation)];
        string[] values = [.. all.Select(fact => fact.Value).Distinct().Order(StringComparer.Ordinal)];
        int[] head = [.. all.Where(fact => fact.Tier == Attestation.WellAttested).GroupBy(fact => fact.Value).Select(group => group.Count())];
        double majority = head.Length == 0 ? 0 : (double)head.Max() / head.Sum();
        return new(relation, values, values.Length == 0 ? 0 : 1.0 / values.Length, majority, all.Length);
    }
}
