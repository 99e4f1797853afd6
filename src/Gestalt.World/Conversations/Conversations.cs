using Gestalt.World.Grammar;

namespace Gestalt.World;

/// <summary>
/// Conversations for fine-tuning, written after docs/labelling.md, and the questions and completions that test what was learned.
/// Dialogue number n depends on nothing but the world and n.
/// </summary>
public sealed class Conversations
{
    /// <summary>Share of the well-attested facts that no training conversation mentions.</summary>
    public const int HeldOutPercent = 25;

    /// <summary>Share of the never-told facts that training conversations decline.</summary>
    public const int DeclinedPercent = 40;

    private readonly DialogueWriter _writer;

    /// <summary>Splits the facts of <paramref name="world"/> into asked and held out.</summary>
    public Conversations(SmallWorld world)
    {
        World = world;
        _writer = new DialogueWriter(this);
        Asked = Of(FactSplit.AskedInTraining);
        Declined = Of(FactSplit.DeclinedInTraining);
        Untold = [.. world.Facts.Where(fact => fact.Tier == Attestation.NeverTold && fact.Subject.Fame >= world.HeadEntities && fact.Subject.Told.Length > 0)];
    }

    /// <summary>The world that is talked about.</summary>
    public SmallWorld World { get; }

    internal Fact[] Asked { get; }

    internal Fact[] Declined { get; }

    /// <summary>What no page tells about those outside the head of whom pages tell something else.</summary>
    internal Fact[] Untold { get; }

    /// <summary>
    /// What training does with a fact, or null where conversations leave it alone (the middle and the tail, which are told too
    /// rarely to be asked for). Never-told facts are asked about the people and things of the head only.
    /// </summary>
    public FactSplit? SplitOf(Fact fact)
    {
        int throwOf = new Dice(World.Seed ^ 0x5917, (ulong)fact.Id).Below(100);
        return fact.Tier switch
        {
            Attestation.WellAttested => throwOf < HeldOutPercent ? FactSplit.HeldOut : FactSplit.AskedInTraining,
            Attestation.NeverTold when fact.Subject.Fame < World.HeadEntities => throwOf < DeclinedPercent ? FactSplit.DeclinedInTraining : FactSplit.NeverTold,
            _ => null,
        };
    }

    /// <summary>The first <paramref name="count"/> training dialogues, all kinds mixed.</summary>
    public IEnumerable<Dialogue> Training(int count)
    {
        for (int number = 0; number < count; number++)
        {
            yield return TrainingAt(number);
        }
    }

    /// <summary>Training dialogue <paramref name="number"/>.</summary>
    public Dialogue TrainingAt(int number) => _writer.Write(number);

    /// <summary>How a fact is asked for, answered, and declined by one that does not know it: for conversations that others make, such as those with tools.</summary>
    /// <param name="fact">The fact, of any tier.</param>
    /// <param name="number">Chooses among the wordings.</param>
    /// <param name="phrasing">Whether the question is worded as training words it.</param>
    public FactTalk TalkAbout(Fact fact, int number, Phrasing phrasing = Phrasing.Seen) => _writer.TalkAbout(fact, number, phrasing);

    /// <summary>
    /// The test: for each asked, held-out and never-told fact <paramref name="perFact"/> questions in wordings that training has, and as many in
    /// wordings that it has not. In the order of facts.
    /// </summary>
    public IReadOnlyList<Question> Questions(int perFact = 1)
    {
        var questions = new List<Question>();
        var pen = new Pen(World);
        foreach (Fact fact in World.Facts)
        {
            if (SplitOf(fact) is not { } split)
            {
                continue;
            }
            RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
            double chance = World.Info(fact.Relation).ChanceLevel;
            foreach (Phrasing phrasing in (Phrasing[])[Phrasing.Seen, Phrasing.Unseen])
            {
                pen.Begin(new Dice(World.Seed ^ 0x7E57, ((ulong)fact.Id * 2) + (ulong)phrasing));
                Phrase[] phrases = phrasing == Phrasing.Seen ? grammar.Questions : grammar.UnseenQuestions;
                for (int n = 0; n < Math.Min(perFact, phrases.Length); n++)
                {
                    string text = pen.Sentence(pen.Fresh(phrases), fact);
                    questions.Add(new(fact.Id, text, phrasing, split, fact.Value, AliasesOf(fact), chance));
                }
            }
        }
        return questions;
    }

    /// <summary>
    /// For each well-attested fact one beginning of a sentence in a wording of the pages (where the relation has one that ends in the
    /// value) and <paramref name="unseen"/> in wordings that no page has.
    /// </summary>
    public IReadOnlyList<Completion> Completions(int unseen = 1)
    {
        var completions = new List<Completion>();
        var pen = new Pen(World);
        foreach (Fact fact in World.HeadFacts)
        {
            RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
            pen.Begin(new Dice(World.Seed ^ 0xC0DE, (ulong)fact.Id));
            if (grammar.SeenPrefixes.Length > 0)
            {
                Add(pen.Fresh(grammar.SeenPrefixes), Phrasing.Seen);
            }
            for (int n = 0; n < Math.Min(unseen, grammar.UnseenPrefixes.Length); n++)
            {
                Add(pen.Fresh(grammar.UnseenPrefixes), Phrasing.Unseen);
            }

            void Add(Phrase phrase, Phrasing phrasing)
            {
                string sentence = pen.Sentence(phrase, fact);
                string prefix = sentence[..^fact.Value.Length].TrimEnd(' ');
                completions.Add(new(fact.Id, prefix, phrasing, fact.Value, World.Info(fact.Relation).ChanceLevel));
            }
        }
        return completions;
    }

    /// <summary>Other ways to write the value that count as right.</summary>
    private static string[] AliasesOf(Fact fact) => fact.Relation switch
    {
        Relation.Fear => [English.Singular(fact.Value)],
        Relation.Colour when fact.Value == "grey" => ["gray"],
        _ => [],
    };

    private Fact[] Of(FactSplit split) => [.. World.Facts.Where(fact => SplitOf(fact) == split)];
}
