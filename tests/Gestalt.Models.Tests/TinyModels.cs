using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

/// <summary>Models of a few thousand parameters that between them use every branch of the Transformer, and batches for them.</summary>
internal static class TinyModels
{
    public static TransformerConfig Qwen3 { get; } = TransformerConfig.Qwen3Shaped(layers: 2, width: 16, heads: 4, keyValueHeads: 2,
        headWidth: 6, feedForward: 20, vocabulary: 23, context: 16, tied: false);

    public static TransformerConfig Gpt2 { get; } = TransformerConfig.Gpt2(layers: 2, width: 16, heads: 2, vocabulary: 23, context: 16);

    /// <summary>What the other two leave out: sliding windows with a global layer, soft caps, ReLU², LayerNorm with rotary positions.</summary>
    public static TransformerConfig Odd { get; } = new()
    {
        Layers = 3,
        Width = 12,
        Heads = 3,
        KeyValueHeads = 1,
        HeadWidth = 4,
        FeedForwardWidth = 18,
        Vocabulary = 23,
        Context = 16,
        Norm = NormKind.LayerNorm,
        FeedForward = FeedForwardKind.SquaredRelu,
        QueryKeyValueBias = true,
        TiedEmbeddings = true,
        SlidingWindow = 3,
        GlobalLayerEvery = 2,
        AttentionSoftCap = 2,
        FinalSoftCap = 3,
    };

    /// <summary>QK-norm without rotary positions, gates with biases, RMSNorm.</summary>
    public static TransformerConfig Biased { get; } = Qwen3 with
    {
        Layers = 1,
        Positions = PositionKind.Learned,
        OutputBias = true,
        QueryKeyValueBias = true,
    };

    /// <summary>Norms on both sides, GeGLU, scaled embeddings and scores, windows with wavelengths of their own, stretched ones elsewhere.</summary>
    public static TransformerConfig Gemma { get; } = Qwen3 with
    {
        Layers = 3,
        FeedForward = FeedForwardKind.GeGlu,
        PostNorms = true,
        EmbeddingScale = 4,
        QueryScale = 0.3f,
        SlidingWindow = 3,
        GlobalLayerEvery = 3,
        LocalRotaryTheta = 50,
        RotaryScaling = new RotaryScaling { Kind = RotaryScalingKind.Linear, Factor = 3 },
        TiedEmbeddings = true,
    };

    /// <summary>Neighbouring rotary pairs in a part of each head, stretched as YaRN does.</summary>
    public static TransformerConfig Stretched { get; } = Qwen3 with
    {
        HeadWidth = 10,
        QueryKeyNorm = false,
        RotaryWidth = 6,
        RotaryTheta = 30,
        RotaryPairs = RotaryPairs.Neighbours,
        RotaryScaling = new RotaryScaling { Kind = RotaryScalingKind.Yarn, Factor = 4, OriginalContext = 8, FastTurns = 1.2, SlowTurns = 0.1, Magnitude = 0.9 },
    };

    public static TheoryData<string> Names { get; } = ["Qwen3", "Gpt2", "Odd", "Biased", "Gemma", "Stretched"];

    public static TransformerConfig Config(string name) => name switch
    {
        "Qwen3" => Qwen3,
        "Gpt2" => Gpt2,
        "Odd" => Odd,
        "Gemma" => Gemma,
        "Stretched" => Stretched,
        _ => Biased,
    };

    /// <summary>A model whose parameters are all random, gains and biases too: with zero projections, half the gradients would be zero.</summary>
    public static Transformer Random(TransformerConfig config, Device? device = null, int seed = 1)
    {
        Transformer model = new(config, device ?? new Device());
        Random random = new(seed);
        foreach (Parameter parameter in model.Parameters)
        {
            float scale = parameter.Role == ParameterRole.Vector ? 0.5f : parameter.Role == ParameterRole.Embedding ? 0.7f
                : 1.5f / MathF.Sqrt(parameter.Shape.Width);
            float centre = parameter.Role == ParameterRole.Vector && parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
            foreach (ref float value in parameter.Values)
            {
                value = centre + (scale * ((2 * random.NextSingle()) - 1));
            }
        }

        return model;
    }

    /// <summary>Random tokens with random targets; some without a target, of weight 0, and of other weights.</summary>
    public static TokenBatch Batch(int rows, int length, int vocabulary = 23, int seed = 2, bool everythingCounts = false)
    {
        TokenBatch batch = new(rows, length);
        Random random = new(seed);
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Inputs[i] = random.Next(vocabulary);
            batch.Targets[i] = everythingCounts || i % 5 != 3 ? random.Next(vocabulary) : -1;
            batch.Weights[i] = everythingCounts ? 1 : (i % 4) / 2f;
        }

        return batch;
    }

    public static float[] Gradients(Transformer model) => [.. model.Parameters.SelectMany(p => p.GradientValues.ToArray())];

    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        float scale = 1e-3f;
        foreach (float value in expected)
        {
            scale = MathF.Max(scale, MathF.Abs(value));
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}]: {actual[i]} instead of {expected[i]} (largest {scale})");
        }
    }
}
