using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Metrics;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Tests.Reinforcement;

public sealed class ReinforcementTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-reinforce-").FullName;

    public static TheoryData<PolicyMethod> Methods => [.. Enum.GetValues<PolicyMethod>()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Methods))]
    public void The_best_arm_is_found_by_every_method(PolicyMethod method)
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        ReinforcementTraining.Run(Bandit.Job(model, _folder, PolicyObjective.Usual(method), 70), null, _ => { }, default);
        ReinforcementMetrics[] lines = Lines(_folder);
        Assert.InRange(lines[0].PassRate, 0, 0.2); // one arm of 32
        Assert.True(lines[^10..].Average(line => line.PassRate) > 0.9, $"{method}: {lines[^1]}");
        Assert.True(lines[^1].Entropy < lines[0].Entropy, $"{method}: {lines[^1]}");
        using var engine = new Engine(model);
        for (int machine = 0; machine < 4; machine++)
            Assert.Equal(Bandit.Arm(machine), engine.GenerateAll([Bandit.Prompt(machine)], new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = 1 })[0].Ids[0]);
    }

    [Fact, Trait("Speed", "Smoke")]
    public void Probabilities_drawn_and_trained_are_the_same()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        var random = new Random(1); // a model as it is initialised says the same about everything
        foreach (Parameter parameter in model.Parameters)
            foreach (ref float value in parameter.Values) value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + (random.NextSingle() - 0.5f);
        ReinforcementJob job = Bandit.Job(model, _folder, PolicyObjective.Usual(PolicyMethod.Grpo), 4) with { Rollouts = Bandit.Rollouts with { MaxTokens = 25 } };
        ReinforcementOutcome outcome = ReinforcementTraining.Run(job, null, _ => { }, default);
        Assert.InRange(outcome.LargestGap, 1e-9, 1e-4);
        Assert.Contains(Lines(_folder), line => line.Length > 5);
    }

    [Fact]
    public void Conversations_beside_the_answers_are_learned_and_the_best_arms_are_found_all_the_same()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        ReinforcementJob job = Bandit.Job(model, _folder, PolicyObjective.Usual(PolicyMethod.Grpo), 70);
        ReinforcementTraining.Run(job with { Replay = Bandit.Lessons, Rollouts = job.Rollouts with { ReplayTokens = 16 } }, null, _ => { }, default);
        ReinforcementMetrics[] lines = Lines(_folder);
        Assert.InRange(lines[0].ReplayLoss!.Value, 3, 4); // ln 32 = 3.5
        Assert.True(lines.Last(line => line.ReplayLoss is not null).ReplayLoss < 0.3);
        Assert.True(lines[^10..].Average(line => line.PassRate) > 0.9, $"{lines[^1]}");
        using var engine = new Engine(model);
        foreach (Text.RenderedConversation lesson in Bandit.Lessons)
            Assert.Equal(lesson.Ids[2], engine.GenerateAll([lesson.Ids[..2]], new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = 1 })[0].Ids[0]);
    }

    /// <summary>Answers of all lengths, and always something to learn: what a step takes, it gives back.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void Memory_stays_within_two_percent_over_a_thousand_steps()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        ReinforcementJob job = Bandit.Job(model, _folder, PolicyObjective.Usual(PolicyMethod.Grpo), 1000, (number, answer) => new((number + answer.Answer.Sum()) % 3, false));
        ReinforcementTraining.Run(job with { Rollouts = Bandit.Rollouts with { MaxTokens = 25 } }, null, _ => { }, default);
        double[] bytes = [.. Lines(_folder).Select(line => (double)line.MemoryBytes)];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', bytes.Where((_, i) => i % 100 == 99).Select(value => $"{value / 1e6:0.0}")));
        Assert.Equal(1000, bytes.Length);
        Assert.InRange(bytes[900..].Average() / bytes[200..300].Average(), 0.98, 1.02); // before that methods are compiled, and the collector lets its youngest generation fill
    }

    [Theory, MemberData(nameof(Methods))]
    public void Rewards_that_are_all_equal_move_nothing_at_all(PolicyMethod method)
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        float[] before = Values(model);
        ReinforcementTraining.Run(Bandit.Job(model, _folder, PolicyObjective.Usual(method), 3, (_, _) => new(0.3, false)), null, _ => { }, default);
        Assert.Equal(before, Values(model));
        Assert.All(MetricsLog.Read(_folder), line => Assert.True(line is { Loss: 0, GradientNorm: 0, Reinforcement.AllEqual: 1 }));
    }

    [Fact]
    public void Judges_that_fail_are_named_counted_and_set_aside_and_strict_stops()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        var said = new List<string>();
        ReinforcementJob job = Bandit.Job(model, _folder, PolicyObjective.Usual(PolicyMethod.Grpo), 60, Broken);
        ReinforcementOutcome outcome = ReinforcementTraining.Run(job, null, said.Add, default);
        Assert.Contains(said, line => line.Contains("machine 1", StringComparison.Ordinal) && line.Contains("NaN", StringComparison.Ordinal));
        Assert.Contains(said, line => line.Contains("machine 2", StringComparison.Ordinal) && line.Contains("broken", StringComparison.Ordinal));
        Assert.Equal(2, said.Count); // one for each way to fail
        Assert.Equal(outcome.SetAside, Lines(_folder).Sum(line => line.SetAside));
        Assert.InRange(outcome.SetAside, 40, outcome.Answers / 2);
        Assert.True(Values(model).All(float.IsFinite));
        Assert.True(Lines(_folder)[^5..].Average(line => line.PassRate) > 0.5, "what can be judged is learnt");

        string strict = Path.Combine(_folder, "strict");
        using Transformer other = Bandit.Model(pool);
        ReinforcementJob stops = Bandit.Job(other, strict, PolicyObjective.Usual(PolicyMethod.Grpo), 5, Broken);
        Assert.Contains("machine", Assert.Throws<InvalidDataException>(() => ReinforcementTraining.Run(stops with { Rollouts = stops.Rollouts with { IsStrict = true } }, null, _ => { }, default)).Message, StringComparison.Ordinal);

        static Judgement Broken(long number, Rollout answer) => (number % 4, answer.Answer[0] % 2) switch
        {
            (1, 0) => new(double.NaN, false),
            (2, 1) => throw new InvalidOperationException("broken"),
            _ => Bandit.Pay(number, answer),
        };
    }

    [Theory]
    [InlineData(PolicyMethod.Grpo, 1, 1, false)]
    [InlineData(PolicyMethod.Dapo, 2, 7, true)]
    public void Interrupted_and_resumed_gives_the_same_bits(PolicyMethod method, int updates, int stopAfter, bool replays)
    {
        float[] whole = Train("whole", null);
        Assert.Throws<OperationCanceledException>(() => Train("cut", stopAfter));
        Assert.Equal(whole, Train("cut", null));
        Assert.Equal(Kept("whole"), Kept("cut"));

        float[] Train(string name, int? stop)
        {
            using var pool = new WorkerPool(1);
            using Transformer model = Bandit.Model(pool);
            using var cancellation = new CancellationTokenSource();
            int judged = 0;
            ReinforcementJob job = Bandit.Job(model, Path.Combine(_folder, name), PolicyObjective.Usual(method), 12, Judge);
            ReinforcementTraining.Run(job with { Rollouts = job.Rollouts with { Updates = updates, ReplayTokens = 16 }, Replay = replays ? Bandit.Lessons : null }, null, _ => { }, cancellation.Token);
            return Values(model);

            Judgement Judge(long number, Rollout answer)
            {
                if (++judged == stop * 128) cancellation.Cancel();
                return Bandit.Pay(number, answer);
            }
        }

        // Everything but what a clock says.
        (double, double, ReinforcementMetrics)[] Kept(string name) => [.. MetricsLog.Read(Path.Combine(_folder, name))
            .Select(line => (line.Loss, line.GradientNorm, line.Reinforcement! with { RolloutShare = 0, TrainingShare = 0, OtherShare = 0, MemoryBytes = 0 }))];
    }

    [Theory, MemberData(nameof(Methods))]
    public void The_gradient_of_a_step_is_that_of_its_loss(PolicyMethod method)
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        using var batch = new RolloutBatch();
        using var tape = new Tape(model.Device);
        PolicyObjective objective = PolicyObjective.Usual(method) with { KlWeight = 0.2 };
        var random = new Random(4);
        Rollout[] rollouts = [.. Enumerable.Range(0, 4).Select(i => new Rollout([0, 3], [.. Enumerable.Range(0, 2 + i).Select(_ => random.Next(32))], [.. Enumerable.Range(0, 2 + i).Select(_ => -3.4f + (0.2f * random.NextSingle()))], false)
        {
            Advantage = i % 2 == 0 ? 1 : -0.7,
            Reference = [.. Enumerable.Range(0, 2 + i).Select(_ => -3.5f)],
        })];
        Loss(weigh: true);
        batch.Tokens.LossNormalizer = 1;
        model.ZeroGradients();
        tape.Backward(model.Loss(tape, batch.Tokens));
        foreach (Parameter parameter in (Parameter[])[model["blk.0.ffn_up.weight"], model["output.weight"]])
            FiniteDifferences.Confirm(parameter, [0, 17, 101, 513], 2e-4, () => Loss(weigh: false));

        double Loss(bool weigh)
        {
            batch.Fill(rollouts, 0);
            float[][] now = batch.LogProbabilities(model, rollouts);
            double sum = 0;
            for (int row = 0; row < rollouts.Length; row++)
            {
                Span<float> weights = batch.WeightsOf(row, rollouts[row]);
                for (int i = 0; i < weights.Length; i++)
                {
                    TokenLoss token = objective.Evaluate(now[row][i], rollouts[row].Drawn[i], rollouts[row].Reference![i], rollouts[row].Advantage);
                    sum += token.Loss;
                    if (weigh) weights[i] = (float)-token.Slope;
                }
            }

            return sum;
        }
    }

    [Fact]
    public void A_divergence_from_the_reference_holds_the_model_back()
    {
        Assert.True(Drift(5) < 0.5 * Drift(0.0001), "a strong divergence term keeps the model nearer to where it began");

        double Drift(double weight)
        {
            using var pool = new WorkerPool(1);
            using Transformer model = Bandit.Model(pool), reference = Bandit.Model(pool);
            string folder = Path.Combine(_folder, $"kl{weight}");
            ReinforcementTraining.Run(Bandit.Job(model, folder, PolicyObjective.Usual(PolicyMethod.Grpo) with { KlWeight = weight }, 20) with { Reference = reference }, null, _ => { }, default);
            return Lines(folder)[^5..].Average(line => line.Kl!.Value);
        }
    }

    [Fact]
    public void Answers_without_room_are_wrong_punished_or_left_out()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        ReinforcementJob job = Bandit.Job(model, _folder, PolicyObjective.Usual(PolicyMethod.Grpo), 2, (_, answer) => new(answer.Answer[0], false));
        ReinforcementTraining.Run(job with { Rollouts = job.Rollouts with { MaxTokens = 1, Truncation = TruncationPolicy.LeaveOut } }, null, _ => { }, default);
        Assert.All(Lines(_folder), line => Assert.InRange(line.Truncated, 0.8, 1)); // all but those that are only the mark of the end
        string soft = Path.Combine(_folder, "soft");
        using Transformer other = Bandit.Model(pool);
        ReinforcementJob punished = Bandit.Job(other, soft, PolicyObjective.Usual(PolicyMethod.Grpo), 1, (_, _) => new(0, false));
        ReinforcementTraining.Run(punished with { Rollouts = punished.Rollouts with { SoftLimit = 1 } }, null, _ => { }, default);
        ReinforcementMetrics line = Lines(soft)[0];
        Assert.True(line.Reward < -0.5 && line.AllEqual < 1, $"{line}");
    }

    [Fact]
    public void Padding_and_neighbours_change_no_probability()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = Bandit.Model(pool);
        using var batch = new RolloutBatch();
        Rollout[] rollouts = [.. Enumerable.Range(1, 9).Select(n => new Rollout([0, 2], [.. Enumerable.Range(3, n)], new float[n], false))];
        batch.Fill(rollouts, 0);
        float[][] together = batch.LogProbabilities(model, rollouts);
        for (int i = 0; i < rollouts.Length; i++)
        {
            batch.Fill([rollouts[i]], 0);
            float[] alone = batch.LogProbabilities(model, [rollouts[i]])[0];
            Assert.Equal(rollouts[i].Answer.Length, alone.Length);
            for (int t = 0; t < alone.Length; t++) Assert.Equal(alone[t], together[i][t], 1e-5f);
        }

        Assert.Equal(rollouts.Length, RolloutBatch.Parts(rollouts, 30).Sum(part => part.Length));
        Assert.All(RolloutBatch.Parts(rollouts, 30), part => Assert.True(part.Length == 1 || part.Length * ((part[^1].Length + 7) / 8 * 8) <= 30));
    }

    private static ReinforcementMetrics[] Lines(string folder) => [.. MetricsLog.Read(folder).Select(line => line.Reinforcement!)];

    private static float[] Values(Transformer model) => [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
}
