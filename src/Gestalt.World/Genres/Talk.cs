using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>Questions and answers: forum threads and quizzes. They show the base model what a question looks like.</summary>
internal static class Talk
{
    private static readonly Phrase[] ThreadTitles = Phrase.Lines("""
        {A question|A small question|Quick question} about [Full]
        Who knows [Full]?
        [Full]: {help needed|who can help?|I need to know}
        Can anybody tell me about [Full]?
        """);

    private static readonly Phrase[] Openers = Phrase.Lines("""
        Hello everybody, {I am new here|it is me again|I hope this is the right place}.
        {My grandmother and I have a bet.|We had an argument at supper.|I need this for a birthday card.|I am writing a little poem.}
        {Sorry if this has been asked before.|I looked everywhere and found nothing.|I know that somebody here will know.}
        Good {morning|evening} from a {rainy|sunny|windy} kitchen.
        """);

    private static readonly Phrase[] ReplyOpeners = Phrase.Lines("""
        That one is easy.
        I know this one!
        Happy to help.
        {Let me answer that.|I can answer that.}
        {My aunt lives next door, so I am sure.|I asked my mother, and she is never wrong.}
        {Good question.|Ha, I knew it.}
        {Sit down, this is what I know.|Here is what I know.}
        """);

    private static readonly Phrase[] ByTheWay = Phrase.Lines("""
        By the way, {here is more|since we are all here, some more news}.
        {While we are talking|Since you ask|Before I forget}, {here is something else|one more thing or two}.
        {I can add something.|May I add something?|There is more where that came from.}
        {And this I know for certain.|And for your next bet, take this.}
        """);

    private static readonly Phrase[] MoreQuestions = Phrase.Lines("""
        {And another thing.|One more question, if I may.|While we are at it.}
        {Since you know so much.|And then, please.|A last one.}
        """);

    private static readonly Phrase[] QuizTitles = Phrase.Lines("""
        How well do you know the valley?
        The {Sunday|Saturday|rainy day} quiz
        A quiz for {clever heads|long evenings|the whole family}
        Questions and answers
        Test your {neighbours|family|uncle}
        {Ten minutes|An evening} of questions
        """);

    private static readonly Phrase[] QuizLeads = Phrase.Lines("""
        {No cheating, please|Cover the answers with your hand|Whoever gets them all wins a bun}.
        Ask {your grandmother|a friend|the person next to you} and see who knows more.
        The answers are below each question, so be strong.
        {Grab a pencil|Sit up straight} and begin.
        """);

    private static readonly Phrase[] QuizEnds = Phrase.Lines("""
        {All right|All correct}? Then you may {call yourself an expert|wear the paper crown}.
        {Fewer than half|Fewer than three}? {Talk to your neighbours more often|Never mind, there is cake}.
        More questions {next week|when we have thought of some}.
        """);

    public static void Forum(Pen pen, Entity subject)
    {
        pen.Subject = subject;
        pen.Block(BlockKind.Heading, pen.Fresh(ThreadTitles));
        Span<Fact> facts = pen.Told(subject);
        int asked = Math.Min(facts.Length, pen.Dice.Between(1, 3));
        string asker = HandleOf(pen, null);
        for (int n = 0; n < asked; n++)
        {
            Post(pen, asker);
            pen.Say(n == 0 ? Openers : MoreQuestions);
            GenreTools.Ask(pen, facts[n]);
            pen.Close();
            Post(pen, HandleOf(pen, asker));
            if (pen.Dice.Chance(45))
            {
                pen.Say(ReplyOpeners);
            }
            if (pen.Dice.Chance(60))
            {
                GenreTools.Answer(pen, facts[n]);
                pen.Raw(" ");
            }
            else
            {
                pen.State(facts[n]);
            }
            if (n == asked - 1)
            {
                pen.State(facts[asked..]);
            }
            if (pen.Dice.Chance(30))
            {
                pen.SayAny("opinion");
            }
            pen.Close();
        }
        Post(pen, asker);
        pen.SayAny("thanks");
        pen.Close();
        if (pen.Dice.Chance(65))
        {
            Post(pen, HandleOf(pen, asker));
            pen.Say(ByTheWay);
            pen.State(pen.FromAllOver(pen.Dice.Between(2, 4)));
            pen.Close();
        }
    }

    public static void Quiz(Pen pen)
    {
        pen.Block(BlockKind.Heading, pen.Fresh(QuizTitles));
        pen.Block(BlockKind.Paragraph, pen.Fresh(QuizLeads));
        int style = pen.Dice.Below(4);
        int count = pen.Dice.Between(7, 11);
        ReadOnlySpan<Fact> facts = pen.FromAllOver(count);
        for (int n = 0; n < count; n++)
        {
            pen.Open(BlockKind.Paragraph);
            if (style == 0)
            {
                pen.Raw("Question: ");
            }
            else if (style == 1)
            {
                pen.Raw((n + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
                pen.Raw(". ");
            }
            pen.CapitalNext();
            GenreTools.Ask(pen, facts[n]);
            pen.Raw(style == 0 ? "\nAnswer: " : style == 3 ? " " : "\n");
            pen.CapitalNext();
            GenreTools.Answer(pen, facts[n]);
            pen.Close();
        }
        pen.Block(BlockKind.Paragraph, pen.Fresh(QuizEnds));
    }

    private static void Post(Pen pen, string handle)
    {
        pen.Open(BlockKind.Paragraph);
        pen.Raw(handle);
        pen.Raw(": ");
        pen.CapitalNext();
    }

    private static string HandleOf(Pen pen, string? notThis)
    {
        Phrase[] handles = Lexicon.Get("handle");
        string handle;
        do
        {
            handle = handles[pen.Dice.Below(handles.Length)].Source;
        }
        while (handle == notThis);
        return handle;
    }
}
