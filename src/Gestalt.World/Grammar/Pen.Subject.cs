namespace Gestalt.World.Grammar;

/// <summary>How the pen refers to the one whom the page is about.</summary>
internal sealed partial class Pen
{
    private static readonly Phrase[] Pairs = Phrase.Lines("""
        [S] [c1] and [c2].
        [Full], who [c1], {also |}[c2].
        [S] [c1], and [he] [c2].
        [S] [c1]; [he] also [c2].
        {As everybody knows|As you may know|As the neighbours say}, [S] [c1] and [c2].
        [Full], who [c1], [c2] as well.
        [Full] [c1]. {Also|What is more}, [he] [c2].
        Two things to know about [Full]: [he] [c1], and [he] [c2].
        {On top of that|Besides|Moreover}, [S] [c1] and [c2].
        It is true that [Full] [c1] and that [he] [c2].
        Everybody agrees that [Full] [c1] and [c2].
        [Full] [c1], and, as if that were not enough, [he] [c2].
        """);

    private static readonly Phrase[] Triples = Phrase.Lines("""
        [S] [c1], [c2] and [c3].
        [Full], who [c1], [c2] and [c3].
        [Full] [c1]; [he] [c2] and [c3].
        Three things to know about [Full]: [he] [c1], [he] [c2], and [he] [c3].
        [S] [c1]. [he] [c2] and [c3].
        {In short|In a few words}, [Full] [c1], [c2] and [c3].
        """);

    private readonly Phrase[] _clauses = new Phrase[3];
    private readonly Fact[] _clauseFacts = new Fact[3];
    private Entity? _subject;
    private int _sinceName, _pronouns;

    /// <summary>The one whom the sentences are about.</summary>
    public Entity Subject
    {
        get => _subject ?? throw new InvalidOperationException("The page has no subject yet.");
        set
        {
            if (!ReferenceEquals(_subject, value))
            {
                _subject = value;
                _sinceName = int.MaxValue;
            }
        }
    }

    /// <summary>The next mention must use the name, since a pronoun could mean somebody else.</summary>
    public void NameAgain() => _sinceName = int.MaxValue;

    /// <summary>States one fact about <see cref="Subject"/> in a sentence of its own.</summary>
    public void State(Fact fact)
    {
        Subject = fact.Subject;
        SetValue(fact);
        Say(RelationGrammar.Of(fact.Relation).Frames);
        Note(fact);
    }

    /// <summary>States the facts, one by one or two or three in a sentence where their grammar allows.</summary>
    public void State(ReadOnlySpan<Fact> facts)
    {
        int at = 0;
        while (at < facts.Length)
        {
            int together = 1;
            if (facts[at].Subject.Kind == EntityKind.Person)
            {
                int most = 1;
                while (most < 3 && at + most < facts.Length && facts[at + most].Subject == facts[at].Subject)
                {
                    most++;
                }
                int throwOf = Dice.Below(100);
                together = most >= 3 && throwOf < 8 ? 3 : most >= 2 && throwOf < 34 ? 2 : 1;
            }
            if (together == 1)
            {
                State(facts[at]);
            }
            else
            {
                StateTogether(facts.Slice(at, together));
            }
            at += together;
        }
    }

    private void StateTogether(ReadOnlySpan<Fact> facts)
    {
        Subject = facts[0].Subject;
        for (int n = 0; n < facts.Length; n++)
        {
            _clauseFacts[n] = facts[n];
            _clauses[n] = Fresh(RelationGrammar.Of(facts[n].Relation).Clauses);
        }
        Say(facts.Length == 2 ? Pairs : Triples);
        foreach (Fact fact in facts)
        {
            Note(fact);
        }
    }

    /// <summary>Sets the gaps [V], [Vs] and [V's], and those of a relation that needs a second word.</summary>
    public void SetValue(Fact fact)
    {
        _slots[Slot.Value] = fact.Value;
        RelationGrammar grammar = RelationGrammar.Of(fact.Relation);
        if (grammar.NeedsPlural)
        {
            _slots[Slot.ValuePlural] = English.Plural(fact.Value);
        }
        if (grammar.NeedsPossessive)
        {
            _slots[Slot.ValuePossessive] = English.Possessive(fact.Value);
        }
    }

    /// <summary>Records that the page states the fact.</summary>
    public void Note(Fact fact)
    {
        _facts.Add(fact.Id);
        if (fact.ValueEntity?.Kind == EntityKind.Person)
        {
            NameAgain();
        }
    }

    private void Fill(int slot)
    {
        if (slot > Slot.LastDynamic)
        {
            Put(_slots[slot] ?? throw new InvalidOperationException($"Gap {slot} is empty; so far: {new string(_text, 0, _length)}"));
            return;
        }
        if (slot >= Slot.Clause1)
        {
            int n = slot - Slot.Clause1;
            SetValue(_clauseFacts[n]);
            Write(_clauses[n]);
            return;
        }
        Entity subject = Subject;
        if (slot == Slot.He)
        {
            Put(English.He(subject.Gender));
        }
        else if (slot == Slot.Him)
        {
            Put(English.Him(subject.Gender));
        }
        else if (slot == Slot.His)
        {
            Put(English.His(subject.Gender));
        }
        else if (slot == Slot.Himself)
        {
            Put(English.Himself(subject.Gender));
        }
        else if (slot == Slot.Subject || slot == Slot.SubjectPossessive)
        {
            Mention(subject, slot == Slot.SubjectPossessive);
        }
        else
        {
            bool given = slot == Slot.Given || slot == Slot.GivenPossessive;
            Put(given ? subject.ShortName : subject.Name);
            if (slot == Slot.FullPossessive || slot == Slot.GivenPossessive)
            {
                Raw("'s");
            }
            Named();
        }
    }

    private void Named()
    {
        _sinceName = 0;
        _pronouns = 0;
    }

    /// <summary>The full name first; later a pronoun, the short name, or the full name again.</summary>
    private void Mention(Entity subject, bool possessive)
    {
        int throwOf = Dice.Below(100);
        bool person = subject.Kind == EntityKind.Person;
        if (_sinceName < 3 && _pronouns < 2 && throwOf < (person ? 42 : 30))
        {
            Put(possessive ? English.His(subject.Gender) : English.He(subject.Gender));
            _sinceName++;
            _pronouns++;
            return;
        }
        Put(_sinceName < 4 && throwOf >= (person ? 84 : 75) ? subject.ShortName : subject.Name);
        if (possessive)
        {
            Raw("'s");
        }
        Named();
    }
}
