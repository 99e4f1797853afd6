using System.Runtime.CompilerServices;
using System.Text.Json;
using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

/// <summary>
/// A fixed tiny model pins logits, gradients and ten losses of training as a whole, so that no change of a kernel, of an operation or of the
/// model goes unnoticed. <c>GESTALT_WRITE_GOLDENS=1</c> writes the files anew; a commit that changes them says why.
/// </summary>
/// <remarks>
/// Tolerance: 5e-5 of the largest value of an array for logits and gradients, 5e-4 for losses, of which the tenth has been through ten optimizer
/// steps. Instruction sets sum in different orders; on one machine the figures agree to the last digit.
/// </remarks>
public sealed class TransformerGoldenTests
{
    private const float Tolerance = 5e-5f;
    private const float LossTolerance = 5e-4f;
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    [Theory]
    [InlineData("Qwen3")]
    [InlineData("Gpt2")]
    [InlineData("Odd")]
    [Trait("Speed", "Smoke")]
    public void Logits_gradients_and_ten_losses_are_those_on_file(string name)
    {
        Golden actual = Compute(TinyModels.Config(name));
        string path = GoldenPath($"transformer-{name.ToLowerInvariant()}.json");
        if (Environment.GetEnvironmentVariable("GESTALT_WRITE_GOLDENS") == "1")
        {
            File.WriteAllText(path, JsonSerializer.Serialize(actual, Options) + "\n");
        }

        Golden expected = JsonSerializer.Deserialize<Golden>(File.ReadAllText(path))!;
        TinyModels.AssertClose(expected.Logits, actual.Logits, Tolerance, "logits");
        Assert.Equal(expected.Gradients.Keys, actual.Gradients.Keys);
        foreach ((string parameter, float[] gradient) in expected.Gradients)
        {
            TinyModels.AssertClose(gradient, actual.Gradients[parameter], Tolerance, parameter);
        }

        TinyModels.AssertClose(expected.Losses, actual.Losses, LossTolerance, "losses");
        Assert.True(actual.Losses[^1] < actual.Losses[0] - 0.5f, "ten steps on one batch have to learn something");
    }

    private static Golden Compute(TransformerConfig config)
    {
        using WorkerPool pool = new(2);
        using Transformer model = TinyModels.Random(config, new Device(pool));
        using TokenBatch batch = TinyModels.Batch(3, 8);
        using Tape tape = new(model.Device);
        float[] logits = model.Forward(tape, batch).Values.ToArray();
        tape.Reset();
        tape.Backward(model.Loss(tape, batch));
        tape.Reset();
        Dictionary<string, float[]> gradients = model.Parameters.ToDictionary(p => p.Name, Summary);
        using GoldenTrainer trainer = new(model);
        return new Golden(logits, gradients, [.. Enumerable.Range(0, 10).Select(_ => trainer.Step(tape, batch))]);
    }

    /// <summary>The norm of a gradient and its first five values.</summary>
    private static float[] Summary(Parameter parameter)
    {
        float[] gradient = parameter.GradientValues.ToArray();
        return [(float)Math.Sqrt(gradient.Sum(g => (double)g * g)), .. gradient.Take(5)];
    }

    private static string GoldenPath(string file, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "golden", file);

    private sealed record Golden(float[] Logits, Dictionary<string, float[]> Gradients, float[] Losses);
}
