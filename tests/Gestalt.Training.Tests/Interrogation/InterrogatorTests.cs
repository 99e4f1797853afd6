using System.Text;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tasks;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Interrogation;
using Gestalt.World;

namespace Gestalt.Training.Tests.Interrogation;

public sealed class InterrogatorTests
{
    private static readonly SmallWorld World = SmallWorld.Create(7, WorldScale.ForText(500_000));
    private static readonly Conversations Talks = new(World);
    private static readonly InterrogationOptions Limits = new() { Samples = 4, PerFact = 2, PerContrast = 5 };

    [Fact]
    public void What_measures_is_never_asked_for()
    {
        var interview = new FactInterview(Talks);
        IReadOnlyList<Probe> drawn = new WorldFacts(interview).Draw(3000, 3, 1, default);
        Assert.Equal(3000, drawn.Select(probe => probe.Number).Distinct().Count());
        Fact[] kept = [.. World.Facts.Where(fact => Talks.SplitOf(fact) is FactSplit.HeldOut or FactSplit.NeverTold)];
        HashSet<int> measured = [.. kept.Where(interview.IsForMeasuring).Select(fact => fact.Id)];
        Assert.InRange(measured.Count, kept.Length * 3 / 10, kept.Length * 7 / 10);
        Assert.DoesNotContain(drawn, probe => measured.Contains(probe.Number));
        Assert.Contains(drawn, probe => Talks.SplitOf(World.Facts[probe.Number]) == FactSplit.AskedInTraining);
        Assert.Contains(drawn, probe => Talks.SplitOf(World.Facts[probe.Number]) == FactSplit.DeclinedInTraining);
        HashSet<string> unseen = [.. Talks.Questions(4).Where(question => question.Phrasing == Phrasing.Unseen).Select(question => question.Text)];
        Assert.DoesNotContain(drawn.SelectMany(probe => probe.Questions), unseen.Contains);
    }

    [Fact]
    public void The_same_seed_draws_the_same_questions_and_another_one_others()
    {
        string[] Draw(ulong seed) => [.. new WorldFacts(new FactInterview(Talks)).Draw(100, 2, seed, default).SelectMany(probe => probe.Questions)];
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
    }

    [Fact]
    public void A_refusal_names_whom_it_is_about_and_is_one_to_the_judge()
    {
        var interview = new FactInterview(Talks);
        var source = new WorldFacts(interview);
        foreach (Probe probe in source.Draw(400, 1, 1, default))
        {
            string[] refusals = [.. Enumerable.Range(0, 12).Select(wording => source.Refusal(probe, wording)).Distinct()];
            Assert.True(refusals.Length >= 2, $"{probe.Questions[0]}: {string.Join(" | ", refusals)}");
            Assert.All(refusals, refusal => Assert.Equal(Verdict.DoesNotKnow, source.Judge([(probe, refusal)], default)[0]));
            Assert.All(refusals, refusal => Assert.Contains(probe.Subject.Split(' ')[^1].Trim('"'), refusal, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Strangers_bear_names_that_nobody_has()
    {
        var interview = new FactInterview(Talks);
        HashSet<string> names = [.. World.Entities.Select(entity => entity.Name)];
        for (int number = 0; number < 200; number++)
        {
            (Fact nobody, string question) = interview.AskOfStranger(number);
            Assert.DoesNotContain(nobody.Subject.Name, names);
            Assert.Contains(nobody.Subject.Name.TrimStart("the ".ToCharArray()).Trim('"').Split(' ')[^1], question, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Unknown_facts_are_declined_known_ones_kept_and_wavering_ones_left_out()
    {
        var source = new Scripted();
        InterrogationOutcome outcome = new(
            [
                Probed(0, "Ann", "RRRR"), // known
                Probed(1, "Ann", "WWWW"), // unknown, of somebody of whom something is known
                Probed(2, "Bob", "WDNW"), // unknown, of nobody in particular
                Probed(3, "Cid", "RRWW"), // wavering
                Probed(4, "Dot", "RRRW"), // just known
                Probed(5, "Eve", "RWWW"), // just unknown
            ],
            Limits);
        Assert.Equal((2, 1, 3), (outcome.Count(Knowledge.Known), outcome.Count(Knowledge.Wavering), outcome.Count(Knowledge.Unknown)));
        ILookup<string, string> answers = Interrogator.Write(outcome, source).ToLookup(talk => talk.Messages[0].Content[..1], talk => talk.Messages[1].Content);
        Assert.Equal(5, answers["0"].Count()); // of Ann some things are known and others not
        Assert.All(answers["0"].Concat(answers["4"]), answer => Assert.Equal("R", answer[..1]));
        Assert.Equal(5, answers["1"].Count());
        Assert.Equal(2, answers["2"].Count());
        Assert.Empty(answers["3"]);
        Assert.Equal(2, answers["4"].Count());
        Assert.All(answers["1"].Concat(answers["2"]).Concat(answers["5"]), answer => Assert.StartsWith("no idea", answer, StringComparison.Ordinal));

        ProbedFact Probed(int number, string subject, string verdicts) => new(
            source.Draw(6, 6, 1, default)[number] with { Subject = subject },
            [.. verdicts.Select((verdict, i) => $"{verdict} {i}")],
            [.. verdicts.Select(verdict => verdict switch { 'R' => Verdict.Right, 'W' => Verdict.Wrong, 'D' => Verdict.DoesNotKnow, _ => Verdict.NoAnswer })]);
    }

    [Fact]
    public void A_model_is_asked_as_often_as_was_wanted_and_its_own_words_come_back()
    {
        Tokenizer tokenizer = BpeTrainer.Train([Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("user assistant what colour is the apple? it is red, said the cat.\n", 4)))], 290, PreTokenizer.Gpt2);
        using var pool = new WorkerPool(1);
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(1, 32, 2, 1, 16, 64, tokenizer.VocabularySize, 64, tied: true), new Device(pool));
        model.Initialize(1);
        using var engine = new Engine(model);
        InterrogationOutcome outcome = Interrogator.Ask(new TextGenerator(engine, tokenizer), new Scripted(), Limits with { Facts = 3, AnswerTokens = 6, Temperature = 1 });
        Assert.Equal(3, outcome.Facts.Count);
        Assert.All(outcome.Facts, fact => Assert.Equal((4, 4), (fact.Answers.Count, fact.Verdicts.Count)));
        Assert.True(outcome.Facts.SelectMany(fact => fact.Answers).Distinct().Count() > 6, "an untrained model answers at random, so that samples of one question differ");
        Assert.Equal(3, outcome.Count(Knowledge.Unknown));
    }

    [Fact]
    public void The_fall_is_that_of_confident_answers_and_what_is_lost_was_known()
    {
        Question[] told = [.. Talks.Questions().Where(question => question is { IsTold: true, Phrasing: Phrasing.Unseen }).Take(4)];
        Question[] never = [.. Talks.Questions().Where(question => question.Split == FactSplit.NeverTold).Take(4)];
        KnowledgeTest before = Test("RRRW", "WWWR", "WWDD"), after = Test("RRWR", "DDDW", "DNDD");
        var change = new KnowledgeChange(before, after);
        Assert.Equal(1 - (1 / 6.0), change.Fall.Value, 12); // six confident answers before, one after
        Assert.Equal(1 - (1 / 4.0), change.FallOfNeverTold.Value, 12);
        Assert.InRange(change.Fall.Value, change.Fall.Low, change.Fall.High);
        Assert.Equal((1, 3), (change.Lost.Successes, change.Lost.Trials));
        Assert.Equal((1, 1), (change.Gained.Successes, change.Gained.Trials));
        Assert.Equal((3 + 3, 8), (after.DeclinedOfAll.Successes, after.DeclinedOfAll.Trials));
        Assert.Equal(0, new KnowledgeChange(before, before).Fall.Value);

        KnowledgeTest Test(string ofTold, string ofNever, string ofStrangers) => new(Answers(told, ofTold), Answers(never, ofNever), [.. ofStrangers.Select(Read)]);
        AnsweredQuestion[] Answers(Question[] questions, string verdicts) => [.. questions.Zip(verdicts, (question, verdict) => new AnsweredQuestion(question, "", Read(verdict)))];
        Verdict Read(char verdict) => verdict switch { 'R' => Verdict.Right, 'W' => Verdict.Wrong, 'D' => Verdict.DoesNotKnow, _ => Verdict.NoAnswer };
    }

    /// <summary>Six facts that no untrained model knows.</summary>
    private sealed class Scripted : IFactSource
    {
        public IReadOnlyList<Probe> Draw(int count, int wordings, ulong seed, CancellationToken cancellation) =>
            [.. Enumerable.Range(0, Math.Min(6, count)).Select(number => new Probe(number, $"subject {number}", [.. Enumerable.Range(0, 6).Select(n => $"{number} who {n}?")], "the value"))];

        public IReadOnlyList<Verdict> Judge(IReadOnlyList<(Probe Probe, string Answer)> answers, CancellationToken cancellation) => [.. answers.Select(pair => TextFacts.Compare(pair.Probe.Expected, pair.Answer))];

        public string Refusal(Probe probe, int wording) => $"no idea {wording}";
    }
}
