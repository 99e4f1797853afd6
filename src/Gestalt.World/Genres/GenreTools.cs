using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Parts that several genres share.</summary>
internal static class GenreTools
{
    public static readonly int PlaceGap = Slot.Number("place"), Number = Slot.Number("n");

    private static readonly Phrase[] SideHeadings = Phrase.Lines("""
        Did you know?
        Elsewhere in the valley
        From our notebook
        In passing
        Good to know
        Small facts
        Worth remembering
        Around the valley
        Neighbours and friends
        What people say
        """);

    private static readonly Dictionary<string, Phrase[]> Work = Naming.ValueStock.Trades.ToDictionary(trade => trade, trade => Lexicon.Get("at work " + trade));

    private static readonly Phrase[] ListHeadings = Phrase.Lines("""
        At a glance
        In short
        The facts
        Facts and figures
        """);

    /// <summary>Sets [place] to where the subject is at home, if that may be told, else to some town.</summary>
    public static void SetPlace(Pen pen, Entity subject)
    {
        string some = pen.World.Places[pen.Dice.Below(Places.Geography.Towns)].Name;
        switch (subject)
        {
            case Person:
                pen.SetFromFact(PlaceGap, subject, Relation.Home, some);
                break;
            case Place:
                pen[PlaceGap] = subject.Name;
                break;
            case Thing { Kind: EntityKind.Festival }:
                pen.SetFromFact(PlaceGap, subject, Relation.FestivalPlace, some);
                break;
            default:
                pen[PlaceGap] = some;
                break;
        }
    }

    /// <summary>A paragraph that states the facts.</summary>
    public static void Paragraph(Pen pen, ReadOnlySpan<Fact> facts)
    {
        pen.Open(BlockKind.Paragraph);
        pen.State(facts);
        pen.Close();
    }

    /// <summary>Facts from all over the valley under a small heading.</summary>
    public static void Aside(Pen pen, int facts)
    {
        pen.Block(BlockKind.Subheading, pen.Fresh(SideHeadings));
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.FromAllOver(facts));
        pen.Close();
    }

    /// <summary>The subject's facts as a list: "Trade: baker".</summary>
    public static void FactList(Pen pen, ReadOnlySpan<Fact> facts)
    {
        pen.Block(BlockKind.Subheading, pen.Fresh(ListHeadings));
        foreach (Fact fact in facts)
        {
            pen.Open(BlockKind.Item);
            pen.Put(RelationGrammar.Of(fact.Relation).Label);
            pen.Raw(": ");
            pen.Raw(fact.Value);
            pen.Close();
            pen.Note(fact);
        }
    }

    /// <summary>A sentence or two of colour about the subject.</summary>
    public static void Colour(Pen pen, Entity subject)
    {
        switch (subject.Kind)
        {
            case EntityKind.Person:
                Portrait(pen, subject);
                break;
            case EntityKind.Town or EntityKind.Village:
                pen.SayAny("place_charm");
                break;
            case EntityKind.Shop:
                pen.SayAny("shop_talk");
                break;
            case EntityKind.Dish:
                pen.SayAny("recipe_talk");
                break;
            case EntityKind.Mountain:
                pen.SayAny("visit_tip");
                break;
            default:
                pen.SayAny("aside");
                break;
        }
    }

    /// <summary>Praise, a habit, or a look at the work if it may be told what that is.</summary>
    private static void Portrait(Pen pen, Entity subject)
    {
        if (pen.Dice.Chance(40) && Array.Find(subject.Told, fact => fact.Relation == Relation.Trade) is { } trade)
        {
            pen.Say(Work[trade.Value]);
        }
        else
        {
            pen.SayAny(pen.Dice.Chance(50) ? "praise" : "habit");
        }
    }

    /// <summary>Writes the question of the fact's relation (one that pages may use) without a space after it.</summary>
    public static void Ask(Pen pen, Fact fact)
    {
        pen.Subject = fact.Subject;
        pen.SetValue(fact);
        pen.Write(pen.Fresh(RelationGrammar.Of(fact.Relation).Questions));
    }

    /// <summary>Writes an answer in a full sentence without a space after it.</summary>
    public static void Answer(Pen pen, Fact fact)
    {
        pen.Subject = fact.Subject;
        pen.SetValue(fact);
        pen.Write(RelationGrammar.Of(fact.Relation).Answers[pen.Dice.Below(RelationGrammar.Of(fact.Relation).Answers.Length)]);
        pen.Note(fact);
    }
}
