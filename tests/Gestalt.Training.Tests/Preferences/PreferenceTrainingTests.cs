using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Metrics;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Preferences;

namespace Gestalt.Training.Tests.Preferences;

public sealed class PreferenceTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-prefer-").FullName;

    public static TheoryData<PreferenceMethod> Methods => [.. Enum.GetValues<PreferenceMethod>()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Methods))]
    public void A_planted_preference_is_learnt_by_every_method(PreferenceMethod method)
    {
        PreferenceOutcome outcome = Train(method.ToString(), PreferenceObjective.Usual(method) with { Beta = method switch { PreferenceMethod.SimPo => 2, PreferenceMethod.Ipo => 0.1, _ => 0.3 } });
        Assert.True(outcome.Loss < outcome.StartingLoss, $"{method}: {outcome}");
        Assert.True(outcome.After.Low > 0.8, $"{method}: {outcome}");
    }

    [Fact, Trait("Speed", "Smoke")]
    public void Dpo_begins_at_ln_2()
    {
        PreferenceOutcome outcome = Train("ln2", PreferenceObjective.Usual(PreferenceMethod.Dpo), PlantedPairs.Options() with { Steps = 1 });
        Assert.Equal(Math.Log(2), outcome.StartingLoss, 1e-6);
    }

    [Fact]
    public void A_loss_that_stays_where_it_began_is_said()
    {
        var said = new List<string>();
        TrainingOptions tiny = PlantedPairs.Options() with { Steps = 20, Optimizer = new OptimizerOptions(1e-12f, 1e-12f, 1e-12f) };
        Train("stays", PreferenceObjective.Usual(PreferenceMethod.Dpo), tiny, report: said.Add);
        Assert.Contains(said, line => line.Contains("nothing shows that anything was learnt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Interrupted_and_resumed_gives_the_same_bits(int stopAfter)
    {
        PreferenceObjective dpo = PreferenceObjective.Usual(PreferenceMethod.Dpo);
        var whole = new List<float>();
        var resumed = new List<float>();
        Train("whole", dpo, parameters: whole);
        Assert.Throws<OperationCanceledException>(() => Train("cut", dpo, stopAfter: stopAfter));
        Train("cut", dpo, parameters: resumed);
        Assert.Equal(whole, resumed);
        Assert.Equal(Losses("whole"), Losses("cut"));

        double[] Losses(string name) => [.. MetricsLog.Read(Path.Combine(_folder, name)).Select(line => line.Loss)];
    }

    [Fact]
    public void A_batch_scores_answers_as_a_row_of_their_own_does()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = PlantedPairs.Model(pool);
        using var together = new PairBatch();
        RenderedPair[] pairs = PlantedPairs.Make(6, 3);
        var sums = new double[12];
        together.Fill(pairs, padding: 0);
        together.LogProbabilities(model, sums);
        using var alone = new TokenBatch(1, 1);
        for (int row = 0; row < 12; row++)
        {
            RenderedAnswer answer = row % 2 == 0 ? pairs[row / 2].Chosen : pairs[row / 2].Rejected;
            alone.Resize(1, answer.Ids.Length - 1);
            answer.Ids.AsSpan(..^1).CopyTo(alone.Inputs);
            answer.Ids.AsSpan(1..).CopyTo(alone.Targets);
            var losses = new float[alone.Count];
            model.Losses(alone, losses);
            Assert.Equal(-losses.Skip(answer.Start - 1).Sum(x => (double)x), sums[row], 1e-4);
        }
    }

    [Fact]
    public void The_gradient_of_a_step_is_that_of_its_loss()
    {
        using var pool = new WorkerPool(1);
        using Transformer model = PlantedPairs.Model(pool);
        using var batch = new PairBatch();
        using var tape = new Tape(model.Device);
        var objective = new PreferenceObjective(PreferenceMethod.SimPo, 2, 0.5);
        RenderedPair[] pairs = PlantedPairs.Make(3, 5);
        Parameter parameter = model["blk.0.ffn_up.weight"];
        (double _, PairGradient[] gradients) = Loss();
        for (int i = 0; i < pairs.Length; i++)
        {
            batch.Weigh(2 * i, gradients[i].Chosen / pairs.Length);
            batch.Weigh(2 * i + 1, gradients[i].Rejected / pairs.Length);
        }

        batch.Tokens.LossNormalizer = 1;
        model.ZeroGradients();
        tape.Backward(model.Loss(tape, batch.Tokens));
        FiniteDifferences.Confirm(parameter, [0, 17, 101, 513], 2e-3, () => Loss().Loss);

        (double Loss, PairGradient[] Gradients) Loss()
        {
            var sums = new double[6];
            batch.Fill(pairs, padding: 0);
            batch.LogProbabilities(model, sums);
            PairScore[] scores = [.. pairs.Select((pair, i) => new PairScore(new AnswerScore(sums[2 * i], 0, pair.Chosen.Tokens), new AnswerScore(sums[2 * i + 1], 0, pair.Rejected.Tokens)))];
            var each = new PairGradient[3];
            PreferenceLoss.Evaluate(objective, scores, each);
            return (each.Average(g => g.Loss), each);
        }
    }

    private PreferenceOutcome Train(string name, PreferenceObjective objective, TrainingOptions? options = null, int? stopAfter = null, List<float>? parameters = null, Action<string>? report = null)
    {
        options ??= PlantedPairs.Options();
        using var pool = new WorkerPool(1);
        using Transformer model = PlantedPairs.Model(pool);
        using var cancellation = new CancellationTokenSource();
        var pairs = new StoppingPairs(PlantedPairs.Make(200, 1), stopAfter * options.Rows / 2, cancellation);
        var job = new PreferenceJob(model, objective, options, Path.Combine(_folder, name), pairs, PlantedPairs.Make(100, 2), Padding: 0);
        PreferenceOutcome outcome = PreferenceTraining.Run(job, progress: null, report ?? (_ => { }), cancellation.Token);
        parameters?.AddRange(model.Parameters.SelectMany(p => p.Values.ToArray()));
        return outcome;
    }

    /// <summary>Cancels when a comparison has been asked for so many times after all of them were scored (two reads each), as a person would at any moment.</summary>
    private sealed class StoppingPairs(RenderedPair[] inner, int? after, CancellationTokenSource cancellation) : IReadOnlyList<RenderedPair>
    {
        private int _reads;

        public int Count => inner.Length;

        public RenderedPair this[int index]
        {
            get
            {
                if (++_reads - (2 * inner.Length) == after) cancellation.Cancel();
                return inner[index];
            }
        }

        public IEnumerator<RenderedPair> GetEnumerator() => ((IEnumerable<RenderedPair>)inner).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => inner.GetEnumerator();
    }
}
