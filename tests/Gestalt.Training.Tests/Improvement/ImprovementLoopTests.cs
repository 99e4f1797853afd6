using System.Text;
using Gestalt.Corpus;
using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Store.Improving;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Improvement;
using Gestalt.Training.Stages;
using Gestalt.World;

namespace Gestalt.Training.Tests.Improvement;

/// <summary>The loop on a model of a few thousand parameters, outside any world.</summary>
public sealed class ImprovementLoopTests : IDisposable
{
    private static readonly Tokenizer Vocabulary = BpeTrainer.Train(
        [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("user assistant what colour is the apple? it is red, said the cat.\n", 4)))], 290, PreTokenizer.Gpt2);

    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-improve-").FullName;
    private readonly WorkerPool _pool = new(2);

    public void Dispose()
    {
        _pool.Dispose();
        foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void What_is_held_back_is_learned_in_no_wording_and_stays_held_back()
    {
        var world = new Conversations(SmallWorld.Create(7, WorldScale.ForText(500_000)));
        RuleBook book = RuleBook.Of([], world);
        var interview = new FactInterview(world);
        LoggedAnswer[] log = [.. world.World.Facts.Take(200).SelectMany(fact => Enumerable.Range(0, 2).Select(wording => RuleTests.Answer(interview.Question(fact, wording * 7), "Hello!")))];
        LoggedAnswer[] good = [.. Enumerable.Range(0, 60).Select(n => RuleTests.Answer($"Tell me story {n}.", $"Once there was a cat, {n}."))];
        ReviewSet review = Reviewed(log, answer => book.IdealFor(answer.Question, 0)!);
        Conversation[] replay = [.. world.Training(3000).Select(dialogue => new Conversation([.. dialogue.Turns.Select(turn => new Message(turn.Role, turn.Content))]))];
        ImprovementSet set = ImprovementCollector.Collect([.. log, .. good], review, book, replay, new CollectOptions { LeastReplay = 100, ReplayPerCorrection = 2, ReplayBack = 50 });

        HashSet<string> learned = [.. set.Corrected.Select(one => book.TopicOf(one.Question))], held = [.. set.HeldBack.Select(one => book.TopicOf(one.Question))];
        Assert.Empty(learned.Intersect(held));
        Assert.InRange(held.Count, 20, 60); // a fifth of 200, ± 3.5 standard deviations
        Assert.Equal(log.Select(answer => answer.Question).Distinct().Count(), set.Corrected.Count + set.HeldBack.Count);
        Assert.DoesNotContain(set.Replay.SelectMany(talk => talk.Messages), message => message.Role == Roles.User && held.Contains(book.TopicOf(message.Content)));
        Assert.Equal((60, 2 * set.Corrected.Count, 50), (set.Kept.Count + set.KeptBack.Count, set.Replay.Count, set.ReplayBack.Count));
        Assert.Empty(set.Replay.Intersect(set.ReplayBack));
        Assert.NotEmpty(set.KeptBack);

        ImprovementSet more = ImprovementCollector.Collect([.. log, .. good, RuleTests.Answer("And now?", "Now.")], review, book, replay.Reverse(), new CollectOptions { LeastReplay = 100, ReplayPerCorrection = 2, ReplayBack = 50 });
        Assert.Equal(set.HeldBack.Select(one => one.Id), more.HeldBack.Select(one => one.Id));
        Assert.Equal(set.ReplayBack, more.ReplayBack);
    }

    [Fact]
    public void The_last_correction_of_a_question_counts_and_what_cannot_be_learned_is_named()
    {
        RuleBook book = RuleBook.Of([], null);
        LoggedAnswer first = RuleTests.Answer("q", "") with { Id = "first" }, second = RuleTests.Answer("q", "") with { Id = "second" };
        ReviewSet review = Reviewed([first, second], answer => answer.Id);
        ImprovementSet set = ImprovementCollector.Collect([first, second], review, book, [], new CollectOptions { HeldBackPercent = 0 });
        Assert.Equal("second", Assert.Single(set.Corrected).Conversation.Messages[^1].Content);
        LoggedAnswer odd = first with { Conversation = Conversation.Of(new Message(Roles.User, "q"), new Message(Roles.User, "q"), new Message(Roles.Assistant, "a")) };
        Assert.Contains("'first'", Assert.Throws<InvalidDataException>(() => ImprovementCollector.Collect([odd], review, book, [], new CollectOptions())).Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Speed", "Smoke")]
    public void Flagged_answers_become_good_and_the_report_says_so()
    {
        string model = Model();
        var folder = new ImprovementFolder(Path.Combine(_folder, "improve"));
        RuleBook book = RuleBook.Of([], null);
        string[] fruits = ["apple", "pear", "plum", "fig"];
        using (LanguageModel before = Open(model))
            folder.Log.Add(Rehearsal.Ask(before.Generator, "tiny", [.. fruits.Select(fruit => $"what colour is the {fruit}?")]));
        (IReadOnlyList<LoggedAnswer> log, _) = folder.Log.Read();
        folder.Review.Add([.. log.Select(answer => new Flag(answer.Id, "ada", DateTimeOffset.UtcNow, "it babbles"))]);
        folder.Review.Add([.. log.Select(answer => new Correction(answer.Id, "ada", DateTimeOffset.UtcNow, "it is red.") { ApprovedBy = "ada" })]);
        Conversation[] replay = [.. Enumerable.Range(0, 20).Select(n => Conversation.Of(new Message(Roles.User, $"the cat {n}"), new Message(Roles.Assistant, "said the cat.")))];
        ImprovementSet set = ImprovementCollector.Collect(log, folder.Review.Read(), book, replay, new CollectOptions { HeldBackPercent = 0, LeastReplay = 10, ReplayPerCorrection = 0, ReplayBack = 5 });
        (VersionManifest version, _) = folder.Versions.Make(set, []);
        TrainedVersion trained = ImprovementTraining.Run(
            folder, version, model, corpus: null, new ImproveTrainingOptions { Steps = 60, LearningRate = 0.01f }, new Device(_pool), progress: null, _ => { }, default);
        Assert.Equal((version.Hash, false, 60), (trained.SetHash, trained.IsAdapter, trained.Steps));
        Assert.Equal(trained, ImprovementTraining.Read(folder, 1));
        Assert.Equal(ImprovementFolder.HashOf(model), trained.BeforeSha256);

        var exam = new ImprovementExam(set, book, conversations: null, run: null, new ExamSize());
        ImprovementReport report = ImprovementReport.Compare(Hold(exam, model), Hold(exam, trained.After), 0.02);
        ShareChange flagged = report.Shares.Single(share => share.Name == "flagged, as it was asked");
        Assert.Equal((0, 4, 4), (flagged.Before.Successes, flagged.After.Successes, flagged.After.Trials));
        Assert.Equal(ChangeVerdict.Better, Assert.Single(report.Costs).Verdict); // an untrained model's answers could only become likelier
        Assert.Equal(1, folder.Versions.Open(1).Manifest.Number); // training lies beside the version's files, and changes none
    }

    [Fact]
    public void Documents_are_read_beside_the_conversations_where_they_are_in_the_models_vocabulary()
    {
        (string model, string corpus) = (Model(), Path.Combine(_folder, "corpus"));
        var folder = new ImprovementFolder(Path.Combine(_folder, "improve"));
        Conversation[] said = [.. Enumerable.Range(0, 6).Select(n => Conversation.Of(new Message(Roles.User, $"the cat {n}"), new Message(Roles.Assistant, "said the cat.")))];
        var set = new ImprovementSet([new CorrectedAnswer("a", [], "no", "ada", "ada", said[0])], [], [said[1]], [], said[2..], []);
        (VersionManifest version, _) = folder.Versions.Make(set, []);
        Document[] pages = [.. Enumerable.Range(0, 30).Select(n => new Document($"page {n}", null, "what colour is the apple? it is red, said the cat. what is it?"))];
        var told = new List<string>();

        TokenDatasetWriter.Write(pages, Vocabulary, corpus, VocabularyStage.TrainingData, threads: 1);
        TrainedVersion beside = Train(new ImproveTrainingOptions { CorrectionWeight = 3, KeptWeight = 2, DocumentShare = 0.5, Steps = 2 });
        Assert.Equal(0.5, beside.DocumentShare);
        Assert.Contains(told, line => line.Contains("conversations.jsonl: 1 conversations × 3", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("kept.jsonl: 1 conversations × 2", StringComparison.Ordinal));
        Assert.DoesNotContain(told, line => line.Contains("no documents", StringComparison.Ordinal));
        Assert.NotEqual(File.ReadAllBytes(beside.After), File.ReadAllBytes(Train(new ImproveTrainingOptions { CorrectionWeight = 3, KeptWeight = 2, DocumentShare = 0, Steps = 2 }).After));

        Tokenizer other = BpeTrainer.Train([.. pages.Select(page => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(page.Text + " of others"))], 280, PreTokenizer.Gpt2);
        TokenDatasetWriter.Write(pages, other, corpus, VocabularyStage.TrainingData, threads: 1);
        Assert.Equal(0, Train(new ImproveTrainingOptions { DocumentShare = 0.5, Steps = 2 }).DocumentShare);
        Assert.Contains(told, line => line.StartsWith("no documents are read beside the conversations", StringComparison.Ordinal) && line.Contains("another tokenizer", StringComparison.Ordinal));

        TrainedVersion Train(ImproveTrainingOptions options)
        {
            if (Directory.Exists(folder.TrainingOf(1))) Directory.Delete(folder.TrainingOf(1), recursive: true);
            return ImprovementTraining.Run(folder, version, model, corpus, options, new Device(_pool), progress: null, told.Add, default);
        }
    }

    [Fact]
    public void Drafts_of_a_model_are_those_that_no_rule_flags_and_nothing_else()
    {
        using LanguageModel model = Open(Model());
        LoggedAnswer[] flagged = [RuleTests.Answer("what colour is the fig?", "") with { Id = "a" }];
        RuleBook nothing = RuleBook.Of(["words=."], null), anything = RuleBook.Of(["words=\u0001never"], null);
        Assert.Empty(LogReview.ByModel(flagged, model.Generator, "tiny", nothing, tries: 2, seed: 1));
        Correction draft = Assert.Single(LogReview.ByModel(flagged, model.Generator, "tiny", anything, tries: 8, seed: 1));
        Assert.Equal(("a", "model:tiny", null), (draft.Answer, draft.By, draft.ApprovedBy));
        Assert.False(string.IsNullOrWhiteSpace(draft.Content));
    }

    [Theory]
    [InlineData("Ada lives in Tarnwood.", "ada lives in the tarnwood", 1)]
    [InlineData("one two three four", "one two five six", 0.5)]
    [InlineData("one one two", "one two two", 2 / 3.0)]
    [InlineData("yes", "no", 0)]
    [InlineData("", "", 1)]
    [InlineData("yes", "", 0)]
    public void Words_in_common_make_an_F1(string expected, string given, double f1) => Assert.Equal(f1, AnswerComparison.F1(expected, given), 12);

    [Fact]
    public void A_rehearsal_asks_of_everything_and_of_nothing_that_measures()
    {
        var world = new Conversations(SmallWorld.Create(7, WorldScale.ForText(500_000)));
        IReadOnlyList<string> questions = Rehearsal.Questions(world, 400, seed: 1);
        Assert.Equal(questions, Rehearsal.Questions(world, 400, seed: 1));
        Assert.NotEqual(questions, Rehearsal.Questions(world, 400, seed: 2));
        var reader = new QuestionReader(world.World);
        var interview = new FactInterview(world);
        AskedFact[] asked = [.. questions.Select(reader.Read).OfType<AskedFact>()];
        Assert.InRange(asked.Count(one => one.IsOfStranger), 30, 90);
        Assert.InRange(asked.Count(one => one is { IsUntold: true, IsOfStranger: false }), 100, 180);
        Assert.InRange(asked.Count(one => one.IsWellTold), 100, 180);
        Assert.DoesNotContain(asked, one => !one.IsOfStranger && interview.IsForMeasuring(one.Fact));
    }

    private ExamResult Hold(ImprovementExam exam, string path)
    {
        using LanguageModel model = Open(path);
        return exam.Hold(model);
    }

    private LanguageModel Open(string path) => LanguageModel.Open(path, device: new Device(_pool));

    private static ReviewSet Reviewed(LoggedAnswer[] log, Func<LoggedAnswer, string> ideal) => new(
        log.ToDictionary(answer => answer.Id, answer => new ReviewedAnswer(
            answer.Id, [new Flag(answer.Id, "rule:wrong", DateTimeOffset.UtcNow, "no")], new Correction(answer.Id, "key", DateTimeOffset.UtcNow, ideal(answer)) { ApprovedBy = "ada" }, IsCleared: false)), []);

    private string Model()
    {
        string path = Path.Combine(_folder, "model.gguf");
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(2, 32, 2, 1, 16, 64, Vocabulary.VocabularySize, 128, tied: true), new Device(_pool));
        model.Initialize(1);
        ModelFile.Save(path, model, Vocabulary, new ModelFileOptions { Name = "tiny", IsAssistant = true });
        return path;
    }
}
