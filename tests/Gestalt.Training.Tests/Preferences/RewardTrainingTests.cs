using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Preferences;

namespace Gestalt.Training.Tests.Preferences;

public sealed class RewardTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-reward-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_planted_preference_is_learnt_and_length_is_not()
    {
        using var pool = new WorkerPool(1);
        using Transformer body = PlantedPairs.Model(pool);
        using var model = new RewardModel(body);
        RewardOutcome outcome = RewardTraining.Run(Job(model), progress: null, _ => { }, default);
        Assert.True(outcome.Loss < 0.5, $"{outcome}");
        Assert.True(outcome.Agreement.Low > 0.8, $"{outcome}");
        Assert.InRange(outcome.ByLength.Share, 0.25, 0.75);
        Assert.InRange(outcome.LengthCorrelation, -0.5, 0.5);
    }

    [Fact, Trait("Speed", "Smoke")]
    public void A_head_of_zeros_loses_ln_2()
    {
        using var pool = new WorkerPool(1);
        using Transformer body = PlantedPairs.Model(pool);
        using var model = new RewardModel(body);
        RewardOutcome outcome = RewardTraining.Run(Job(model) with { Options = PlantedPairs.Options() with { Steps = 1 } }, progress: null, _ => { }, default);
        Assert.Equal(Math.Log(2), outcome.Loss, 1e-9);
    }

    [Fact]
    public void Gradients_of_body_and_head_are_those_of_the_loss()
    {
        using var pool = new WorkerPool(1);
        using Transformer body = PlantedPairs.Model(pool);
        using var model = new RewardModel(body);
        new Random(3).NextFloats(model.Head.Values);
        using var batch = new PairBatch();
        using var tape = new Tape(body.Device);
        batch.Fill(PlantedPairs.Make(3, 5), padding: 0);
        double[] weights = [0.3, -0.7, 0.2, 0.9, -0.4, 0.1];
        body.ZeroGradients();
        model.Head.ZeroGradient();
        model.Learn(tape, batch, new double[6], rewards =>
        {
            weights.CopyTo(rewards, 0);
            return 0;
        });
        foreach (Parameter parameter in (Parameter[])[model.Head, body["blk.1.ffn_down.weight"], body["token_embd.weight"]])
            FiniteDifferences.Confirm(parameter, [0, 5, 31], 2e-3, Loss);

        double Loss()
        {
            var rewards = new double[6];
            model.Grade(batch, rewards);
            return rewards.Zip(weights, (r, w) => r * w).Sum();
        }
    }

    [Fact]
    public void A_saved_head_comes_back_and_another_width_is_refused()
    {
        using var pool = new WorkerPool(1);
        using Transformer body = PlantedPairs.Model(pool);
        using var model = new RewardModel(body);
        new Random(3).NextFloats(model.Head.Values);
        model.Save(_folder, path => File.WriteAllText(path, "the body"));
        using var again = new RewardModel(body);
        again.LoadHead(_folder);
        Assert.Equal(model.Head.Values, again.Head.Values);
        using var wide = new Transformer(TransformerConfig.Qwen3Shaped(1, 64, 2, 1, 32, 64, 64, 32, tied: true), new Device(pool));
        using var other = new RewardModel(wide);
        Assert.Contains("width", Assert.Throws<ModelFileException>(() => other.LoadHead(_folder)).Message, StringComparison.Ordinal);
    }

    private RewardJob Job(RewardModel model) => new(model, PlantedPairs.Options(), _folder, PlantedPairs.Make(200, 1), PlantedPairs.Make(100, 2), Padding: 0);
}
