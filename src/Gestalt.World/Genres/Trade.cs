using System.Globalization;
using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Buying, cooking and judging: shop pages, recipes, reviews.</summary>
internal static class Trade
{
    private static readonly int Ware = Slot.Number("ware"), Price = Slot.Number("price"), Dish = Slot.Number("dish");

    private static readonly Phrase[] ShopTitles = Phrase.Lines("""
        Welcome to [Full]
        [Full]: come in!
        [Full]
        [Full], open today
        """);

    private static readonly Phrase[] ShopLeads = Phrase.Lines("""
        {Good day and welcome!|Come in and close the door, please.|Wipe your feet and look around.}
        {We are glad that you are here.|You have found us, well done.|Nice of you to drop in.}
        """);

    private static readonly Phrase PriceLine = Phrase.Compile("{Small|Plain|Second-hand|Ordinary|Very fine|Large|Striped|Our best} [ware]: [price] crowns");
    private static readonly Phrase Hours = Phrase.Compile("Open {Monday to Friday|Monday to Saturday|every day but [@day]} from {eight|nine} to {five|six}, {and longer when it rains|closed for lunch and for weddings|unless we overslept}.");

    private static readonly Phrase[] RecipeTitles = Phrase.Lines("""
        How to make [Full]
        [Full], the proper way
        Recipe: [Full]
        My best [Full]
        {Sunday|Winter|Simple|Easy} [Full]
        """);

    private static readonly Phrase[] RecipeLeads = Phrase.Lines("""
        {Are you hungry?|Is it raining?|Are there guests on the way?} Then it is time for [Full].
        There is a right way and a wrong way to make [Full]. This is the right one.
        People always ask me how I make [Full], so here it is.
        Anyone can make [Full]. It only takes {patience and a big spoon|an hour and a clean pot|a little courage}.
        """);

    private static readonly Phrase ReviewTitle = Phrase.Compile("{A review of [Full]|[Full]: {my opinion|an honest opinion|read this first}|What I think of [Full]|[Full], {four|five} stars}");

    private static readonly Phrase[] BookTalk = Phrase.Lines("""
        I read it {in one night|in the bath|twice, and cried both times|on the coach and missed my stop}.
        The {ending|middle|first page} is so good that I {hugged the dog|read it to the hens|forgot my soup}.
        My {aunt|grandfather|neighbour} has borrowed it, and I will never see it again.
        It has {two hundred|three hundred|nearly four hundred} pages and not one of them is dull.
        {There are ghosts, but polite ones.|Nobody dies, except a plant.|There is a kiss on the last page, so be warned.}
        I give it {four|five} stars and would give six if I had them.
        """);

    public static void Shop(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(ShopTitles));
        Span<Fact> facts = pen.Told(subject);
        pen.Open(BlockKind.Paragraph);
        pen.Say(ShopLeads);
        pen.State(facts);
        pen.SayAny("shop_talk");
        pen.Close();
        Fact? wares = Array.Find(subject.Told, fact => fact.Relation == Relation.Wares);
        if (wares is not null)
        {
            pen[Ware] = wares.Value;
            pen.Block(BlockKind.Subheading, "Prices");
            int lines = pen.Dice.Between(2, 4);
            for (int n = 0; n < lines; n++)
            {
                pen[Price] = pen.Dice.Between(1, 40).ToString(CultureInfo.InvariantCulture);
                pen.Block(BlockKind.Item, PriceLine);
            }
        }
        pen.Open(BlockKind.Paragraph);
        pen.Say(Hours);
        pen.SayAny("shop_talk");
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.Told(subject)[0]);
        pen.Close();
        GenreTools.Aside(pen, pen.Dice.Between(3, 5));
    }

    public static void Recipe(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen[Dish] = subject.Name;
        pen.Block(BlockKind.Heading, pen.Fresh(RecipeTitles));
        pen.Open(BlockKind.Paragraph);
        pen.Say(RecipeLeads);
        pen.State(pen.Told(subject));
        pen.SayAny("recipe_talk");
        pen.Close();
        Phrase[] steps = Lexicon.Get("recipe_step");
        for (int n = 0; n < steps.Length; n++)
        {
            if (n == steps.Length - 1 || pen.Dice.Chance(65))
            {
                pen.Block(BlockKind.Item, steps[n]);
            }
        }
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.Told(subject));
        pen.SayAny("recipe_talk");
        pen.Close();
        GenreTools.Aside(pen, pen.Dice.Between(2, 4));
    }

    public static void Review(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, ReviewTitle);
        Span<Fact> facts = pen.Told(subject);
        bool book = subject.Kind == EntityKind.Book;
        pen.Open(BlockKind.Paragraph);
        pen.State(facts);
        for (int n = 0; n < 2; n++)
        {
            if (book)
            {
                pen.Say(BookTalk);
            }
            else
            {
                pen.SayAny("review_good");
            }
        }
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(facts[0]);
        if (book)
        {
            pen.Say(BookTalk);
        }
        else
        {
            pen.SayAny("shop_talk");
        }
        pen.Close();
        GenreTools.Aside(pen, pen.Dice.Between(3, 5));
    }
}
