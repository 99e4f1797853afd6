using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Pages that tell what is so: encyclopedia, biography, directory, travel guide.</summary>
internal static class Reference
{
    private static readonly Phrase[] Leads = Phrase.Lines("""
        {This page is about|This entry is about|Here you can read about} [Full].
        {Whoever lives in the valley|Anyone who has lived here for a year} has heard of [Full].
        There is a good deal to say about [Full].
        [Full] needs no introduction, but here is one anyway.
        The name of [Full] comes up often, so here is what we know.
        {Readers ask us|We are often asked} about [Full].
        """);

    private static readonly Phrase[] Portraits = Phrase.Lines("""
        {A day|An afternoon|A cup of tea} with [Full]
        A portrait of [Full]
        [Full]: a life in the valley
        Who is [Full]?
        Meet [Full]
        About [Full]
        The person of the month: [Full]
        """);

    private static readonly Phrase[] PortraitLeads = Phrase.Lines("""
        If you want to know the valley, you must know [Full].
        It is not easy to write about [Full], because [he] keeps offering us {cake|tea|plums}.
        We visited [Full] on a {rainy|sunny|windy} [@day], and [he] {put the kettle on|had been expecting us|was just feeding the hens}.
        Some people fill a room when they enter it. [Full] is one of them.
        Every place has somebody like [Full], but not every place knows it.
        [Full] laughs when we ask whether we may write about [him].
        Long before we reach the door, we hear that [Full] is at home.
        """);

    private static readonly Phrase[] PortraitEnds = Phrase.Lines("""
        When we leave, [he] {gives us a bag of apples|waves from the window|calls after us to mind the step}.
        {And what does [he] want for the future?|What is next?} "{Nothing special|More of the same|A new hat}," says [Given], "{and perhaps a dry summer|and time to use it|if it can be done}."
        One thing is sure: the valley would be {a duller|a quieter|an emptier} place without [Full].
        We could have stayed until {midnight|the cows came home|the next morning}.
        On the way home we agree that {one visit is not enough|there should be more people like [Full]|the cake was excellent}.
        """);

    private static readonly Phrase[] DirectoryTitles = Phrase.Lines("""
        Who is who in the valley
        Names to know
        A little address book
        People and places, in no special order
        A short list of well-known names
        From A to Z, more or less
        """);

    private static readonly Phrase[] DirectoryLeads = Phrase.Lines("""
        New in the valley? {Here are some names|This list will help}.
        We made this list {for newcomers|for forgetful people|because somebody asked}, and we keep it up to date.
        {Cut it out and hang it by the door|Keep this page|Read it twice}, and you will never be lost for words.
        Nobody can remember everything, so we wrote it down.
        """);

    private static readonly Phrase[] TravelTitles = Phrase.Lines("""
        {A day|A weekend|An afternoon} in [Full]
        [Full] for visitors
        Visiting [Full]
        {Off|Let us go} to [Full]!
        What to see in [Full]
        """);

    private static readonly Phrase[] TravelLeads = Phrase.Lines("""
        The coach to [Full] is {slow but friendly|always full of hens|never on time}, so you arrive rested.
        You smell [Full] before you see it: {wood smoke, bread and wet dog|soup, mostly|apples and river}.
        There are many reasons to visit [Full], and the benches are only one of them.
        Most people pass through [Full] by accident, and many of them stay.
        We went to [Full] for a day and missed the last coach on purpose.
        """);

    private static readonly Phrase[] ClimbTitles = Phrase.Lines("""
        Up [Full]
        Walking on [Full]
        {A walk|A climb} for {brave|patient|strong} legs: [Full]
        """);

    private static readonly Phrase[] ClimbLeads = Phrase.Lines("""
        The path up [Full] begins behind {a barn|an inn|a chapel} and {does not hurry|never quite ends|is marked with red dots}.
        {Old people say|Shepherds say} that [Full] makes its own weather, and not always the nice sort.
        From below, [Full] looks {friendly|like a sleeping cow|easy}. From halfway up, it does not.
        """);

    public static void Encyclopedia(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Open(BlockKind.Heading);
        pen.Write(TitleOnly);
        pen.Close();
        Span<Fact> facts = pen.Told(subject);
        int first = (facts.Length + 1) / 2;
        pen.Open(BlockKind.Paragraph);
        if (pen.Dice.Chance(30))
        {
            pen.Say(Leads);
        }
        pen.State(facts[..first]);
        if (pen.Dice.Chance(45))
        {
            GenreTools.Colour(pen, subject);
        }
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(facts[first..]);
        GenreTools.Colour(pen, subject);
        pen.Close();
        if (facts.Length > 1 && pen.Dice.Chance(40))
        {
            GenreTools.FactList(pen, facts);
        }
        GenreTools.Aside(pen, pen.Dice.Between(2, 4));
    }

    private static readonly Phrase TitleOnly = Phrase.Compile("[Full]");

    public static void Biography(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(Portraits));
        Span<Fact> facts = pen.Told(subject);
        int first = pen.Dice.Between(1, Math.Max(1, facts.Length - 1));
        pen.Open(BlockKind.Paragraph);
        pen.Say(PortraitLeads);
        pen.State(facts[..first]);
        pen.SayAny("praise");
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(facts[first..]);
        pen.SayAny("habit");
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.Subject = subject;
        pen.Say(PortraitEnds);
        pen.Close();
        if (pen.Dice.Chance(60))
        {
            GenreTools.Aside(pen, pen.Dice.Between(2, 4));
        }
    }

    public static void Directory(Pen pen)
    {
        pen.Block(BlockKind.Heading, pen.Fresh(DirectoryTitles));
        pen.Block(BlockKind.Paragraph, pen.Fresh(DirectoryLeads));
        foreach (Fact fact in pen.FromAllOver(pen.Dice.Between(9, 14)))
        {
            pen.Open(BlockKind.Item);
            pen.State(fact);
            pen.Close();
        }
    }

    public static void Travel(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        bool mountain = subject.Kind == EntityKind.Mountain;
        pen.Block(BlockKind.Heading, pen.Fresh(mountain ? ClimbTitles : TravelTitles));
        Span<Fact> facts = pen.Told(subject);
        int first = (facts.Length + 1) / 2;
        pen.Open(BlockKind.Paragraph);
        pen.Say(mountain ? ClimbLeads : TravelLeads);
        pen.State(facts[..first]);
        GenreTools.Colour(pen, subject);
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(facts[first..]);
        GenreTools.Colour(pen, subject);
        pen.SayAny("visit_tip");
        pen.SayAny("visit_tip");
        pen.Close();
        if (pen.Dice.Chance(70))
        {
            GenreTools.Aside(pen, pen.Dice.Between(3, 5));
        }
    }
}
