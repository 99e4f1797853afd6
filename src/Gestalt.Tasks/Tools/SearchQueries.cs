using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>What one searches for to learn a fact: words that pages use where they tell such facts, and the subject's name. The name comes last, with a blank before it: so it is made of the same tokens as in the question, and a model copies tokens, not letters.</summary>
public static class SearchQueries
{
    /// <summary>The words for a relation; null for one that is not asked with search.</summary>
    /// <param name="relation">The relation.</param>
    public static string? Of(Relation relation) => relation switch
    {
        Relation.Trade => "works trade living",
        Relation.Home => "lives home",
        Relation.BirthYear => "born birth year",
        Relation.Colour => "favourite colour",
        Relation.Pet => "keeps pet animal",
        Relation.Dish => "favourite dish",
        Relation.Instrument => "plays instrument",
        Relation.Fear => "afraid fear",
        Relation.Spouse => "married husband wife",
        Relation.Mother => "mother daughter son",
        Relation.River => "river lies",
        Relation.FamousFor => "famous known",
        Relation.Mayor => "mayor",
        Relation.Founded => "founded year",
        Relation.FestivalMonth => "month held",
        Relation.FestivalPlace => "held festival",
        Relation.Owner => "owner owns",
        Relation.Wares => "sells known",
        Relation.Author => "author wrote written",
        Relation.Ingredient => "cooked made with",
        Relation.Height => "metres high",
        Relation.EventYear => "year happened",
        _ => null,
    };

    /// <summary>The query for a fact.</summary>
    /// <param name="fact">The fact.</param>
    public static string For(Fact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return $"{Of(fact.Relation)} {fact.Subject.Name.Replace("\"", "", StringComparison.Ordinal)}";
    }
}
