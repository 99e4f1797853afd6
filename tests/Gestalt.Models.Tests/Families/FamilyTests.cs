using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Families;

/// <summary>Every family through a file of its own, against the naive model in double precision.</summary>
public sealed unsafe class FamilyTests : IDisposable
{
    private const int Length = 12; // beyond the windows of 8

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public static TheoryData<string> Names => RandomModels.Names;

    private string ModelPath => _folder.File("model.gguf");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mapped_float32_file_gives_the_naive_models_logits(string name)
    {
        using Transformer model = RandomModels.Build(name);
        (string architecture, TransformerConfig config) = RandomModels.All[name];
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer);
        using LoadedModel loaded = ModelFile.Load(ModelPath, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(architecture, loaded.Metadata["general.architecture"]);
        Assert.Equal(config, loaded.Transformer.Config);
        int[] tokens = RandomModels.Tokens(Length);
        AssertNear(Naive(model, tokens), RandomModels.Logits(loaded.Transformer, tokens), 2e-5, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Trained_and_mapped_parameters_are_the_same_numbers(string name)
    {
        using Transformer model = RandomModels.Build(name);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer);
        using LoadedModel trainable = ModelFile.Load(ModelPath, SmallModels.Device), mapped = ModelFile.Load(ModelPath, SmallModels.Device, LoadMode.Mapped);
        foreach (Parameter parameter in model.Parameters)
        {
            Assert.True(parameter.Values.SequenceEqual(trainable.Transformer[parameter.Name].Values), parameter.Name);
            Assert.True(parameter.Values.SequenceEqual(mapped.Transformer[parameter.Name].Values), parameter.Name);
            Assert.False(mapped.Transformer[parameter.Name].Trainable, parameter.Name);
            Assert.Equal(parameter.Trainable, trainable.Transformer[parameter.Name].Trainable);
        }
    }

    [Theory]
    [InlineData("llama", TensorType.F16)]
    [InlineData("llama", TensorType.Q4_K)]
    [InlineData("qwen2", TensorType.Q6_K)]
    [InlineData("mixtral", TensorType.Q8_0)]
    [InlineData("gemma3", TensorType.BF16)]
    [InlineData("gemma2", TensorType.Q5_0)]
    [InlineData("phi3", TensorType.Q4_0)]
    [InlineData("gpt2", TensorType.Q5_K)]
    [InlineData("qwen3moe", TensorType.Q3_K)]
    public void Logits_of_a_quantized_file_are_those_of_its_decoded_weights(string name, TensorType type)
    {
        using Transformer model = RandomModels.Build(name);
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Type = type });
        using LoadedModel mapped = ModelFile.Load(ModelPath, SmallModels.Device, LoadMode.Mapped);
        Assert.Equal(type.ToString(), mapped.Transformer["blk.0.attn_q.weight"].Stored!.Value.Format.ToString());
        int[] tokens = RandomModels.Tokens(Length);
        double[] expected = Naive(mapped.Transformer, tokens);
        float[] actual = RandomModels.Logits(mapped.Transformer, tokens);

        // Activations are rounded to 8 bits before they meet quantized weights: about 0.4 % of each, at random.
        Assert.InRange(Cosine(expected, actual), 0.9995, 1);
    }

    [Fact]
    public void A_stored_parameter_says_why_it_cannot_be_trained()
    {
        using Transformer model = RandomModels.Build("llama");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer, new ModelFileOptions { Type = TensorType.Q4_K });
        using LoadedModel mapped = ModelFile.Load(ModelPath, SmallModels.Device, LoadMode.Mapped);
        Assert.Contains("is stored as Q4_K", Assert.Throws<InvalidOperationException>(() => mapped.Transformer["blk.0.attn_q.weight"].Values.Length).Message);
    }

    [Fact]
    public void A_mixture_of_experts_refuses_to_be_trained()
    {
        using Transformer model = RandomModels.Build("mixtral");
        using var tape = new Tape(model.Device);
        using TokenBatch batch = TinyModels.Batch(1, 5);
        Assert.Contains("can be run but not trained", Assert.Throws<InvalidOperationException>(() => model.Loss(tape, batch)).Message);
    }

    [Fact]
    public void Experts_kept_apart_are_read_as_well()
    {
        using Transformer model = RandomModels.Build("mixtral");
        ModelFile.Save(ModelPath, model, SmallModels.Tokenizer);
        string apart = _folder.File("apart.gguf");
        using (GgufFile file = GgufFile.Open(ModelPath))
        {
            var writer = new GgufWriter();
            foreach (GgufValue value in file.Metadata)
            {
                writer.Copy(value);
            }

            foreach (Parameter parameter in model.Parameters)
            {
                long[] shape = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => (long)parameter.Shape[axis])];
                writer.AddTensor(parameter.Name, TensorType.F32, parameter.Data, shape);
            }

            writer.Write(apart);
        }

        using LoadedModel whole = ModelFile.Load(ModelPath, SmallModels.Device, LoadMode.Mapped), parts = ModelFile.Load(apart, SmallModels.Device, LoadMode.Mapped);
        int[] tokens = RandomModels.Tokens(Length);
        Assert.Equal(RandomModels.Logits(whole.Transformer, tokens), RandomModels.Logits(parts.Transformer, tokens));
    }

    [Fact]
    public void Long_contexts_choose_long_wavelengths()
    {
        using Transformer model = RandomModels.Build("phi3-long");
        int[] tokens = RandomModels.Tokens(Length);
        float[] far = RandomModels.Logits(model, tokens);
        using Transformer near = RandomModels.Build("phi3-long");
        near.LongestSequence = 16;
        float[] close = RandomModels.Logits(near, tokens);
        AssertNear(Naive(near, tokens), close, 2e-5, "short");
        Assert.NotEqual(far, close);
    }

    /// <summary>Writes files for other programs where GESTALT_RANDOM_MODELS names a folder; see docs/log/2026-11-everyones-models.md.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public void Files_for_other_programs()
    {
        string? folder = Environment.GetEnvironmentVariable("GESTALT_RANDOM_MODELS");
        Assert.SkipWhen(folder is null, "GESTALT_RANDOM_MODELS names no folder to write to.");
        Directory.CreateDirectory(folder);
        RandomModels.WriteAll(folder, Enum.GetValues<TensorType>().Where(type => type.TryGetFormat(out var format) && Kernels.WeightCodec.CanEncode(format)));
    }

    private static double[] Naive(Transformer model, int[] tokens)
    {
        using var batch = new TokenBatch(1, tokens.Length);
        tokens.CopyTo(batch.Inputs);
        return [.. new NaiveTransformer(model).Logits(batch).SelectMany(row => row)];
    }

    private static void AssertNear(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}]: {actual[i]} instead of {expected[i]} (largest {scale})");
        }
    }

    private static double Cosine(double[] a, float[] b)
    {
        double dot = 0, first = 0, second = 0;
        for (int i = 0; i < a.Length; i++)
        {
            (dot, first, second) = (dot + (a[i] * b[i]), first + (a[i] * a[i]), second + ((double)b[i] * b[i]));
        }

        return dot / Math.Sqrt(first * second);
    }
}
