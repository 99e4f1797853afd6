using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models.Tests.Families;

/// <summary>
/// Models of every family with random weights and the family's own oddities, small enough for the naive model and wide enough (256) for every stored form.
/// <see cref="WriteAll"/> is the tool that makes files of them for other programs to be compared with.
/// </summary>
internal static class RandomModels
{
    public const int Context = 256;

    private static readonly TransformerConfig Base = new()
    {
        Layers = 2,
        Width = 256,
        Heads = 4,
        KeyValueHeads = 2,
        HeadWidth = 64,
        FeedForwardWidth = 512,
        Vocabulary = SmallModels.Tokenizer.VocabularySize,
        Context = Context,
        NormEpsilon = 1e-5f,
    };

    private static readonly TransformerConfig Gemma = Base with
    {
        FeedForward = FeedForwardKind.GeGlu,
        PostNorms = true,
        EmbeddingScale = 16,
        SlidingWindow = 8,
        GlobalLayerEvery = 2,
        TiedEmbeddings = true,
        RotaryTheta = 10_000,
        NormEpsilon = 1e-6f,
    };

    private static readonly TransformerConfig Llama = Base with { RotaryPairs = RotaryPairs.Neighbours };

    /// <summary>Every family by the name of its case.</summary>
    public static IReadOnlyDictionary<string, (string Architecture, TransformerConfig Config)> All { get; } = new Dictionary<string, (string, TransformerConfig)>
    {
        ["llama"] = ("llama", Llama with { TiedEmbeddings = true }),
        ["llama-linear"] = ("llama", Llama with { RotaryScaling = new() { Kind = RotaryScalingKind.Linear, Factor = 4 } }),
        ["llama3"] = ("llama", Llama with { RotaryTheta = 500_000, RotaryScaling = new() { Kind = RotaryScalingKind.Factors } }),
        ["llama-yarn"] = ("llama", Llama with { RotaryScaling = new() { Kind = RotaryScalingKind.Yarn, Factor = 4, OriginalContext = 16 } }),
        ["mistral"] = ("llama", Llama with { SlidingWindow = 8 }),
        ["mixtral"] = ("llama", Llama with { Experts = 4, ExpertsUsed = 2 }),
        ["qwen2"] = ("qwen2", Base with { QueryKeyValueBias = true, RotaryTheta = 1_000_000 }),
        ["qwen3"] = ("qwen3", Base with { QueryKeyNorm = true, RotaryTheta = 1_000_000 }),
        ["qwen3moe"] = ("qwen3moe", Base with { QueryKeyNorm = true, Experts = 6, ExpertsUsed = 3, FeedForwardWidth = 256 }),
        ["gemma2"] = ("gemma2", Gemma with { Layers = 26, AttentionSoftCap = 5, FinalSoftCap = 30 }),
        ["gemma3"] = ("gemma3", Gemma with { Layers = 7, QueryKeyNorm = true, GlobalLayerEvery = 6, LocalRotaryTheta = 10_000, RotaryTheta = 1_000_000, RotaryScaling = new() { Kind = RotaryScalingKind.Linear, Factor = 8 } }),
        ["phi3"] = ("phi3", Base with { SlidingWindow = 8, KeyValueHeads = 4 }),
        ["phi3-long"] = ("phi3", Base with { RotaryScaling = new() { Kind = RotaryScalingKind.LongAndShortFactors, OriginalContext = 16, Magnitude = 1.19f } }),
        ["gpt2"] = ("gpt2", TransformerConfig.Gpt2(2, 256, 4, Base.Vocabulary, Context)),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>
    /// A model whose weights all matter: gains around 1, biases, factors from 1 to 8, and matrices large enough that attention looks somewhere and logits
    /// spread over some units, as a trained model's do. Tokens' own vectors stay a good part of the stream, routers decide firmly and post-norms add a part,
    /// not all of it: otherwise rounding in the last bits would send a token to another expert, and 26 layers would make another model of it.
    /// </summary>
    public static Transformer Build(string name, int seed = 1)
    {
        var model = new Transformer(All[name].Config, SmallModels.Device);
        var random = new Random(seed);
        foreach (Parameter parameter in model.Parameters)
        {
            bool isGain = parameter.Role == ParameterRole.Vector && parameter.Name.EndsWith(".weight", StringComparison.Ordinal);
            bool isFactor = parameter.Name.StartsWith("rope_", StringComparison.Ordinal);
            bool isPostNorm = parameter.Name.Contains(".post_", StringComparison.Ordinal), isRouter = parameter.Name.EndsWith(".ffn_gate_inp.weight", StringComparison.Ordinal);
            float reach = parameter.Role switch
            {
                ParameterRole.Vector => isPostNorm ? 0.1f : 0.3f,
                ParameterRole.Embedding => 1.5f / model.Config.EmbeddingScale,
                _ => (isRouter ? 20 : 1.8f) / MathF.Sqrt(parameter.Shape.Width),
            };
            foreach (ref float value in parameter.Values)
            {
                value = isFactor ? 1 + (7 * random.NextSingle()) : (isGain ? (isPostNorm ? 0.3f : 1) : 0) + (reach * ((2 * random.NextSingle()) - 1));
            }
        }

        if (!model.Config.TiedEmbeddings)
        {
            LearnSuccessors(model);
        }
        else if (model.Config.EmbeddingScale == 1)
        {
            Calm(model);
        }

        return model;
    }

    /// <summary>Gives each token a successor that the head expects: without one, the likeliest of many equals is decided by the last bit.</summary>
    private static void LearnSuccessors(Transformer model)
    {
        const float Share = 0.05f;
        int width = model.Config.Width, vocabulary = model.Config.Vocabulary;
        Span<float> head = model["output.weight"].Values, table = model["token_embd.weight"].Values;
        for (int token = 0; token < vocabulary; token++)
        {
            int successor = ((7 * token) + 1) % vocabulary;
            for (int column = 0; column < width; column++)
            {
                head[(successor * width) + column] += Share * model.Config.EmbeddingScale * table[(token * width) + column];
            }
        }
    }

    /// <summary>A tied head of such vectors would give each token logits beyond 100 for itself; a smaller last gain brings them to where trained models' are.</summary>
    private static void Calm(Transformer model)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("output_norm.", StringComparison.Ordinal)))
        {
            foreach (ref float value in parameter.Values)
            {
                value *= 0.05f;
            }
        }
    }

    /// <summary>A fixed text of random tokens.</summary>
    public static int[] Tokens(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(SmallModels.Tokenizer.VocabularySize))];
    }

    /// <summary>Logits after each of the tokens, (T,V).</summary>
    public static float[] Logits(Transformer model, int[] tokens)
    {
        using var batch = new TokenBatch(1, tokens.Length);
        tokens.CopyTo(batch.Inputs);
        using var tape = new Tape(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }

    /// <summary>
    /// Writes each family in each stored form, <c>llama.Q4_K.gguf</c>, and beside it the tokens and our logits, <c>llama.Q4_K.tokens</c> and <c>.logits</c>
    /// (little-endian int32 and float32); the latter also for files that another program has put there.
    /// </summary>
    public static void WriteAll(string folder, IEnumerable<TensorType> types)
    {
        foreach (string name in All.Keys)
        {
            foreach (TensorType type in types.Where(type => !File.Exists(Path.Combine(folder, $"{name}.{type}.gguf"))))
            {
                using Transformer model = Build(name);
                ModelFile.Save(Path.Combine(folder, $"{name}.{type}.gguf"), model, SmallModels.Tokenizer, new ModelFileOptions { Type = type, StartsWithEndOfText = false });
            }
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.gguf").Where(path => !File.Exists(Path.ChangeExtension(path, ".logits"))))
        {
            int[] tokens = Tokens(Context);
            using LoadedModel loaded = ModelFile.Load(path, SmallModels.Device, LoadMode.Mapped);
            File.WriteAllBytes(Path.ChangeExtension(path, ".tokens"), [.. tokens.SelectMany(BitConverter.GetBytes)]);
            File.WriteAllBytes(Path.ChangeExtension(path, ".logits"), [.. Logits(loaded.Transformer, tokens).SelectMany(BitConverter.GetBytes)]);
        }
    }
}
