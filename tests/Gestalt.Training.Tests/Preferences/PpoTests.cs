using Gestalt.Inference;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Tests.Preferences;

public sealed class PpoTests : IDisposable
{
    private const int Vocabulary = 12, Wanted = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-ppo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Trait("Speed", "Smoke")]
    public void Advantages_are_those_of_the_formula()
    {
        double[] advantages = new double[3], returns = new double[3];
        PpoObjective.Advantages([0.5, -0.25, 2], [1, 0.5, 0.25], 0.5, advantages, returns);
        double last = 2 - 0.25, middle = -0.25 + 0.25 - 0.5 + (0.5 * last), first = 0.5 + 0.5 - 1 + (0.5 * middle);
        Assert.Equal([first, middle, last], advantages);
        Assert.Equal([first + 1, middle + 0.5, last + 0.25], returns);
        // With λ = 1 the returns are what was really earned from there on, whatever the values say.
        PpoObjective.Advantages([0.5, -0.25, 2], [9, -9, 9], 1, advantages, returns);
        Assert.Equal(2.25, returns[0], 1e-12);
        Assert.Equal(1.75, returns[1], 1e-12);
        Assert.Equal(2, returns[2], 1e-12);
    }

    [Theory]
    [InlineData(-1.0, -1.0, 0.7)]
    [InlineData(-0.9, -1.0, 0.7)]
    [InlineData(-0.5, -1.0, 0.7)]
    [InlineData(-0.5, -1.0, -0.7)]
    [InlineData(-1.5, -1.0, 0.7)]
    [InlineData(-1.5, -1.0, -0.7)]
    public void Gradients_of_the_objective_are_those_of_finite_differences(double now, double old, double advantage)
    {
        const double h = 1e-6;
        double slope = (ClippedSurrogate.Evaluate(now + h, old, advantage, 0.2, 0.2).Loss - ClippedSurrogate.Evaluate(now - h, old, advantage, 0.2, 0.2).Loss) / (2 * h);
        (_, double gradient, bool clipped) = ClippedSurrogate.Evaluate(now, old, advantage, 0.2, 0.2);
        Assert.Equal(slope, gradient, 1e-8);
        Assert.Equal(clipped, slope == 0);
    }

    [Fact]
    public void Equal_rewards_move_nothing_and_the_price_follows_the_divergence()
    {
        double[] same = [3, 3, 3];
        PpoObjective.Whiten(same);
        Assert.Equal([0, 0, 0], same);
        double[] some = [1, 2, 6];
        PpoObjective.Whiten(some);
        Assert.Equal(0, some.Sum(), 1e-12);
        Assert.Equal(3, some.Sum(value => value * value), 1e-12);
        Assert.True(PpoObjective.Steer(1, 9, 6) > 1 && PpoObjective.Steer(1, 3, 6) < 1);
        Assert.Equal(1.02, PpoObjective.Steer(1, 1e9, 6), 1e-12);
        Assert.Equal(1, PpoObjective.Steer(1, 9, 0));
    }

    [Fact]
    public void The_value_heads_gradients_are_those_of_its_loss()
    {
        using var pool = new WorkerPool(1);
        using Transformer body = PlantedPairs.Model(pool);
        using var head = new ValueHead(body);
        new Random(3).NextFloats(head.Weights.Values);
        using var batch = new RolloutBatch();
        using var tape = new Tape(body.Device);
        Rollout[] rollouts = [new([5, 2], [9, 4, 1], [], isTruncated: false), new([7], [3, 8, 6, 2, 11], [], isTruncated: true)];
        batch.Fill(rollouts, padding: 0);
        double[] wanted = [.. Enumerable.Range(0, rollouts.Sum(rollout => rollout.Answer.Length)).Select(i => 0.3 * i)];
        body.ZeroGradients();
        head.Weights.ZeroGradient();
        double squares = head.Learn(tape, batch, rollouts, wanted, 1);
        Assert.Equal(2 * Loss(), squares, 1e-6 * squares);
        foreach (Parameter parameter in (Parameter[])[head.Weights, body["blk.1.ffn_down.weight"], body["token_embd.weight"]])
            FiniteDifferences.Confirm(parameter, [1, 17, 30], 5e-3, Loss);

        double Loss()
        {
            var values = new double[wanted.Length];
            head.Read(batch, rollouts, values);
            return values.Zip(wanted, (value, want) => 0.5 * (value - want) * (value - want)).Sum();
        }
    }

    [Fact]
    public void A_bandit_is_won()
    {
        (PpoOutcome outcome, double[] distribution, _) = Train("bandit", Options(60) with { Beta = 0, TargetDivergence = 0 }, Arms);
        Assert.Equal(60, outcome.Rounds.Count);
        Assert.True(distribution[Wanted] > 0.9, $"{distribution[Wanted]}");
        Assert.True(outcome.Rounds[^1].Reward > outcome.Rounds[0].Reward + 0.5, $"{outcome.Rounds[0]} {outcome.Rounds[^1]}");
    }

    [Fact]
    public void With_a_price_on_divergence_the_bandit_ends_at_the_known_optimum()
    {
        // π*(a) ∝ π(a) exp(r(a) / (β σ)), where σ is the spread of the first round's rewards, by which they are divided.
        (PpoOutcome outcome, double[] distribution, double[] before) = Train("priced", Options(150) with { Beta = 1, TargetDivergence = 0 }, Arms);
        double share = outcome.Rounds[0].Reward, boost = Math.Exp(1 / Math.Sqrt(share * (1 - share)));
        double best = before[Wanted] * boost / ((before[Wanted] * boost) + 1 - before[Wanted]);
        Assert.InRange(distribution[Wanted], best - 0.12, best + 0.12);
        Assert.All(outcome.Rounds, round => Assert.Equal(1, round.Beta));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Interrupted_and_resumed_gives_the_same_bits(int stopAfter)
    {
        PpoOptions options = Options(8) with { MostTokens = 4 };
        (PpoOutcome whole, double[] distribution, _) = Train("whole", options, Length);
        Assert.Throws<OperationCanceledException>(() => Train("cut", options, Length, stopAfter));
        (PpoOutcome resumed, double[] again, _) = Train("cut", options, Length);
        Assert.Equal(whole.Rounds, resumed.Rounds);
        Assert.Equal(distribution, again);
    }

    [Fact]
    public void What_is_no_number_is_set_aside_and_said()
    {
        var said = new List<string>();
        (PpoOutcome outcome, double[] distribution, _) = Train("nan", Options(3), (asked, rollouts) => [.. Arms(asked, rollouts).Select((grade, i) => i % 4 == 0 ? double.NaN : grade)], report: said.Add);
        Assert.All(outcome.Rounds, round => Assert.Equal(16, round.SetAside));
        Assert.Equal(3, said.Count(line => line.Contains("16 answers are not numbers", StringComparison.Ordinal)));
        Assert.All(distribution, share => Assert.True(double.IsFinite(share)));
        Assert.Contains("Round 1: the grades of 16 answers", Assert.Throws<InvalidDataException>(() => Train("strict", Options(3) with { IsStrict = true }, (asked, rollouts) => [.. Arms(asked, rollouts).Select((grade, i) => i % 4 == 0 ? double.NaN : grade)])).Message, StringComparison.Ordinal);
        Assert.Throws<DivergedException>(() => Train("allnan", Options(3), (_, rollouts) => [.. rollouts.Select(_ => double.NaN)]));
    }

    [Fact]
    public void A_held_out_signal_that_falls_stops_it_and_the_best_is_kept()
    {
        double[] signals = [1, 2, 3, 1, 0, -1, -2];
        int looked = 0, kept = 0;
        var said = new List<string>();
        (PpoOutcome outcome, _, _) = Train("watched", Options(20) with { WatchEvery = 1 }, Arms, report: said.Add, watch: () => new WatchedSignal(signals[looked++], 0.1), keepBest: () => kept++);
        Assert.True(outcome.StoppedEarly);
        Assert.Equal((2, 4, 3), (outcome.BestRound, outcome.Rounds.Count, kept));
        Assert.Contains("The best model is kept", Assert.Single(said), StringComparison.Ordinal);
    }

    private static double[] Arms(IReadOnlyList<int> asked, IReadOnlyList<Rollout> rollouts) => [.. rollouts.Select(rollout => rollout.Answer[0] == Wanted ? 1.0 : 0)];

    private static double[] Length(IReadOnlyList<int> asked, IReadOnlyList<Rollout> rollouts) => [.. rollouts.Select(rollout => (double)rollout.Answer.Length)];

    private static PpoOptions Options(int rounds) => new()
    {
        Rounds = rounds,
        Answers = 64,
        Rows = 32,
        MostTokens = 1,
        TruncationPenalty = 0,
        Optimizer = new OptimizerOptions(0.004f, 0.004f, 0.004f),
    };

    private (PpoOutcome Outcome, double[] Distribution, double[] Before) Train(string name, PpoOptions options, Func<IReadOnlyList<int>, IReadOnlyList<Rollout>, double[]> reward, int stopAfter = int.MaxValue,
        Action<string>? report = null, Func<WatchedSignal>? watch = null, Action? keepBest = null)
    {
        using var pool = new WorkerPool(1);
        TransformerConfig config = TransformerConfig.Qwen3Shaped(1, 16, 2, 1, 8, 32, Vocabulary, 16, tied: true);
        using Transformer policy = new(config, new Device(pool)), reference = new(config, new Device(pool));
        policy.Initialize(1);
        reference.Initialize(1);
        double[] before = Distribution(policy);
        using var engine = new Engine(policy);
        using var stop = new CancellationTokenSource();
        int rounds = 0;
        var job = new PpoJob(policy, reference, engine, options, Path.Combine(_folder, name), [[1, 2], [1, 3, 4]], new HashSet<int> { 0 }, Vocabulary, 0, "test", (asked, rollouts) =>
        {
            if (++rounds == stopAfter) stop.Cancel();
            return reward(asked, rollouts);
        }, watch, keepBest);
        PpoOutcome outcome = PpoTraining.Run(job, null, report ?? (_ => { }), stop.Token);
        return (outcome, Distribution(policy), before);
    }

    /// <summary>The mean over both prompts of what comes next.</summary>
    private static double[] Distribution(Transformer model)
    {
        double[] sum = new double[Vocabulary];
        foreach (int[] prompt in (int[][])[[1, 2], [1, 3, 4]])
        {
            using var tape = new Tape(model.Device, recording: false);
            using var batch = new TokenBatch(1, prompt.Length);
            prompt.CopyTo(batch.Inputs);
            float[] logits = model.Forward(tape, batch).Values.ToArray();
            double all = logits.Sum(value => Math.Exp(value));
            for (int i = 0; i < Vocabulary; i++) sum[i] += Math.Exp(logits[i]) / all / 2;
        }

        return sum;
    }
}
