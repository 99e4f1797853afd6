namespace Gestalt.World;

/// <summary>The properties that facts are about.</summary>
public enum Relation
{
    /// <summary>Person: trade.</summary>
    Trade,
    /// <summary>Person: the town or village where the person lives.</summary>
    Home,
    /// <summary>Person: year of birth.</summary>
    BirthYear,
    /// <summary>Person: favourite colour.</summary>
    Colour,
    /// <summary>Person: the kind of animal the person keeps.</summary>
    Pet,
    /// <summary>Person: the name of the animal the person keeps.</summary>
    PetName,
    /// <summary>Person: favourite dish.</summary>
    Dish,
    /// <summary>Person: the instrument the person plays.</summary>
    Instrument,
    /// <summary>Person: what the person is afraid of.</summary>
    Fear,
    /// <summary>Person: husband or wife.</summary>
    Spouse,
    /// <summary>Person: mother.</summary>
    Mother,
    /// <summary>Place: the river it lies on.</summary>
    River,
    /// <summary>Place: what it is famous for.</summary>
    FamousFor,
    /// <summary>Place: mayor.</summary>
    Mayor,
    /// <summary>Place: year of the founding.</summary>
    Founded,
    /// <summary>Festival: the month in which it is held.</summary>
    FestivalMonth,
    /// <summary>Festival: the place where it is held.</summary>
    FestivalPlace,
    /// <summary>Shop: owner.</summary>
    Owner,
    /// <summary>Shop: what it is best known for selling.</summary>
    Wares,
    /// <summary>Book: author.</summary>
    Author,
    /// <summary>Book: its number.</summary>
    BookNumber,
    /// <summary>Dish: the one thing that it cannot do without.</summary>
    Ingredient,
    /// <summary>Mountain: height in metres.</summary>
    Height,
    /// <summary>Event: year.</summary>
    EventYear,
}

/// <summary>What is known about a relation as a whole.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Values">Every value that occurs in the world, told or not, in ordinal order.</param>
/// <param name="UniformChance">Share right of a guesser who picks any of <paramref name="Values"/>.</param>
/// <param name="MajorityChance">Share right of a guesser who always says the commonest value, over the well-attested facts.</param>
/// <param name="Facts">Number of facts.</param>
public sealed record RelationInfo(Relation Relation, IReadOnlyList<string> Values, double UniformChance, double MajorityChance, int Facts)
{
    /// <summary>The larger of the two chances: what a score must be compared with.</summary>
    public double ChanceLevel => Math.Max(UniformChance, MajorityChance);
}
