using System.Text;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Inference.Tests;

/// <summary>A small model with random parameters, large enough that its choices are never close, and the plainest way to run it.</summary>
internal static class SmallModel
{
    // One for each model: a device runs one kernel at a time, and test classes run side by side.
    private static Device NewDevice() => new(new WorkerPool(2));

    public static Tokenizer Tokenizer { get; } = BpeTrainer.Train(
        [Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat, and the cat saw the moon — 東京 too.\n", 4)))], 290, PreTokenizer.Gpt2);

    public static Transformer Build(int context = 64, bool learnedPositions = false, int seed = 1)
    {
        int vocabulary = Tokenizer.VocabularySize;
        TransformerConfig config = learnedPositions
            ? TransformerConfig.Gpt2(2, 32, 4, vocabulary, context)
            : TransformerConfig.Qwen3Shaped(2, 32, 4, 2, 8, 48, vocabulary, context, tied: false);
        var model = new Transformer(config, NewDevice());
        var random = new Random(seed);
        foreach (Parameter parameter in model.Parameters)
        {
            float reach = parameter.Role == ParameterRole.Embedding ? 1 : 2.5f / MathF.Sqrt(parameter.Shape.Width);
            foreach (ref float value in parameter.Values)
                value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + reach * (2 * random.NextSingle() - 1);
        }
        return model;
    }

    /// <summary>The same model with fewer ids, or with more that say nothing.</summary>
    public static Transformer Resized(Transformer model, int vocabulary)
    {
        var resized = new Transformer(model.Config with { Vocabulary = vocabulary }, NewDevice());
        foreach (Parameter parameter in model.Parameters)
        {
            Span<float> values = resized[parameter.Name].Values;
            parameter.Values[..Math.Min(values.Length, parameter.Values.Length)].CopyTo(values);
        }
        return resized;
    }

    /// <summary>Logits after the last token, the whole sequence read anew: no cache, no padding.</summary>
    public static float[] Logits(Transformer model, ReadOnlySpan<int> tokens)
    {
        using var batch = new TokenBatch(1, tokens.Length);
        tokens.CopyTo(batch.Inputs);
        using var tape = new Tape(model.Device, recording: false);
        return model.Forward(tape, batch).Values.ToArray();
    }

    /// <summary>The greedy continuation, each token from the whole sequence read anew.</summary>
    public static int[] Greedy(Transformer model, ReadOnlySpan<int> prompt, int count)
    {
        List<int> tokens = [.. prompt];
        for (int i = 0; i < count; i++)
        {
            float[] logits = Logits(model, tokens.ToArray());
            tokens.Add(Array.IndexOf(logits, logits.Max()));
        }
        return [.. tokens.Skip(prompt.Length)];
    }

    public static int[] RandomPrompt(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.Next(256))];
}
