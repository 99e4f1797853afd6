using System.Globalization;
using System.Text;
using Gestalt.Evaluation;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tasks.Problems;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Metrics;
using Gestalt.Training.Reinforcement;
using Gestalt.World;

namespace Gestalt.Training.Tests.Reinforcement;

/// <summary>The whole stage with a model that knows nothing before: worked examples with mistakes, then reinforcement.</summary>
public sealed class ReinforceStageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-rl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_is_measured_trained_saved_and_measured_again()
    {
        string assistant = Assistant("comparisons", seed: 1, examples: 200, steps: 10, width: 32, habits: new PupilHabits());
        ReinforceOutcome outcome = Reinforce(assistant, "comparisons", seed: 1, steps: 2, heldOut: 40);
        Assert.Equal(2, outcome.Training.Steps);
        Assert.Equal(2 * 16 * 8, outcome.Training.Answers);
        Assert.InRange(outcome.Training.LargestGap, 0, 1e-4);
        Assert.Equal(40, outcome.After.Greedy.Trials);
        using LoadedModel saved = ModelFile.Load(outcome.Result, new Device(new WorkerPool(1)));
        Assert.True(saved.IsAssistant);
        Assert.All(MetricsLog.Read(Path.Combine(_folder, "rl")), line => Assert.Equal(1, line.Reinforcement!.RolloutShare + line.Reinforcement.TrainingShare + line.Reinforcement.OtherShare, 1e-6));
    }

    [Theory]
    [InlineData(19, 1319, 8, "1.4 % of the answers drawn to held-out problems are right, so that about 11 in a hundred groups of 8", "fine-tune on worked examples first")]
    [InlineData(0, 400, 8, "about 0 in a hundred", "fine-tune on worked examples first")]
    [InlineData(398, 400, 8, "about 4 in a hundred", "harder problems")]
    [InlineData(171, 400, 8, null, null)]
    [InlineData(19, 1319, 64, null, null)] // more answers to each find more
    [InlineData(0, 0, 8, null, null)]
    public void Where_next_to_no_group_has_a_difference_that_is_said(int right, int asked, int samples, string? begins, string? advises)
    {
        string? doubt = ReinforceStage.Doubt(new Proportion(right, asked), samples);
        if (begins is null)
        {
            Assert.Null(doubt);
            return;
        }

        Assert.Contains(begins, doubt, StringComparison.Ordinal);
        Assert.Contains(advises!, doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_life_asks_for_other_problems_than_it_was_shown_and_leaves_their_like_out_of_what_it_keeps()
    {
        Conversation[] shown = [.. Enumerable.Range(0, 500).Select(i => LifeProblems.Examples(7).At(i).ToConversation())];
        ReinforceRequest request = LifeProblems.Request("model.gguf", "rl", "rl", ReinforceStage.Recipe(60, LifeProblems.Rollouts, 512, 5e-4f, 8), shown);
        Assert.Equal(LifeProblems.Measured, request.HeldOut.Select(problem => problem.Key).Distinct().Count());
        HashSet<string> questions = [.. shown.Select(one => one.Messages[0].Content), .. request.Problems.Take(2000).Select(problem => problem.Question)];
        Assert.DoesNotContain(request.HeldOut, problem => questions.Contains(problem.Question));
        Assert.All(shown, one => Assert.True(request.Problems.Asks(one.Messages[0].Content)));
        Assert.InRange(shown.Count(one => one.Messages[1].Content.StartsWith("<think>", StringComparison.Ordinal)) / 500.0, 0.33, 0.47);
        Assert.InRange(Enumerable.Range(0, 500).Count(i => LifeProblems.Examples(7).At(i).IsRight) / 500.0, 0.6, 0.75);
    }

    [Fact]
    public void A_problem_that_does_not_fit_is_refused_with_its_text()
    {
        string assistant = Assistant("comparisons", seed: 1, examples: 50, steps: 1, width: 32, habits: new PupilHabits());
        ReinforceRequest request = Request(assistant, "comparisons", seed: 1, steps: 1, heldOut: 4);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ReinforceStage.Run(request with { Options = request.Options with { Context = 70 } }, new Device(new WorkerPool(1)), null, _ => { }, default));
        Assert.Contains("Which is larger", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Only when asked for by name, on a machine with nothing else to do: prints what reinforcement adds after examples of a pupil who mostly blurts. It claims nothing but what holds for any model.</summary>
    [Theory(Explicit = true), Trait("Speed", "Slow"), InlineData(1), InlineData(2), InlineData(3)]
    public void What_reinforcement_adds_is_measured(int seed)
    {
        string kind = Environment.GetEnvironmentVariable("GESTALT_PROBLEMS") ?? "comparisons";
        int examples = Number("GESTALT_EXAMPLES", 12000), learning = Number("GESTALT_SFT_STEPS", 600), steps = Number("GESTALT_RL_STEPS", 60);
        string assistant = Assistant(kind, (ulong)seed, examples, learning, width: 64, LifeProblems.Habits, Say);
        ReinforceOutcome outcome = Reinforce(assistant, kind, (ulong)seed, steps, heldOut: 500, Say);
        Say($"seed {seed} before {outcome.Before}");
        Say($"seed {seed} after  {outcome.After}");
        Say($"seed {seed} {outcome.Training}");
        foreach (StepMetrics line in MetricsLog.Read(Path.Combine(_folder, "rl")).Where(line => line.Step % 10 == 1 || line.Step == steps)) Say($"seed {seed} step {line.Step} {line.Reinforcement}");
        Assert.InRange(outcome.Training.LargestGap, 0, 1e-4);
        Assert.True(outcome.Training.BusyShare >= 0.7, $"{outcome.Training}");

        static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
        static int Number(string name, int usual) => Environment.GetEnvironmentVariable(name) is string text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
    }

    private ReinforceRequest Request(string model, string kind, ulong seed, int steps, int heldOut)
    {
        var rollouts = new ReinforcementOptions { MaxTokens = 64 };
        IReadOnlyList<IProblemKind> kinds = ProblemKinds.Find(kind);
        return new ReinforceRequest(model, ProblemSource.Of(kinds, ProblemSplit.Train, seed + 100), ProblemSource.Of(kinds, ProblemSplit.HeldOut, 0).Take(heldOut), Path.Combine(_folder, "rl"), "rl",
            LifeProblems.Objective, rollouts, ReinforceStage.Recipe(steps, rollouts, 128, 1e-3f, seed), System: null);
    }

    private ReinforceOutcome Reinforce(string model, string kind, ulong seed, int steps, int heldOut, Action<string>? say = null)
    {
        using var pool = new WorkerPool(say is null ? 1 : Environment.ProcessorCount);
        return ReinforceStage.Run(Request(model, kind, seed, steps, heldOut), new Device(pool), say is null ? null : new Told(say), _ => { }, default);
    }

    private string Assistant(string kind, ulong seed, int examples, int steps, int width, PupilHabits habits, Action<string>? say = null)
    {
        ProblemSource source = ProblemSource.Of(ProblemKinds.Find(kind), ProblemSplit.Train, seed);
        Conversation[] talks = [.. Enumerable.Range(0, examples).Select(i =>
        {
            Problem problem = source.At(i);
            return Conversation.Of(new Message(Roles.User, problem.Question), new Message(Roles.Assistant, new Pupil(new Dice(seed, (ulong)i), habits).Reply(problem)));
        })];
        string data = Path.Combine(_folder, "start.jsonl"), first = Path.Combine(_folder, "first.gguf");
        ConversationFile.Write(data, talks);
        ReadOnlyMemory<byte>[] text = [.. talks.Take(2000).Select(talk => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(string.Join('\n', talk.Messages.Select(message => message.Content))))];
        Tokenizer tokenizer = BpeTrainer.Train(text, 275);
        using var pool = new WorkerPool(say is null ? 1 : Environment.ProcessorCount);
        var device = new Device(pool);
        using (var model = new Transformer(TransformerConfig.Qwen3Shaped(3, width, 4, 2, 16, 3 * width, tokenizer.VocabularySize, 128, tied: true), device))
        {
            model.Initialize(seed);
            ModelFile.Save(first, model, tokenizer);
        }

        return ModelFinetuning.Run(new FinetuneRequest(first, [new ConversationSource(data, 1)], Path.Combine(_folder, "sft"), "sft") { Steps = steps, Rows = 32, Context = 128, LearningRate = 0.004f, Seed = seed },
            device, 0, say is null ? null : new Told(say), _ => { }, default).Result;
    }

    private sealed class Told(Action<string> say) : IProgress<TrainingProgress>
    {
        private DateTime _last;

        public void Report(TrainingProgress now)
        {
            if ((DateTime.UtcNow - _last).TotalSeconds < 10) return;
            _last = DateTime.UtcNow;
            say($"{now.Stage} {now.Step} {now.Loss:0.000} {now.TokensPerSecond:0} {now.Sample}");
        }
    }
}
