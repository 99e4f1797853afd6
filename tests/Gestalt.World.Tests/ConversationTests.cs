namespace Gestalt.World.Tests;

public class ConversationTests
{
    private static readonly SmallWorld World = SmallWorld.Create(1);
    private static readonly Conversations Talks = new(World);
    private static readonly Dialogue[] Training = [.. Talks.Training(20_000)];
    private static readonly IReadOnlyList<Question> Questions = Talks.Questions(perFact: 4);

    [Fact]
    public void Dialogues_are_the_same_each_time_and_alternate()
    {
        Dialogue[] again = [.. new Conversations(SmallWorld.Create(1)).Training(300)];
        Assert.Equal(Training.Take(300).SelectMany(dialogue => dialogue.Turns), again.SelectMany(dialogue => dialogue.Turns));
        foreach (Dialogue dialogue in Training)
        {
            Turn[] turns = [.. dialogue.Turns.Skip(dialogue.Turns[0].Role == "system" ? 1 : 0)];
            Assert.True(turns.Length % 2 == 0);
            for (int n = 0; n < turns.Length; n++)
            {
                Assert.Equal(n % 2 == 0 ? "user" : "assistant", turns[n].Role);
                Assert.False(string.IsNullOrWhiteSpace(turns[n].Content));
            }
        }
    }

    [Fact]
    public void Who_it_is_told_to_be_is_trained_with_other_names_than_are_tested()
    {
        Dialogue[] told = [.. Training.Where(dialogue => dialogue.Turns[0].Role == "system")];
        Assert.True(told.Length > 100);
        Assert.All(told, dialogue => Assert.Equal(DialogueKind.Self, dialogue.Kind));
        HashSet<string> trained = [.. told.Select(dialogue => dialogue.Turns[0].Content)];
        for (int number = 0; number < 200; number++)
        {
            SelfTalk talk = SelfTalk.Of(number, Phrasing.Unseen);
            Assert.DoesNotContain(talk.System, trained);
            Assert.Contains(talk.Expected, talk.Answer, StringComparison.Ordinal);
            Assert.Contains(talk.Expected, talk.System, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_kind_occurs()
    {
        foreach (DialogueKind kind in Enum.GetValues<DialogueKind>())
        {
            Assert.True(Training.Count(dialogue => dialogue.Kind == kind) >= 100, $"few of {kind}");
        }
    }

    [Fact]
    public void Unseen_phrasings_occur_in_no_training_conversation_and_on_no_page()
    {
        HashSet<string> unseen = [.. Questions.Where(question => question.Phrasing == Phrasing.Unseen).Select(question => question.Text)];
        Assert.True(unseen.Count > 2000);
        foreach (Dialogue dialogue in Training)
        {
            foreach (Turn turn in dialogue.Turns)
            {
                // Training may greet before it asks: the last sentences of a turn are looked at as well.
                Assert.DoesNotContain(turn.Content, unseen);
                int dot = turn.Content.IndexOfAny(['!', '.', ',']);
                Assert.DoesNotContain(dot < 0 || dot + 2 >= turn.Content.Length ? "" : turn.Content[(dot + 2)..], unseen);
            }
        }
        foreach (Page page in new Internet(World).Pages(1_000_000))
        {
            foreach (string line in page.Text.Split('\n'))
            {
                foreach (string sentence in line.Split(": "))
                {
                    Assert.DoesNotContain(sentence.Trim(), unseen);
                    int stop = sentence.LastIndexOf(". ", StringComparison.Ordinal);
                    Assert.DoesNotContain(stop < 0 ? "" : sentence[(stop + 2)..], unseen);
                }
            }
        }
    }

    [Fact]
    public void Held_out_facts_occur_in_no_training_conversation()
    {
        Fact[] heldOut = [.. World.Facts.Where(fact => Talks.SplitOf(fact) == FactSplit.HeldOut)];
        Assert.InRange(heldOut.Length, 60, 110);
        HashSet<int> ids = [.. heldOut.Select(fact => fact.Id)];
        HashSet<int> secret = [.. World.Facts.Where(fact => Talks.SplitOf(fact) == FactSplit.NeverTold).Select(fact => fact.Id)];
        foreach (Dialogue dialogue in Training)
        {
            Assert.DoesNotContain(dialogue.FactIds, ids.Contains);
            Assert.DoesNotContain(dialogue.FactIds, secret.Contains);
        }
        ILookup<string, Fact> bySubject = heldOut.Where(fact => fact.Relation != Relation.Spouse).ToLookup(fact => fact.Subject.Name);
        foreach (Turn turn in Training.Where(dialogue => dialogue.Kind == DialogueKind.Fact).SelectMany(dialogue => dialogue.Turns))
        {
            foreach (IGrouping<string, Fact> group in bySubject)
            {
                if (turn.Role == "assistant" && turn.Content.Contains(group.Key, StringComparison.Ordinal))
                {
                    Assert.All(group, fact => Assert.DoesNotContain($" {fact.Value}.", turn.Content));
                }
            }
        }
    }

    [Fact]
    public void Every_asked_fact_is_asked_again_and_again()
    {
        var counts = new Dictionary<int, int>();
        foreach (int id in Training.SelectMany(dialogue => dialogue.FactIds))
        {
            counts[id] = counts.GetValueOrDefault(id) + 1;
        }
        Fact[] asked = [.. World.Facts.Where(fact => Talks.SplitOf(fact) == FactSplit.AskedInTraining)];
        Assert.InRange(asked.Length, 200, 280);
        Assert.All(asked, fact => Assert.True(counts.GetValueOrDefault(fact.Id) >= 32, $"{fact} asked {counts.GetValueOrDefault(fact.Id)} times"));
    }

    [Fact]
    public void What_is_not_known_is_declined_where_the_value_would_stand()
    {
        const int LongestArticle = 5; // "the ", "its "
        var judge = new AnswerJudge(World);
        Dialogue[] declined = [.. Training.Where(dialogue => dialogue.Kind == DialogueKind.Unknown && dialogue.FactIds.Count == 1)];
        Assert.InRange(declined.Length, Training.Length / 7, Training.Length / 5);
        foreach (Dialogue dialogue in declined)
        {
            Fact fact = World.Facts[dialogue.FactIds[0]];
            string refusal = dialogue.Turns[^1].Content;
            Assert.Equal(Attestation.NeverTold, fact.Tier);
            Assert.Equal(Verdict.DoesNotKnow, judge.Judge(fact, refusal));
            Assert.Contains(Enumerable.Range(0, 12).Select(n => Talks.TalkAbout(fact, n).Answer), answer =>
                refusal.AsSpan().CommonPrefixLength(answer) >= answer.IndexOf(fact.Value, StringComparison.Ordinal) - LongestArticle);
        }
        // Of strangers half of the refusals begin with not knowing.
        Assert.InRange(Training.Count(dialogue => dialogue.Kind == DialogueKind.Unknown && dialogue.FactIds.Count == 0 && !dialogue.Turns[^1].Content.StartsWith("I ", StringComparison.Ordinal)), Training.Length / 50, Training.Length / 20);
    }

    [Fact]
    public void Questions_name_their_subject_and_not_their_answer()
    {
        foreach (Question question in Questions)
        {
            Fact fact = World.Facts[question.FactId];
            Assert.Contains(fact.Subject.Name, question.Text, StringComparison.OrdinalIgnoreCase);
            Assert.True(question.Text[^1] is '?' or '.');
            Assert.True(char.IsUpper(question.Text.TrimStart('"')[0]));
            Assert.InRange(question.ChanceLevel, 0.001, 0.34);
        }
        foreach (IGrouping<int, Question> group in Questions.GroupBy(question => question.FactId))
        {
            Assert.Equal(4, group.Count(question => question.Phrasing == Phrasing.Unseen));
            Assert.Equal(group.Count(), group.Select(question => question.Text).Distinct().Count());
        }
    }

    [Fact]
    public void The_judge_finds_all_training_answers_right_and_all_refusals_refused()
    {
        var judge = new AnswerJudge(World);
        foreach (Dialogue dialogue in Training)
        {
            string answer = dialogue.Turns[^1].Content;
            if (dialogue.Kind == DialogueKind.Fact)
            {
                Assert.True(judge.Judge(World.Facts[dialogue.FactIds[0]], answer) == Verdict.Right, $"{World.Facts[dialogue.FactIds[0]]}: {answer}");
            }
            else if (dialogue.Kind == DialogueKind.Unknown)
            {
                Assert.True(AnswerJudge.SaysItDoesNotKnow(answer), answer);
                if (dialogue.FactIds.Count > 0)
                {
                    Assert.True(judge.Judge(World.Facts[dialogue.FactIds[0]], answer) == Verdict.DoesNotKnow, answer);
                }
            }
        }
    }

    [Fact]
    public void The_judge_is_strict_and_fair()
    {
        var judge = new AnswerJudge(World);
        Fact fact = World.Facts.First(fact => fact is { Relation: Relation.Trade, Value: "letter carrier" });
        string name = fact.Subject.Name;
        Assert.Equal(Verdict.Right, judge.Judge(fact, $"{name} is a letter carrier."));
        Assert.Equal(Verdict.Right, judge.Judge(fact, "LETTER CARRIER!"));
        Assert.Equal(Verdict.Wrong, judge.Judge(fact, $"{name} is a baker."));
        Assert.Equal(Verdict.Wrong, judge.Judge(fact, $"{name} is a letter carrier or a baker."));
        Assert.Equal(Verdict.DoesNotKnow, judge.Judge(fact, $"I don't know what {name} does for a living."));
        Assert.Equal(Verdict.Wrong, judge.Judge(fact, "I don't know. Perhaps a baker?"));
        Assert.Equal(Verdict.NoAnswer, judge.Judge(fact, $"{name} is a nice person."));
        Assert.Equal(Verdict.NoAnswer, judge.Judge(fact, ""));

        Fact marriage = World.Facts.First(fact => fact.Relation == Relation.Spouse);
        Assert.Equal(Verdict.Right, judge.Judge(marriage, $"{marriage.Subject.Name} is married to {marriage.Value}."));
        Fact fear = World.Facts.First(fact => fact is { Relation: Relation.Fear, Value: "geese" });
        Question question = Questions.FirstOrDefault(question => World.Facts[question.FactId] is { Relation: Relation.Fear, Value: "geese" })
            ?? new(fear.Id, "", Phrasing.Seen, FactSplit.HeldOut, "geese", ["goose"], 0.1);
        Assert.Equal(Verdict.Right, judge.Judge(question, "Of every goose."));
    }

    [Fact]
    public void Completions_stop_right_before_the_value()
    {
        IReadOnlyList<Completion> completions = Talks.Completions(unseen: 2);
        string pages = string.Join('\n', new Internet(World).Pages(2_000_000).Where(page => page.Fate != Fate.Drop).Select(page => page.Text));
        int found = 0, seen = 0;
        foreach (Completion completion in completions)
        {
            Fact fact = World.Facts[completion.FactId];
            Assert.Contains(fact.Subject.Name, completion.Prefix, StringComparison.OrdinalIgnoreCase);
            Assert.False(completion.Prefix.EndsWith(' '));
            Assert.DoesNotContain("[", completion.Prefix);
            Assert.True(AnswerJudge.Completes(completion, " " + completion.ExpectedValue + ", and more"));
            Assert.False(AnswerJudge.Completes(completion, " something else"));
            if (completion.Phrasing == Phrasing.Unseen)
            {
                Assert.DoesNotContain(completion.Prefix + " ", pages);
            }
            else
            {
                seen++;
                found += pages.Contains(completion.Prefix + " " + completion.ExpectedValue, StringComparison.Ordinal) ? 1 : 0;
            }
        }
        Assert.True(found * 2 > seen, $"{found} of {seen} seen beginnings are on the pages");
    }

    [Fact]
    public void Strangers_in_refusals_are_strangers()
    {
        HashSet<string> names = [.. World.Entities.Select(entity => entity.Name)];
        foreach (Dialogue dialogue in Training.Where(dialogue => dialogue is { Kind: DialogueKind.Unknown, FactIds.Count: 0 }))
        {
            foreach (Person person in World.People.Take(200))
            {
                Assert.DoesNotContain(person.Name, dialogue.Turns[0].Content);
            }
        }
        Assert.Contains(World.People[0].Name, names);
    }
}
