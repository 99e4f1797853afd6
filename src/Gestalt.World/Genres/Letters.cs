using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Private voices: diary, letter, school page, interview.</summary>
internal static class Letters
{
    private static readonly int Writer = Slot.Number("writer"), Reader = Slot.Number("reader");

    private static readonly Phrase DiaryTitle = Phrase.Compile("{[@day], [n] [@month]|Diary, [n] [@month]|From my diary|A page from my diary|[@day] evening}");
    private static readonly Phrase[] LetterTitles = Phrase.Lines("""
        A letter to [reader]
        Letter from [writer]
        To [reader], with love
        News for [reader]
        """);

    private static readonly Phrase Greeting = Phrase.Compile("[@headofsign] [reader],");
    private static readonly Phrase Farewell = Phrase.Compile("[@sign], [writer]");

    private static readonly Phrase[] SchoolTitles = Phrase.Lines("""
        What we know about [Full]
        Our project: [Full]
        [Full], by the children of the {second|third|fourth} class
        We ask and learn: [Full]
        Our page about [Full]
        """);

    private static readonly Phrase[] InterviewTitles = Phrase.Lines("""
        {Five|A few|Some} questions for [Full]
        An interview with [Full]
        "{I like to talk|Ask me anything|I have nothing to hide}": [Full] answers
        On the bench with [Full]
        Talking to [Full]
        """);

    private static readonly Phrase[] InterviewLeads = Phrase.Lines("""
        We met [Full] [@spot] and asked our questions between two {showers|cups of tea|carts}.
        [Full] had {ten minutes|half an hour|all day}, and we had a pencil.
        Everybody knows [Full], but who has ever asked [him] anything? We did.
        It took us three weeks to catch [Full]. Here is what [he] told us.
        """);

    private static readonly Phrase[] LastQuestions = Phrase.Lines("""
        What makes you laugh?
        What is your advice for young people?
        What would you do with a bag of gold?
        What are your plans for the summer?
        """);

    private static readonly Phrase[] LastAnswers = Phrase.Lines("""
        {Hats in the wind.|My neighbour's singing.|The word "turnip".}
        {Wear a scarf.|Be kind, and eat before you are hungry.|Do not stand behind a goat.}
        {Mend the roof.|Buy a bigger bag.|Invite everybody to supper.}
        {To sit on a bench.|To fix the gate. I say that every year.|None, and I look forward to them.}
        """);

    public static void Diary(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen[GenreTools.Number] = (1 + pen.Dice.Below(28)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        pen.Block(BlockKind.Heading, DiaryTitle);
        Span<Fact> facts = pen.Told(subject);
        int most = Math.Min(facts.Length, pen.Dice.Between(3, 4));
        pen.Open(BlockKind.Paragraph);
        pen.SayAny("diaryopen");
        pen.SayAny(pen.Dice.Chance(30) ? "pastime" : "weather");
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        if (subject.Kind == EntityKind.Person)
        {
            pen.SayAny("diaryact");
        }
        for (int n = 0; n < most; n++)
        {
            pen.State(facts[n]);
            if (pen.Dice.Chance(25))
            {
                pen.SayAny("opinion");
            }
        }
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        if (pen.Dice.Chance(70))
        {
            foreach (Fact fact in pen.FromAllOver(pen.Dice.Between(1, 3)))
            {
                pen.State(fact);
            }
        }
        pen.SayAny("diaryclose");
        pen.Close();
    }

    public static void Letter(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen[Writer] = AnyGiven(pen);
        do
        {
            pen[Reader] = AnyGiven(pen);
        }
        while (pen[Reader] == pen[Writer]);
        pen.Block(BlockKind.Heading, pen.Fresh(LetterTitles));
        pen.Block(BlockKind.Paragraph, Greeting);
        pen.Open(BlockKind.Paragraph);
        pen.SayAny("letteropen");
        if (pen.Dice.Chance(50))
        {
            pen.SayAny(pen.Dice.Chance(30) ? "pastime" : "weather");
        }
        pen.Close();
        Span<Fact> facts = pen.Told(subject);
        pen.Open(BlockKind.Paragraph);
        pen.SayAny("letterask");
        pen.State(facts[..Math.Min(facts.Length, 4)]);
        GenreTools.Colour(pen, subject);
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.FromAllOver(pen.Dice.Between(1, 3)));
        pen.SayAny("letterclose");
        pen.Close();
        pen.Block(BlockKind.Paragraph, Farewell);
    }

    public static void School(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(SchoolTitles));
        Span<Fact> facts = pen.Told(subject);
        pen.Open(BlockKind.Paragraph);
        pen.SayAny("schoolopen");
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(facts);
        GenreTools.Colour(pen, subject);
        pen.Close();
        pen.Open(BlockKind.Paragraph);
        pen.State(pen.FromAllOver(pen.Dice.Between(2, 4)));
        pen.SayAny("schoolclose");
        pen.Close();
        Exercises.Write(pen);
    }

    public static void Interview(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(InterviewTitles));
        pen.Block(BlockKind.Paragraph, pen.Fresh(InterviewLeads));
        foreach (Fact fact in pen.Told(subject))
        {
            RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
            pen.Block(BlockKind.Paragraph, pen.Fresh(InterviewQuestions.For(fact.Relation)));
            pen.Open(BlockKind.Paragraph);
            pen.Raw(pen.Subject.ShortName);
            pen.Raw(": ");
            pen.CapitalNext();
            pen.SetValue(fact);
            pen.Write(pen.Fresh(grammar.FirstPerson));
            pen.Note(fact);
            if (pen.Dice.Chance(35))
            {
                pen.Raw(" ");
                pen.Write(pen.Fresh(InterviewQuestions.Afterthoughts));
            }
            pen.Close();
        }
        int last = pen.Dice.Below(LastQuestions.Length);
        pen.Block(BlockKind.Paragraph, LastQuestions[last]);
        pen.Open(BlockKind.Paragraph);
        pen.Raw(pen.Subject.ShortName);
        pen.Raw(": ");
        pen.CapitalNext();
        pen.Write(LastAnswers[last]);
        pen.Close();
        GenreTools.Aside(pen, pen.Dice.Between(2, 3));
    }

    public static string AnyGiven(Pen pen) =>
        pen.Dice.Pick(pen.Dice.Chance(50) ? Naming.NameStock.Girls : Naming.NameStock.Boys);
}

/// <summary>What one asks people to their face.</summary>
internal static class InterviewQuestions
{
    public static readonly Phrase[] Afterthoughts = Phrase.Lines("""
        {Why do you ask?|Do not tell my sister.|Everybody knows that.}
        {There is not much more to say.|I could talk about it for hours.|It has always been like that.}
        {You may write that down.|Please spell it right.|Put that in large letters.}
        """);

    private static readonly Dictionary<Relation, Phrase[]> All = new()
    {
        [Relation.Trade] = Phrase.Lines("{What do you do all day?|What is your work?|How do you earn your bread?}"),
        [Relation.Home] = Phrase.Lines("{Where is your home?|Where do you live?|Where would we find you?}"),
        [Relation.BirthYear] = Phrase.Lines("{When were you born?|May we ask in which year you were born?}"),
        [Relation.Colour] = Phrase.Lines("{What is your favourite colour?|Which colour do you like best?}"),
        [Relation.Pet] = Phrase.Lines("{Do you keep an animal?|Who is that behind you?|Do you live alone?}"),
        [Relation.PetName] = Phrase.Lines("{What is your animal called?|And what is its name?}"),
        [Relation.Dish] = Phrase.Lines("{What do you like to eat?|What is your favourite dish?|What should people cook for you?}"),
        [Relation.Instrument] = Phrase.Lines("{Do you play an instrument?|Which instrument do you play?}"),
        [Relation.Fear] = Phrase.Lines("{What are you afraid of?|Is there anything that frightens you?}"),
        [Relation.Spouse] = Phrase.Lines("{Are you married?|Who is waiting for you at home?}"),
        [Relation.Mother] = Phrase.Lines("{Who is your mother?|Tell us about your mother.}"),
    };

    public static Phrase[] For(Relation relation) => All[relation];
}
