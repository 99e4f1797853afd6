using Gestalt.World.Grammar;
using Gestalt.World.Naming;

namespace Gestalt.World.Stories;

/// <summary>
/// Tells small tales in the manner of TinyStories (arXiv 2305.07759): somebody wants something, something is in the way, somebody
/// helps, and the end looks back at the beginning.
/// </summary>
internal static class StoryTeller
{
    private static readonly int Thing = Slot.Number("obj"), Noun = Slot.Number("noun"), NounTitle = Slot.Number("Noun"), Friend = Slot.Number("F"),
        FriendKind = Slot.Number("fkind"), FriendHe = Slot.Number("fhe"), FriendHim = Slot.Number("fhim"), FriendHis = Slot.Number("fhis"),
        Vegetable = Slot.Number("veg"), VegetableTitle = Slot.Number("Veg"), Instrument = Slot.Number("instrument"),
        InstrumentTitle = Slot.Number("Instrument"), Kind = Slot.Number("kind"), Beast = Slot.Number("beast"), BeastTitle = Slot.Number("Beast"), Place = Slot.Number("place"), Trade = Slot.Number("trade");

    private static readonly Phrase[] ChildIntros = Phrase.Lines("""
        Once upon a time there was [a] [kind] called [Full], who lived {in a small house|above the bakery|next to the mill|at the end of the lane} in [place].
        In [place] there lived a [kind] called [Full], who had {wild hair|two left mittens|a gap between the teeth|cold toes} and {many ideas|a big heart|a loud laugh}.
        There was once a [kind] named [Full]. {Everybody in [place]|The whole street} knew [him], {because [he] was always singing|because [he] never walked but only ran|and even the dogs said hello}.
        {A long time ago|Not long ago|Last {spring|summer|autumn|winter}}, a [kind] called [Full] lived near [place] with {a grandmother and a hen|six brothers and sisters|a very old cat}.
        [Full] was a {small|quiet|clever|lively} [kind] from [place] who liked {plums|puddles|stories|warm bread} more than anything else.
        Do you know [Full]? [he] is the [kind] from [place] who {always asks why|once fell into the fountain|can whistle on a leaf}.
        """);

    private static readonly Phrase[] AnimalIntros = Phrase.Lines("""
        In the forest behind [place] there lived [a] {little |young |}[kind] called [Full], who {slept in a hollow tree|wore a leaf as a hat|liked to sit in the sun}.
        Once upon a time there was a {small|young|round|tiny} [kind] named [Full]. [he] lived {under a bush|by the river|in an old boot} not far from [place].
        Far away from [place], where {the moss is soft|the river is small}, [a] [kind] called [Full] had a {cosy|tidy|crooked} little house.
        Of all the animals around [place], [a] [kind] called [Full] was {the most curious|the kindest|the smallest}. [he] {asked too many questions|never sat still|said good morning to every flower}.
        There was once [a] [kind] called [Full] who was not like other animals: [he] {could count to ten|loved rain|was afraid of butterflies|liked to tidy up}.
        """);

    private static readonly Phrase[] WorkerIntros = Phrase.Lines("""
        Everybody knows [Full], the [trade]. But not everybody knows this story.
        [Full], who is [a] [trade], {likes to tell this story|tells this story to all the children|swears that this story is true}.
        Long before [Full] became [a] [trade], [he] was a child with {big ears|scratched knees|a very old hat}.
        This happened to [Full], the [trade], {one spring|in a cold winter|many years ago}.
        """);

    private static readonly Plot[] Plots = Plot.Read(PlotsOne.Text, PlotsTwo.Text, PlotsThree.Text, PlotsMore.Text);

    /// <summary>Tells one tale: about somebody from the head in one of eight, else about an invented child or animal.</summary>
    public static void Tell(Pen pen, bool worldHeroes = true)
    {
        Entity hero = ChooseHero(pen, worldHeroes, out Phrase[] intros, out Fact? fact);
        Equip(pen, hero);
        Plot plot = Plots[pen.Dice.Below(Plots.Length)];
        pen.Subject = hero;
        pen.Block(BlockKind.Heading, Pick(pen, plot.Titles));

        int cut = pen.Dice.Below(3);
        Telling telling = plot.Choose(ref pen.Dice);
        pen.Open(BlockKind.Paragraph);
        pen.Say(Pick(pen, intros));
        if (fact is not null)
        {
            pen.Note(fact);
        }
        if (hero is Person person)
        {
            // From here on the first name is enough.
            pen.Subject = new Entity(-1, EntityKind.Person, person.Given, person.Gender);
        }
        for (int beat = 0; beat < plot.Beats.Length; beat++)
        {
            // Paragraphs break before the trouble or the turn, and before the end or the solution.
            bool breakHere = cut switch { 0 => beat is 1 or 3, 1 => beat is 2 or 4, _ => beat is 1 or 2 or 4 };
            if (breakHere)
            {
                pen.Close();
                pen.Open(BlockKind.Paragraph);
            }
            pen.NameAgain();
            pen.Say(plot.Beats[beat][telling[beat]]);
        }
        pen.Close();
    }

    private static Phrase Pick(Pen pen, Phrase[] phrases) => phrases[pen.Dice.Below(phrases.Length)];

    private static Entity ChooseHero(Pen pen, bool worldHeroes, out Phrase[] intros, out Fact? fact)
    {
        fact = null;
        pen[Kind] = "person";
        if (worldHeroes && pen.Dice.Chance(14))
        {
            Fact told = pen.FromAllOver(1)[0];
            if (Array.Find(told.Subject.Told, other => other.Relation == Relation.Trade) is { } trade)
            {
                fact = trade;
                pen[Trade] = trade.Value;
                intros = WorkerIntros;
                return told.Subject;
            }
        }
        bool girl = pen.Dice.Chance(50);
        bool animal = pen.Dice.Chance(35);
        string name = pen.Dice.Pick(girl ? NameStock.Girls : NameStock.Boys);
        pen[Kind] = animal ? pen.Dice.Pick(StoryStock.Animals) : girl ? "girl" : "boy";
        intros = animal ? AnimalIntros : ChildIntros;
        return new(-1, EntityKind.Person, name, girl ? Gender.Female : Gender.Male);
    }

    private static void Equip(Pen pen, Entity hero)
    {
        string noun = pen.Dice.Pick(StoryStock.Things);
        pen[Noun] = noun;
        pen[NounTitle] = Title(noun);
        pen[Thing] = pen.Dice.Pick(StoryStock.Looks) + " " + noun;
        pen[Place] = pen.World.Places[pen.Dice.Below(pen.World.Places.Count)].Name;
        string vegetable = pen.Dice.Pick(StoryStock.Vegetables);
        pen[Vegetable] = vegetable;
        pen[VegetableTitle] = Title(vegetable);
        string instrument = pen.Dice.Pick(StoryStock.Instruments);
        pen[Instrument] = instrument;
        pen[InstrumentTitle] = Title(instrument);

        string beast;
        do
        {
            beast = pen.Dice.Pick(StoryStock.Beasts);
        }
        while (beast == pen[Kind]);
        pen[Beast] = beast;
        pen[BeastTitle] = Title(beast);

        // The friend takes the other pronoun, so that "she" and "he" always have one meaning in a tale.
        Gender gender = hero.Gender == Gender.Female ? Gender.Male : Gender.Female;
        string hero1 = hero.ShortName;
        string friend;
        do
        {
            friend = pen.Dice.Pick(gender == Gender.Female ? NameStock.Girls : NameStock.Boys);
        }
        while (friend == hero1);
        pen[Friend] = friend;
        pen[FriendKind] = pen.Dice.Chance(45) ? pen.Dice.Pick(StoryStock.Animals) : gender == Gender.Female ? "girl" : "boy";
        pen[FriendHe] = English.He(gender);
        pen[FriendHim] = English.Him(gender);
        pen[FriendHis] = English.His(gender);
    }

    private static string Title(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>Which line of each beat a telling uses.</summary>
internal readonly record struct Telling(int Want, int Trouble, int Turn, int Solve, int End)
{
    public int this[int beat] => beat switch { 0 => Want, 1 => Trouble, 2 => Turn, 3 => Solve, _ => End };
}

/// <summary>A way for a tale to go: titles, and for each beat several ways to tell it.</summary>
internal sealed class Plot
{
    /// <summary>Lines for each beat in the first edition of every plot.</summary>
    private const int First = 3;

    private static readonly string[] BeatNames = ["want", "trouble", "turn", "solve", "end"];
    private static readonly string[] TroubleAndTurnBelongTogether = ["dark", "noise", "present", "rescue", "storm", "trick", "stuck"];

    private Plot(string name, Dictionary<string, Phrase[]> sections)
    {
        Name = name;
        Titles = sections["title"];
        Beats = [.. BeatNames.Select(beat => sections[beat])];
        if (Array.Exists(Beats, beat => beat.Length != Beats[0].Length || beat.Length < First))
        {
            throw new FormatException($"The beats of '{name}' have different numbers of lines.");
        }
    }

    public string Name { get; }

    /// <summary>
    /// Chooses the lines of a telling so that they fit together: all from the first edition of the plot or all from its additions,
    /// and the solution to the turn it answers. In some plots the turn must also answer the trouble.
    /// </summary>
    public Telling Choose(ref Dice dice)
    {
        int more = Beats[0].Length - First;
        bool added = more > 0 && dice.Below(Beats[0].Length) >= First;
        int from = added ? First : 0, count = added ? more : First;
        int turn = from + dice.Below(count);
        int trouble = TroubleAndTurnBelongTogether.Contains(Name) ? turn : from + dice.Below(count);
        return new(from + dice.Below(count), trouble, turn, turn, from + dice.Below(count));
    }

    public Phrase[] Titles { get; }

    public Phrase[][] Beats { get; }

    /// <summary>Reads plots; a plot that comes again adds its lines to what is there.</summary>
    public static Plot[] Read(params string[] texts)
    {
        var names = new List<string>();
        var all = new Dictionary<string, Dictionary<string, Phrase[]>>();
        foreach (string text in texts)
        {
            foreach (string part in text.Split("== ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                string[] pieces = part.Split("# ", StringSplitOptions.TrimEntries);
                if (!all.TryGetValue(pieces[0], out Dictionary<string, Phrase[]>? sections))
                {
                    all[pieces[0]] = sections = [];
                    names.Add(pieces[0]);
                }
                foreach (string piece in pieces.AsSpan(1))
                {
                    int line = piece.IndexOf('\n', StringComparison.Ordinal);
                    string section = piece[..line].Trim();
                    sections[section] = [.. sections.GetValueOrDefault(section, []), .. Phrase.Lines(piece[line..])];
                }
            }
        }
        return [.. names.Select(name => new Plot(name, all[name]))];
    }
}
