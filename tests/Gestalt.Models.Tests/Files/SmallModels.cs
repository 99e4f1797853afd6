using System.Text;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models.Tests.Files;

/// <summary>Small models of every stored shape, all of whose parameters are random: zeros and ones would hide a tensor in the wrong place.</summary>
internal static unsafe class SmallModels
{
    /// <summary>A device of its own for each caller: one runs one kernel at a time, and test classes run side by side.</summary>
    public static Device Device => new(new WorkerPool(1));

    public static Tokenizer Tokenizer { get; } = BpeTrainer.Train([Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(
        "Once upon a time there was a small model, and the model lived in a file. It's 2026; naïve 東京 text, too.\n", 4)))], 320, PreTokenizer.Qwen2);

    public static TransformerConfig Config(string kind) => kind switch
    {
        "qwen3" => TransformerConfig.Qwen3Shaped(2, 64, 4, 2, 32, 96, Tokenizer.VocabularySize, 48, tied: true) with { RotaryTheta = 1_000_000, NormEpsilon = 1e-5f },
        "qwen3-untied" => TransformerConfig.Qwen3Shaped(2, 64, 4, 1, 16, 96, Tokenizer.VocabularySize, 48, tied: false),
        "gpt2" => TransformerConfig.Gpt2(2, 64, 4, Tokenizer.VocabularySize, 40),
        "gpt2-untied" => TransformerConfig.Gpt2(2, 64, 4, Tokenizer.VocabularySize, 40) with { TiedEmbeddings = false },
        "gestalt" => TransformerConfig.Qwen3Shaped(2, 64, 4, 2, 16, 96, Tokenizer.VocabularySize, 48, tied: true) with
        {
            FeedForward = FeedForwardKind.SquaredRelu,
            QueryKeyNorm = false,
            SlidingWindow = 7,
            GlobalLayerEvery = 2,
            FinalSoftCap = 30,
            RotaryTheta = 12345.678901234,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static Transformer Build(string kind, int seed = 1)
    {
        var model = new Transformer(Config(kind), Device);
        var random = new Random(seed);
        foreach (Parameter parameter in model.Parameters)
        {
            float reach = parameter.Role == ParameterRole.Embedding ? 1 : 2 / MathF.Sqrt(parameter.Shape.Width);
            foreach (ref float value in parameter.Values)
                value = (parameter.Role == ParameterRole.Vector ? 1 : 0) + reach * (2 * random.NextSingle() - 1);
        }
        return model;
    }

    /// <summary>Logits of every token of a fixed text.</summary>
    public static float[] Logits(Transformer model)
    {
        using var batch = new TokenBatch(2, 20);
        for (int i = 0; i < batch.Count; i++)
            batch.Inputs[i] = i * 37 % model.Config.Vocabulary;
        using var tape = new Tape(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }
}
