using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Preferences;

namespace Gestalt.Training.Tests.Preferences;

/// <summary>Comparisons with a rule that a tiny model can see in answers it has not met: better answers are made of even tokens, worse ones of odd tokens.</summary>
internal static class PlantedPairs
{
    public static TrainingOptions Options() => new()
    {
        Steps = 40,
        Rows = 16,
        Context = 32,
        Optimizer = new OptimizerOptions(0.01f, 0.005f, 0.01f),
        WarmUp = 4,
    };

    public static Transformer Model(WorkerPool pool)
    {
        var model = new Transformer(TransformerConfig.Qwen3Shaped(2, 32, 2, 1, 16, 64, 64, 32, tied: true), new Device(pool));
        model.Initialize(1);
        return model;
    }

    public static RenderedPair[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(1, 64))];
            return new RenderedPair(Answer(prompt, 0), Answer(prompt, 1));
        })];

        RenderedAnswer Answer(int[] prompt, int odd) => new([.. prompt, .. Enumerable.Range(0, random.Next(2, 9)).Select(_ => (2 * random.Next(1, 31)) + odd)], prompt.Length);
    }

    public static void NextFloats(this Random random, Span<float> values)
    {
        foreach (ref float value in values) value = random.NextSingle() - 0.5f;
    }
}
