using System.Text;
using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Families;

/// <summary>
/// Whole models of every family, damaged where their configuration stands: they are refused with a <see cref="ModelFileException"/> or they run; there is no
/// other exception, no read outside of memory and no memory beyond reason.
/// </summary>
public sealed class DamagedModelTests : IDisposable
{
    private const int LongestForward = 1 << 22; // weights of a model that is worth running for a test

    private static readonly TransformerConfig Tiny = new()
    {
        Layers = 2,
        Width = 32,
        Heads = 2,
        KeyValueHeads = 1,
        HeadWidth = 16,
        FeedForwardWidth = 32,
        Vocabulary = SmallModels.Tokenizer.VocabularySize,
        Context = 32,
        TiedEmbeddings = true,
    };

    private static readonly Dictionary<string, TransformerConfig> Families = new()
    {
        ["llama"] = Tiny with { RotaryPairs = RotaryPairs.Neighbours, RotaryScaling = new() { Kind = RotaryScalingKind.Yarn, Factor = 2, OriginalContext = 16 }, SlidingWindow = 5 },
        ["mixtral"] = Tiny with { RotaryPairs = RotaryPairs.Neighbours, Experts = 3, ExpertsUsed = 2 },
        ["gemma3"] = Tiny with
        {
            FeedForward = FeedForwardKind.GeGlu,
            PostNorms = true,
            EmbeddingScale = MathF.Sqrt(32),
            QueryKeyNorm = true,
            SlidingWindow = 4,
            GlobalLayerEvery = 6,
            LocalRotaryTheta = 10_000,
        },
        ["phi3"] = Tiny with { RotaryScaling = new() { Kind = RotaryScalingKind.LongAndShortFactors, OriginalContext = 16 } },
        ["gpt2"] = TransformerConfig.Gpt2(2, 32, 2, SmallModels.Tokenizer.VocabularySize, 32),
    };

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public static TheoryData<string> Names => [.. Families.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_gguf_models_run_or_are_refused(string family) => DamageGguf(family, seed: 1, count: 250);

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    public void Damaged_folders_run_or_are_refused(string family) => DamageFolder(family, seed: 2, count: 250);

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_hundred_thousand_damaged_models_run_or_are_refused()
    {
        foreach (string family in Families.Keys)
        {
            DamageGguf(family, seed: 3, count: 15_000);
        }

        DamageFolder("llama", seed: 4, count: 15_000);
        DamageFolder("gemma3", seed: 5, count: 15_000);
    }

    private void DamageGguf(string family, int seed, int count)
    {
        string path = _folder.File("model.gguf");
        using (Transformer model = Build(family))
        {
            ModelFile.Save(path, model, SmallModels.Tokenizer, new ModelFileOptions { Type = TensorType.Q4_0, StartsWithEndOfText = false });
        }

        byte[] original = File.ReadAllBytes(path);
        int header, configuration = original.AsSpan().IndexOf("tokenizer.ggml.model"u8);
        using (GgufFile file = GgufFile.Open(path))
        {
            header = (int)file.Tensors[0].Offset;
        }

        int directory = original.AsSpan().LastIndexOf("token_embd.weight"u8);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = (i % 3) switch
            {
                0 => Mutations.Apply(random, original, configuration),
                1 => Mutations.Apply(random, original, header),
                _ => [.. original[..directory], .. Mutations.Apply(random, original[directory..], header - directory)],
            };
            File.WriteAllBytes(path, damaged);
            refused += Runs(path) ? 0 : 1;
        }

        Assert.InRange(refused, count / 4, count - 1);
    }

    private void DamageFolder(string family, int seed, int count)
    {
        string gguf = _folder.File("source.gguf"), path = _folder.File("folder");
        using (Transformer model = Build(family))
        {
            ModelFile.Save(gguf, model, SmallModels.Tokenizer);
        }

        using (LoadedModel loaded = ModelFile.Load(gguf, SmallModels.Device, LoadMode.Mapped))
        {
            ModelFile.SaveFolder(path, loaded);
        }

        string config = Path.Combine(path, "config.json");
        byte[] original = File.ReadAllBytes(config);
        string[] values = ["0", "-1", "1e400", "null", "true", "[]", "{}", "\"x\"", "2147483648", "1073741824", "0.5", "3", "1", "64"];
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % 2 == 0)
            {
                File.WriteAllBytes(config, Mutations.Apply(random, original, original.Length));
            }
            else
            {
                // A whole value exchanged: still JSON, but not a model's.
                string[] lines = Encoding.UTF8.GetString(original).Split('\n');
                int line = random.Next(1, lines.Length - 2);
                int colon = lines[line].IndexOf(':', StringComparison.Ordinal);
                lines[line] = colon < 0 ? lines[line] : $"{lines[line][..(colon + 1)]} {values[random.Next(values.Length)]},";
                File.WriteAllText(config, string.Join('\n', lines));
            }

            refused += Runs(path) ? 0 : 1;
        }

        Directory.Delete(path, recursive: true);
        Assert.InRange(refused, count / 4, count - 1);
    }

    private static bool Runs(string path)
    {
        try
        {
            using LoadedModel model = ModelFile.Load(path, SmallModels.Device, LoadMode.Mapped);
            TransformerConfig config = model.Transformer.Config;
            if (config.ParameterCount < LongestForward && config.Context >= 3)
            {
                RandomModels.Logits(model.Transformer, [1, 2, Math.Min(3, config.Vocabulary - 1)]);
            }

            return true;
        }
        catch (ModelFileException)
        {
            return false;
        }
    }

    private static Transformer Build(string family)
    {
        var model = new Transformer(Families[family], SmallModels.Device);
        model.Initialize(1);
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("rope_", StringComparison.Ordinal)))
        {
            parameter.Values.Fill(2);
        }

        return model;
    }
}
