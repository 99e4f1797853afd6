using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Training.Life;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Tests;

public sealed class LifeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-life-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Life_that_is_stopped_again_and_again_ends_with_the_same_bits()
    {
        using var pool = new WorkerPool(2);
        RunFolder whole = Begin("whole/life"), cut = Begin("cut/life"); // of one name, for it stands in the model files
        Live(whole, pool, new StopAfter(int.MaxValue));
        int sessions = 0;
        for (bool done = false; !done; sessions++)
        {
            Assert.True(sessions < 60, "the life does not come to its end");
            using var stop = new StopAfter(3);
            try
            {
                Live(cut, pool, stop);
                done = true;
            }
            catch (OperationCanceledException)
            {
                // Stopped, as a person would at any moment; the next round goes on.
            }
        }

        Assert.True(sessions > 4, $"only {sessions} sessions: the life was hardly interrupted");
        foreach (string file in (string[])["tokenizer.json", "base/model.gguf", "sft/conversations.jsonl", "sft/model.gguf", "prefer/comparisons.jsonl", "prefer/profile.json", "reinforce/profile.json", "model.gguf", "eval.json"])
            Assert.Equal(File.ReadAllBytes(whole.In(file)), File.ReadAllBytes(cut.In(file)));

        LifeReport report = ReportPage.FromJson(File.ReadAllText(whole.ReportJson));
        Assert.Equal(["world", "corpus", "tokenizer", "pretrain", "finetune", "prefer", "reinforce", "eval", "export"], report.Stages.Select(stage => stage.Name));
        Assert.Equal(["pretrain", "finetune", "prefer", "reinforce"], report.Profiles.Select(profile => profile.Stage));
        Assert.All(report.Profiles, profile => Assert.Equal(report.Profiles[0].Answers.Select(answer => answer.Prompt), profile.Answers.Select(answer => answer.Prompt)));
        Assert.Equal(10, report.Profiles[0].Answers.Count);
        Assert.Empty(report.Profiles[0].Shares); // a base model answers no questions
        Assert.All(report.Profiles.Skip(1), profile => Assert.Equal([ProfileStage.Facts, ProfileStage.Unknown, ProfileStage.Sums, ProfileStage.Solved], profile.Shares.Select(share => share.Name)));
        Assert.Contains("What each stage changed", File.ReadAllText(whole.ReportHtml), StringComparison.Ordinal);
        string last = report.Profiles.Last(profile => profile.Rejected is null).Stage;
        Assert.Equal(File.ReadAllBytes(whole.ModelOf(last switch { "finetune" => LifeStage.Finetune, "prefer" => LifeStage.Prefer, _ => LifeStage.Reinforce })), File.ReadAllBytes(whole.Model));
    }

    [Fact]
    public void A_stage_that_loses_facts_is_not_gone_on_with()
    {
        StageProfile Of(int right) => new("test", [new ProfileShare(ProfileStage.Facts, "", new Proportion(right, 200))], [], []);
        Assert.Null(ProfileStage.Regression(Of(180), Of(176)));
        Assert.Null(ProfileStage.Regression(Of(180), Of(190)));
        Assert.Equal("facts, unseen phrasing 87.5 %, after the stage before it 90.0 %.", ProfileStage.Regression(Of(180), Of(175)));
        StageProfile Declining(int right) => Of(180) with { Shares = [.. Of(180).Shares, new ProfileShare(ProfileStage.Unknown, "", new Proportion(right, 200))] };
        Assert.Null(ProfileStage.Regression(Declining(170), Declining(161)));
        Assert.Equal("unknown facts declined 79.5 %, after the stage before it 85.0 %.", ProfileStage.Regression(Declining(170), Declining(159)));
        Assert.Null(ProfileStage.Regression(Of(180), new StageProfile("test", [], [], []))); // nothing was asked
    }

    [Fact]
    public void The_assistant_is_what_was_made_last_and_not_set_aside()
    {
        var run = new RunFolder(Path.Combine(_folder, "order"));
        Assert.Null(run.Assistant());
        foreach (LifeStage stage in Enum.GetValues<LifeStage>())
        {
            Directory.CreateDirectory(run.FolderOf(stage));
            File.WriteAllText(run.ModelOf(stage), "");
        }

        StageLedger ledger = StageLedger.Load(run.Stages);
        foreach (string name in (string[])["pretrain", "finetune", "prefer", "reinforce"]) ledger.Complete(new CompletedStage(name, 1, "", ""));
        Assert.Equal(run.ModelOf(LifeStage.Reinforce), run.Assistant());
        File.Delete(run.ModelOf(LifeStage.Reinforce));
        Assert.Equal(run.ModelOf(LifeStage.Prefer), run.Assistant());
        ledger.Complete(new CompletedStage("finetune", 1, "", "")); // done again, by its own verb
        Assert.Equal(run.ModelOf(LifeStage.Finetune), run.Assistant());
    }

    [Fact]
    public void A_stage_can_be_done_anew_and_what_it_made_is_kept()
    {
        var run = new RunFolder(Path.Combine(_folder, "anew"));
        Assert.Null(run.PutAside(LifeStage.Finetune));
        StageLedger ledger = StageLedger.Load(run.Stages);
        for (int life = 1; life <= 2; life++)
        {
            foreach (LifeStage stage in Enum.GetValues<LifeStage>())
            {
                Directory.CreateDirectory(run.FolderOf(stage));
                File.WriteAllText(run.ModelOf(stage), $"{stage} {life}");
            }

            File.WriteAllText(run.Evaluation, "{}");
            foreach (string name in (string[])["tokenizer", "pretrain", "finetune", "prefer", "reinforce", "eval", "export"]) ledger.Complete(new CompletedStage(name, 1, "", ""));
            string aside = run.PutAside(LifeStage.Finetune)!;
            Assert.Equal(run.In($"earlier-{life}"), aside);
            Assert.Equal($"Finetune {life}", File.ReadAllText(Path.Combine(aside, "sft", "model.gguf")));
            Assert.Equal($"Reinforce {life}", File.ReadAllText(Path.Combine(aside, "reinforce", "model.gguf")));
            Assert.True(File.Exists(Path.Combine(aside, "eval.json")));
            Assert.Equal($"Pretrain {life}", File.ReadAllText(run.ModelOf(LifeStage.Pretrain)));
            Assert.Null(run.Assistant());
            ledger = StageLedger.Load(run.Stages);
            Assert.Equal(["tokenizer", "pretrain"], ledger.Stages.Select(stage => stage.Name));
        }
    }

    [Fact]
    public void Life_on_a_folder_of_text_makes_a_model_and_a_report()
    {
        using var pool = new WorkerPool(2);
        string books = Path.Combine(_folder, "books");
        Directory.CreateDirectory(books);
        for (int i = 0; i < 6; i++)
            File.WriteAllText(Path.Combine(books, $"book{i}.txt"), string.Join("\n\n", Enumerable.Range(0, 400).Select(p => $"On day {p * 7 % 31} of book {i} the miller walked {p % 13} miles to the river, and {(p % 3 == 0 ? "it rained" : "the sun shone")}.")));
        RunFolder run = Begin("text", books);
        Live(run, pool, new StopAfter(int.MaxValue));
        EvaluationOutcome outcome = EvaluateStage.Read(run)!;
        Assert.InRange(outcome.Measurements.Single().Value, 0.05, 7);
        using LoadedModel model = ModelFile.Load(run.Model, new Tensors.Device(pool));
        Assert.True(model.IsAssistant);
        LifeReport report = ReportPage.FromJson(File.ReadAllText(run.ReportJson));
        Assert.Equal(["corpus", "tokenizer", "pretrain", "finetune", "eval", "export"], report.Stages.Select(stage => stage.Name));
        Assert.Equal(["pretrain", "finetune"], report.Profiles.Select(profile => profile.Stage));
        Assert.All(report.Stages, stage => Assert.StartsWith("gestalt ", stage.Command, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(double.NaN)]
    [InlineData(1e9)]
    public void Time_out_of_range_is_refused(double minutes)
    {
        using var pool = new WorkerPool(1);
        var problem = Assert.Throws<ArgumentOutOfRangeException>(() => LifePlanner.Create(new LifeRequest(minutes, null, null, 1, "test"), 0, pool, null, default));
        Assert.Contains("--minutes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_read_again_is_the_plan_written()
    {
        RunFolder run = Begin("plan");
        LifePlan plan = LifePlan.Load(run.Plan);
        string again = run.In("again.json");
        plan.Save(again);
        Assert.Equal(File.ReadAllText(run.Plan), File.ReadAllText(again));
        File.WriteAllText(run.Plan, "{\"request\": 3}");
        Assert.Contains(run.Plan, Assert.Throws<InvalidDataException>(() => LifePlan.Load(run.Plan)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(240)]
    public void Planned_stages_add_up_to_the_time_given(double minutes)
    {
        using var pool = new WorkerPool(2);
        LifePlan plan = LifePlanner.Create(new LifeRequest(minutes, null, null, 1, "test"), 0, pool, null, default);
        Assert.InRange(plan.Seconds.Values.Sum() / (minutes * 60), 0.93, 1.03);
        Assert.True(plan.Pretrain.Steps >= 20 && plan.Finetune.Steps >= 10);
    }

    /// <summary>A plan small enough for a test, written as if it had been decided.</summary>
    private RunFolder Begin(string name, string? data = null)
    {
        var run = new RunFolder(Path.Combine(_folder, name));
        TransformerConfig model = TransformerConfig.Qwen3Shaped(2, 64, 2, 1, 32, 192, 512, 128, tied: true);
        TrainingOptions options = LifePlanner.Pretraining(30, 4, 128, 1) with { CheckpointSeconds = 0.2, DreamEvery = 10, ValidateEvery = 10 };
        new LifePlan
        {
            Request = new LifeRequest(1, data, null, 1, "test"),
            Begun = DateTimeOffset.UnixEpoch,
            Machine = new MachineSpeed("test", 2, 1e11, 1e11, Precision.Float32),
            Model = model,
            WorldBytes = data is null ? 300_000 : 0,
            Pretrain = options,
            Finetune = LifePlanner.Finetuning(20, 4, 128, 1) with { DreamEvery = 10, DreamPrompt = "Hello!" },
            ToolPercent = data is null ? 20 : 0,
            Prefer = data is null ? new PreferencePlan(24, PreferenceObjective.Usual(PreferenceMethod.Dpo), PreferStage.Recipe(3, 8, 128, 1) with { CheckpointSeconds = 0.2 }) : null,
            Reinforce = data is null ? new ReinforcementPlan(10, ReinforceStage.Recipe(2, LifeProblems.Rollouts, 128, 1e-3f, 1) with { CheckpointSeconds = 0.2 }) : null,
            Profile = data is null ? new ProfileRequest(1, 300_000, "comparisons", 24) { Questions = 12, Sums = 4, ProblemCount = 8, Stories = 4 } : null,
            Evaluation = new EvaluationRequest(1, data is null ? 300_000 : 0, 8, 20_000, 128, Stories: 3, ToolQuestions: 2),
            Seconds = new Dictionary<string, double> { ["pretrain"] = 1 },
            Choices = [new PlanChoice("model", "tiny", "a test")],
        }.Save(run.Plan);
        return run;
    }

    private static void Live(RunFolder run, WorkerPool pool, StopAfter stop) =>
        Life.Life.Run(run, LifePlan.Load(run.Plan), pool, new LifeWatcher(_ => { }, (_, _) => stop.Tick(), stop), stop.Token);

    /// <summary>Cancels at the n-th sign of life.</summary>
    private sealed class StopAfter(int signs) : IProgress<TrainingProgress>, IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private int _seen;

        public CancellationToken Token => _source.Token;

        public void Tick()
        {
            if (++_seen >= signs) _source.Cancel();
        }

        public void Report(TrainingProgress value) => Tick();

        public void Dispose() => _source.Dispose();
    }
}
