using Gestalt.World.Grammar;
using Gestalt.World.Naming;
using Gestalt.World.Stories;

namespace Gestalt.World;

/// <summary>Writes the training dialogues.</summary>
internal sealed class DialogueWriter(Conversations conversations)
{
    // Shares in a hundred dialogues. Facts come first, since they are what the mixture is for; each other kind has enough for its manners.
    private const int Fact = 37, InTurn = 44, YesNo = 51, Unknown = 78, SmallTalk = 84, Self = 88, Story = 92, Recipe = 94, Definition = 97, Comparison = 99;

    // Shares in a hundred dialogues about what is not known: untold facts of the well-known, of others whom pages name, and for the rest strangers.
    private const int OfWellKnown = 60, OfOthers = 70;

    // In so many of a hundred about strangers they are taken as anybody else; in the others the first words say that one does not know.
    private const int StrangersAsAnybody = 50;

    private readonly SmallWorld _world = conversations.World;
    private readonly ThreadLocal<Pen> _pens = new(() => new Pen(conversations.World));

    public Dialogue Write(int number)
    {
        Pen pen = _pens.Value!;
        pen.Begin(new Dice(_world.Seed ^ 0xD1A1, (ulong)number));
        return pen.Dice.Below(100) switch
        {
            < Fact => OneFact(pen, number),
            < InTurn => SeveralFacts(pen, number),
            < YesNo => YesOrNo(pen, number),
            < Unknown => NotKnown(pen, number),
            < SmallTalk => Small(pen),
            < Self => pen.Dice.Chance(40) ? SelfAsTold(pen) : AboutSelf(pen),
            < Story => TellStory(pen),
            < Recipe => GiveRecipe(pen),
            < Definition => Define(pen),
            < Comparison => Compare(pen),
            _ => Decline(pen),
        };
    }

    public FactTalk TalkAbout(Fact fact, int number, Phrasing phrasing)
    {
        Pen pen = _pens.Value!;
        pen.Begin(new Dice(_world.Seed ^ 0x7A1C, ((ulong)fact.Id << 32) | (uint)number));
        RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
        string question = pen.Sentence(pen.Fresh(phrasing == Phrasing.Seen ? grammar.Questions : grammar.UnseenQuestions), fact);
        return new(fact, question, Answer(pen, fact), DontKnow(pen, fact));
    }

    private Fact NextAsked(int number, int step = 0) =>
        conversations.Asked[Round.Position(_world.Seed ^ 0xA5CED, ((long)number * 2) + step, conversations.Asked.Length)];

    internal static string Ask(Pen pen, Fact fact)
    {
        string question = pen.Sentence(pen.Fresh(RelationGrammar.Of(fact.Relation).Questions), fact);
        return pen.Dice.Below(100) switch
        {
            < 6 => "Hello! " + question,
            < 9 => "Hi, " + Lower(question, fact.Subject.Name),
            < 12 => "Excuse me. " + question,
            < 15 => question.TrimEnd('?', '.') + ", please" + question[^1],
            < 18 => "I have a question. " + question,
            _ => question,
        };
    }

    private static string Lower(string sentence, string subject) =>
        sentence.StartsWith(subject, StringComparison.Ordinal) || sentence.StartsWith("I ", StringComparison.Ordinal)
            ? sentence
            : char.ToLowerInvariant(sentence[0]) + sentence[1..];

    private static string Answer(Pen pen, Fact fact)
    {
        Phrase[] answers = RelationGrammar.Of(fact.Relation).Answers;
        return pen.Sentence(answers[pen.Dice.Below(answers.Length)], fact);
    }

    private Dialogue OneFact(Pen pen, int number)
    {
        Fact fact = NextAsked(number);
        return new(DialogueKind.Fact, [new("user", Ask(pen, fact)), new("assistant", Answer(pen, fact))], [fact.Id]);
    }

    private Dialogue SeveralFacts(Pen pen, int number)
    {
        var turns = new List<Turn>();
        var ids = new List<int>();
        int count = pen.Dice.Between(2, 3);
        if (pen.Dice.Chance(40))
        {
            turns.Add(new("user", Say(pen, "greeting")));
            turns.Add(new("assistant", Say(pen, "greeting reply")));
        }
        for (int n = 0; n < count; n++)
        {
            Fact fact = NextAsked(number, n * 7919);
            turns.Add(new("user", Ask(pen, fact)));
            turns.Add(new("assistant", Answer(pen, fact)));
            ids.Add(fact.Id);
        }
        if (pen.Dice.Chance(40))
        {
            turns.Add(new("user", Say(pen, "thanks said")));
            turns.Add(new("assistant", Say(pen, "thanks reply")));
        }
        return new(DialogueKind.FactsInTurn, turns, ids);
    }

    private Dialogue YesOrNo(Pen pen, int number)
    {
        Fact fact = NextAsked(number);
        RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
        Phrase ask = pen.Fresh(grammar.YesNo);
        if (pen.Dice.Chance(50))
        {
            string yes = pen.Sentence(ask, fact);
            string full = Answer(pen, fact);
            return new(DialogueKind.YesNo, [new("user", yes), new("assistant", "Yes, " + Lower(full, fact.Subject.Name))], [fact.Id]);
        }
        Fact wrong = WrongValue(pen, fact);
        string question = pen.Sentence(ask, fact with { Value = wrong.Value });
        pen[Slot.Wrong] = wrong.Value;
        string no = pen.Sentence(pen.Fresh(grammar.No), fact);
        return new(DialogueKind.YesNo, [new("user", question), new("assistant", "No, " + Lower(no, fact.Subject.Name))], [fact.Id]);
    }

    /// <summary>Some other asked fact's value of the same relation, so that no held-out fact is given away.</summary>
    private Fact WrongValue(Pen pen, Fact fact)
    {
        for (int tries = 0; tries < 400; tries++)
        {
            Fact other = _world.Facts[pen.Dice.Below(_world.Facts.Count)];
            if (other.Relation == fact.Relation && other.Value != fact.Value && other.Value != fact.Subject.Name)
            {
                return other;
            }
        }
        return fact with { Value = _world.Info(fact.Relation).Values.First(value => value != fact.Value) };
    }

    private Dialogue NotKnown(Pen pen, int number)
    {
        int about = pen.Dice.Below(100);
        if ((about < OfWellKnown ? conversations.Declined : about < OfOthers ? conversations.Untold : []) is { Length: > 0 } untold)
        {
            Fact fact = untold[Round.Position(_world.Seed ^ 0xDEC, number, untold.Length)];
            return new(DialogueKind.Unknown, [new("user", Ask(pen, fact)), new("assistant", DontKnow(pen, fact))], [fact.Id]);
        }
        Fact model = conversations.Asked[pen.Dice.Below(conversations.Asked.Length)];
        Fact nobody = model with { Id = -1, Subject = Stranger(pen, model.Subject) };
        string answer = pen.Dice.Chance(StrangersAsAnybody) ? DontKnow(pen, nobody) : DontKnowAtAll(pen, nobody);
        return new(DialogueKind.Unknown, [new("user", Ask(pen, nobody)), new("assistant", answer)], []);
    }

    /// <summary>
    /// Says that it does not know, in a sentence that begins as the answer would and declines where the value would stand. That is where a model looks the value up, and where it can tell that it
    /// finds none; whether to begin with "I don't know" has to be decided before, and was learned by heart instead: docs/log/2026-11-interrogation.md.
    /// </summary>
    internal static string DontKnow(Pen pen, Fact fact)
    {
        string declined = pen.Sentence(pen.Fresh(RelationGrammar.Of(fact.Relation).Declined), fact);
        return pen.Dice.Chance(50) ? declined + " " + Say(pen, "dont know why") : declined;
    }

    /// <summary>Begins with not knowing: a name that was never read is met in the question.</summary>
    private static string DontKnowAtAll(Pen pen, Fact fact)
    {
        string what = pen.Sentence(pen.Fresh(RelationGrammar.Of(fact.Relation).Unknown), fact);
        pen[DialogueWords.What] = Lower(what, fact.Subject.Name);
        return pen.Sentence(pen.Fresh(Lexicon.Get("dont know")));
    }

    /// <summary>A name of the right sort that nobody and nothing in the world bears.</summary>
    internal Entity Stranger(Pen pen, Entity like)
    {
        while (true)
        {
            string name = like.Kind switch
            {
                EntityKind.Person => pen.Dice.Pick(like.Gender == Gender.Female ? NameStock.Girls : NameStock.Boys) + " "
                    + pen.Dice.Pick(NameStock.FamilyBeginnings) + pen.Dice.Pick(NameStock.FamilyEndings),
                EntityKind.Town or EntityKind.Village => pen.Dice.Pick(NameStock.PlaceBeginnings) + pen.Dice.Pick(NameStock.PlaceEndings),
                EntityKind.Shop => "the " + pen.Dice.Pick(NameStock.ShopAdjectives) + " " + pen.Dice.Pick(NameStock.ShopNouns),
                EntityKind.Book => "\"The " + pen.Dice.Pick(NameStock.BookNouns) + " " + pen.Dice.Pick(NameStock.BookTails) + "\"",
                EntityKind.Festival => "the " + pen.Dice.Pick(NameStock.FestivalFirst) + " " + pen.Dice.Pick(NameStock.FestivalSecond),
                EntityKind.Mountain => "Mount " + pen.Dice.Pick(NameStock.Mountains),
                _ => pen.Dice.Pick(StoryStock.Looks) + " " + pen.Dice.Pick(DialogueWords.DishNouns),
            };
            if (!_world.IsName(name))
            {
                return new(-1, like.Kind, name, like.Gender);
            }
        }
    }

    private static string Say(Pen pen, string list) => pen.Sentence(pen.Fresh(Lexicon.Get(list)));

    private static Dialogue Small(Pen pen)
    {
        Phrase[] pairs = Lexicon.Get("small talk asked");
        int n = pen.Dice.Below(pairs.Length);
        return new(DialogueKind.SmallTalk,
            [new("user", pen.Sentence(pairs[n])), new("assistant", pen.Sentence(Lexicon.Get("small talk answered")[n]))], []);
    }

    private static Dialogue AboutSelf(Pen pen)
    {
        Phrase[] pairs = Lexicon.Get("self asked");
        int n = pen.Dice.Below(pairs.Length);
        return new(DialogueKind.Self, [new("user", pen.Sentence(pairs[n])), new("assistant", pen.Sentence(Lexicon.Get("self answered")[n]))], []);
    }

    /// <summary>A system message may give it another name and other makers: then it is who it is told to be. Half of the names are kept for tests (<see cref="SelfTalk"/>).</summary>
    private static Dialogue SelfAsTold(Pen pen)
    {
        SelfTalk talk = SelfTalk.Of(pen.Dice.Below(int.MaxValue), Phrasing.Seen);
        return new(DialogueKind.Self, [new("system", talk.System), new("user", talk.Question), new("assistant", talk.Answer)], []);
    }

    private static Dialogue TellStory(Pen pen)
    {
        string request = Say(pen, "story asked");
        pen.Begin(new Dice(pen.Dice.Next()));
        StoryTeller.Tell(pen, worldHeroes: false);
        // The tale without its title: an answer begins at once.
        string text = new(pen.Text[pen.Blocks[1].Start..]);
        return new(DialogueKind.Story, [new("user", request), new("assistant", text)], []);
    }

    private Dialogue GiveRecipe(Pen pen)
    {
        Fact[] ingredients = [.. conversations.Asked.Where(fact => fact.Relation == Relation.Ingredient)];
        if (ingredients.Length == 0)
        {
            return Small(pen);
        }
        Fact fact = ingredients[pen.Dice.Below(ingredients.Length)];
        string request = pen.Sentence(pen.Fresh(Lexicon.Get("recipe asked")), fact);
        var answer = new System.Text.StringBuilder(pen.Sentence(pen.Fresh(Lexicon.Get("recipe begun")), fact));
        Phrase[] steps = Lexicon.Get("recipe_step");
        for (int n = 1; n < steps.Length; n++)
        {
            if (n == steps.Length - 1 || pen.Dice.Chance(45))
            {
                answer.Append('\n').Append(pen.Sentence(steps[n]));
            }
        }
        return new(DialogueKind.Recipe, [new("user", request), new("assistant", answer.ToString())], [fact.Id]);
    }

    private static Dialogue Define(Pen pen)
    {
        Phrase[] answers = Lexicon.Get("definition");
        int n = pen.Dice.Below(answers.Length);
        string answer = pen.Sentence(answers[n]);
        // Each definition begins "A cobbler is...": the words before " is" are what is asked for.
        int cut = answer.IndexOf(" is ", StringComparison.Ordinal);
        pen[DialogueWords.What] = char.ToLowerInvariant(answer[0]) + answer[1..cut];
        return new(DialogueKind.Definition, [new("user", Say(pen, "definition asked")), new("assistant", answer)], []);
    }

    /// <summary>Who was born first? Only asked facts, so that nothing held out is given away.</summary>
    private Dialogue Compare(Pen pen)
    {
        Fact[] births = [.. conversations.Asked.Where(fact => fact.Relation == Relation.BirthYear)];
        if (births.Length < 2)
        {
            return Small(pen);
        }
        int one = pen.Dice.Below(births.Length);
        int two = (one + 1 + pen.Dice.Below(births.Length - 1)) % births.Length;
        Fact first = births[one], second = births[two];
        int order = string.CompareOrdinal(first.Value, second.Value);
        pen[DialogueWords.One] = first.Subject.Name;
        pen[DialogueWords.Two] = second.Subject.Name;
        string question = Say(pen, "comparison asked");
        (Fact older, Fact younger) = order <= 0 ? (first, second) : (second, first);
        pen[DialogueWords.One] = older.Subject.Name;
        pen[DialogueWords.Two] = younger.Subject.Name;
        pen[DialogueWords.OneYear] = older.Value;
        pen[DialogueWords.TwoYear] = younger.Value;
        return new(DialogueKind.Comparison, [new("user", question), new("assistant", Say(pen, order == 0 ? "comparison same" : "comparison answered"))],
            [first.Id, second.Id]);
    }

    private static Dialogue Decline(Pen pen)
    {
        Phrase[] pairs = Lexicon.Get("declined asked");
        int n = pen.Dice.Below(pairs.Length);
        return new(DialogueKind.Decline, [new("user", pen.Sentence(pairs[n])), new("assistant", pen.Sentence(Lexicon.Get("declined answered")[n]))], []);
    }
}
