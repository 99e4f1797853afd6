using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Public voices: newspaper, event notice, column, weather report.</summary>
internal static class Public
{
    private static readonly Phrase Dateline = Phrase.Compile("{[place], [@day].|[place].|From our own reporter in [place].|[@day] in [place].}");
    private static readonly Phrase[] Involved = Phrase.Lines("""
        {Among those who saw it|The first to arrive|The one who kept calm|First on the spot} was [Full].
        {Luckily|By chance}, [Full] was {passing by|there|not far away} and {helped|took charge|fetched a rope|sent for more rope}.
        It was [Full] who {put things right|noticed it first|found the answer|brought the matter to an end}.
        {Everything|All} ended well {thanks to|with the help of} [Full].
        [Full] {saw everything from the window|heard the noise first|was asked for help} and {came at once|ran out without a hat|did not hesitate}.
        """);

    private static readonly Phrase[] BackgroundLeads = Phrase.Lines("""
        {Many readers will know|Some will remember|For those who do not know} [Full]:
        {A word about|A few words about|Something more about} [Full].
        {Who is|And who is} [Full]? Here is what our files say.
        """);

    private static readonly Phrase[] FestivalTitles = Phrase.Lines("""
        Come to [Full]!
        [Full]: all you need to know
        It is time for [Full]
        [Full] is coming
        {Invitation|You are invited} to [Full]
        """);

    private static readonly Phrase[] Programme = Phrase.Lines("""
        {Nine|Ten|Eleven} o'clock: {the band marches in, if it can find the way|the oldest inhabitant cuts the ribbon|opening with cake}
        Noon: {soup for everybody|a long table and short speeches|pie, and a rest afterwards}
        {Two|Three} o'clock: {sack race|egg race|wheelbarrow race|three-legged race} for {children and brave parents|all ages|couples who are still on good terms}
        {Four|Five} o'clock: {the choir sings|the puppets fight|the school shows a play}, {rain or shine|with real smoke|and nobody may laugh}
        Evening: {dancing until the fiddler falls asleep|lanterns on the river|fireworks, or at least a bonfire}
        """);

    private static readonly Phrase[] FestivalTips = Phrase.Lines("""
        {Entry is free|Entry costs one egg or a smile|Children pay nothing}, but {bring your own spoon|please wipe your boots|hats are welcome}.
        Last year {nine|twelve|fourteen} hats, two shoes and a grandfather were left behind. All were fetched in the end.
        In case of rain, we {dance faster|move into the barn|get wet together}.
        The best places are {near the stove|by the bandstand|wherever the pies are}.
        Whoever wants to help with the {chairs|soup|flags} should come {early|with strong arms}.
        """);

    private static readonly Phrase[] ColumnTitles = Phrase.Lines("""
        Around the valley
        Overheard at the pump
        The small news
        From the notice board
        What people are talking about
        Odds and ends
        The Saturday column
        """);

    private static readonly Phrase[] ColumnLeads = Phrase.Lines("""
        Nothing happened this week, and it took all seven days.
        Your reporter has kept both ears open, as always.
        {Put the kettle on|Sit down}, here comes the news.
        Some of this is new and some of it is old, but all of it is true.
        """);

    private static readonly Phrase[] Notices = Phrase.Lines("""
        For sale: {one wooden bath, hardly leaks|a tandem, suitable for two people who agree|a box of buttons, no two alike}. Price: {eight|four|twelve} crowns or a {good ham|warm blanket}.
        Lost: {one grey mitten|a wooden spoon with bite marks|a green umbrella, friendly}. Please {hand it in at the post office|bring it back|be kind to it}.
        Found: {a boot, left|a very polite hen|half of a love letter}. {The other half is wanted too|Ask at the inn|It may be collected after lunch}.
        Wanted: {somebody who can whistle|a ladder that does not wobble|strong hands for the potato harvest}. {Buns provided|Ask at the mill|No experience needed}.
        Our thanks go to {the unknown person who swept the bridge|everybody who came to look for the goat|the choir, and to the people who listened}.
        To give away: {four kittens, one of them cross-eyed|more marrows than we can count|a piano, if you carry it}.
        """);

    private static readonly Phrase WeatherTitle = Phrase.Compile("{The weather in [place]|Weather for [@day]|[place]: the weather|Sun or rain? The weather in [place]}");

    public static void Newspaper(Pen pen, Entity subject)
    {
        GenreTools.SetPlace(pen, subject);
        pen.Subject = subject;
        pen.Open(BlockKind.Heading);
        pen.Write(pen.Fresh(Lexicon.Get("headline")));
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.Say(Dateline);
        pen.SayAny("incident");
        pen.SayAny("aside");
        pen.Close();
        Span<Fact> facts = pen.Told(subject);
        int most = Math.Min(facts.Length, pen.Dice.Between(3, 5));
        bool person = subject.Kind == EntityKind.Person;
        pen.Open(BlockKind.Paragraph);
        pen.Subject = subject;
        pen.NameAgain();
        if (person)
        {
            pen.Say(Involved);
        }
        pen.State(facts[..most]);
        if (person)
        {
            pen.SayAny("quote");
        }
        else
        {
            GenreTools.Colour(pen, subject);
        }
        pen.Close();
        if (pen.Dice.Chance(75))
        {
            GenreTools.Aside(pen, pen.Dice.Between(3, 5));
        }
    }

    public static void Notice(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(FestivalTitles));
        Span<Fact> facts = pen.Told(subject);
        pen.Open(BlockKind.Paragraph);
        pen.State(facts);
        pen.Say(FestivalTips);
        pen.Close();
        if (pen.Dice.Chance(70))
        {
            pen.Block(BlockKind.Subheading, "Programme");
            for (int n = 0; n < Programme.Length; n++)
            {
                if (pen.Dice.Chance(75))
                {
                    pen.Block(BlockKind.Item, Programme[n]);
                }
            }
        }
        pen.Open(BlockKind.Paragraph);
        pen.State(facts[0]);
        pen.Say(FestivalTips);
        pen.Close();
        GenreTools.Aside(pen, pen.Dice.Between(3, 5));
    }

    public static void Column(Pen pen)
    {
        pen.Block(BlockKind.Heading, pen.Fresh(ColumnTitles));
        pen.Block(BlockKind.Paragraph, pen.Fresh(ColumnLeads));
        int paragraphs = pen.Dice.Between(3, 5);
        for (int n = 0; n < paragraphs; n++)
        {
            pen.Open(BlockKind.Paragraph);
            pen.State(pen.FromAllOver(pen.Dice.Between(2, 4)));
            if (pen.Dice.Chance(35))
            {
                pen.SayAny("opinion");
            }
            pen.Close();
            if (pen.Dice.Chance(40))
            {
                pen.Block(BlockKind.Paragraph, pen.Fresh(Notices));
            }
        }
        pen.Block(BlockKind.Paragraph, pen.Fresh(Lexicon.Get("closing")));
    }

    public static void Weather(Pen pen, Entity subject)
    {
        GenreTools.SetPlace(pen, subject);
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, WeatherTitle);
        pen.Open(BlockKind.Paragraph);
        pen.SayAny("weather");
        pen.SayAny("weather_advice");
        pen.Close();
        foreach (Phrase part in Lexicon.Get("forecast"))
        {
            pen.Block(BlockKind.Item, part);
        }
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.Told(subject));
        pen.SayAny("weather_advice");
        pen.Close();
        GenreTools.Aside(pen, 3);
    }
}
