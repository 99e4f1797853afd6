using Gestalt.Models.Tests.Families;
using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Quantization;

public sealed class QuantizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    private string Original => _folder.File("original.gguf");

    private string Small => _folder.File("small.gguf");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("q8_0", 0.9, "Q8_0")]
    [InlineData("q6_k", 0.8, "Q6_K")]
    [InlineData("q5_k_m", 0.7, "Q5_K")]
    [InlineData("q4_k_m", 0.5, "Q4_K")]
    [InlineData("q4_0", 0.5, "Q4_0")]
    public void A_smaller_file_keeps_everything_but_the_last_bits(string name, double leastSameTop, string main)
    {
        Write("qwen2");
        QuantizationMix mix = QuantizationMix.All.Single(one => one.Name == name);
        IReadOnlyDictionary<TensorType, int> types = Quantizer.Quantize(Original, Small, mix);
        Assert.Equal(main, types.MaxBy(type => type.Key == TensorType.F32 ? 0 : type.Value).Key.ToString());
        ModelDescription before = ModelFile.Describe(Original), after = ModelFile.Describe(Small);
        Assert.Equal(before.Config, after.Config);
        string[] own = ["general.file_type", "general.quantization_version"];
        Assert.Equal(before.Metadata.Where(entry => !own.Contains(entry.Key)), after.Metadata.Where(entry => !own.Contains(entry.Key)));
        Assert.Equal(before.Tensors.Select(tensor => tensor.Name), after.Tensors.Select(tensor => tensor.Name));
        Assert.True(after.Bytes < 0.6 * before.Bytes);
        Divergence cost = Measure();
        Assert.InRange(cost.MeanNats, 1e-9, 0.5);
        Assert.InRange(cost.SameTop, leastSameTop, 1); // random weights decide nothing firmly
        Assert.InRange(cost.Perplexity / cost.OriginalPerplexity, 0.7, 1.4);
    }

    [Fact]
    public void More_bits_cost_less()
    {
        Write("qwen3");
        double last = 0;
        foreach (string name in (string[])["q8_0", "q6_k", "q5_k_m", "q4_k_m"])
        {
            Quantizer.Quantize(Original, Small, QuantizationMix.All.Single(mix => mix.Name == name));
            double nats = Measure().MeanNats;
            Assert.True(nats > last, $"{name} costs {nats} nats, the one before {last}");
            last = nats;
        }
    }

    [Fact]
    public void A_medium_mix_gives_more_bits_to_what_matters_more()
    {
        QuantizationMix mix = QuantizationMix.All.Single(one => one.Name == "q4_k_m");
        var model = new QuantizedModel(Layers: 32, Experts: 0, HasHead: true, HasImportance: false);
        long[] square = [4096, 4096];
        TensorType Of(string name) => mix.TypeOf(name, square, TensorType.F16, model);
        Assert.Equal(TensorType.Q6_K, Of("output.weight"));
        Assert.Equal(TensorType.Q4_K, Of("token_embd.weight"));
        Assert.Equal(TensorType.Q6_K, mix.TypeOf("token_embd.weight", square, TensorType.F16, model with { HasHead = false }));
        int[] more = [.. Enumerable.Range(0, 32).Where(layer => Of($"blk.{layer}.attn_v.weight") == TensorType.Q6_K)];
        Assert.Equal([0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31], more);
        Assert.Equal(more, Enumerable.Range(0, 32).Where(layer => Of($"blk.{layer}.ffn_down.weight") == TensorType.Q6_K));
        Assert.Equal(TensorType.Q4_K, Of("blk.0.ffn_up.weight"));
        Assert.Equal(TensorType.Q5_K, Of("blk.0.attn_qkv.weight"));
        Assert.Equal(TensorType.F16, Of("blk.0.attn_norm.weight"));
        Assert.Equal(TensorType.F16, Of("blk.0.ffn_gate_inp.weight"));
        Assert.Equal(TensorType.Q5_0, mix.TypeOf("blk.0.ffn_up.weight", [96, 8], TensorType.F16, model));
        Assert.Equal(TensorType.F16, mix.TypeOf("blk.0.ffn_up.weight", [50, 8], TensorType.F32, model));
        Assert.Equal(TensorType.Q8_0, mix.TypeOf("blk.5.attn_v.weight", square, TensorType.F16, model with { Experts = 8 }));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("mixtral")]
    [InlineData("phi3")]
    public void Knowing_what_matters_costs_less(string family)
    {
        // Inputs of very different sizes: gains from 1/8 to 8.
        using Transformer model = RandomModels.Build(family);
        var random = new Random(4);
        foreach (Parameter gain in model.Parameters.Where(parameter => parameter.Name.EndsWith("_norm.weight", StringComparison.Ordinal)))
        {
            foreach (ref float value in gain.Values)
            {
                value *= MathF.Pow(8, (2 * random.NextSingle()) - 1);
            }
        }

        ModelFile.Save(Original, model, SmallModels.Tokenizer);
        var importance = new ImportanceMatrix();
        using (LoadedModel loaded = ModelFile.Load(Original, SmallModels.Device, LoadMode.Mapped))
        {
            importance.Collect(loaded.Transformer, [RandomModels.Tokens(48, seed: 1), RandomModels.Tokens(48, seed: 2)]);
        }

        Assert.Equal(96, importance.Tokens);
        Assert.Equal(256, importance.Of("blk.0.attn_q.weight")!.Length);
        QuantizationMix mix = QuantizationMix.All.Single(one => one.Name == "q4_k_m");
        Quantizer.Quantize(Original, Small, mix);
        double without = Measure().MeanNats;
        Quantizer.Quantize(Original, Small, mix, importance);
        double with = Measure().MeanNats;
        Assert.True(with < without, $"{with} nats with, {without} without");
    }

    [Fact]
    public void Importance_is_the_mean_square_of_what_a_layer_reads()
    {
        using Transformer model = RandomModels.Build("gpt2");
        var importance = new ImportanceMatrix();
        int[] tokens = RandomModels.Tokens(10);
        importance.Collect(model, [tokens]);
        using var tape = new Tape(model.Device, recording: false);
        using var batch = new TokenBatch(1, 10);
        tokens.CopyTo(batch.Inputs);
        float[] hidden = model.Hidden(tape, batch).Values.ToArray();
        float[] head = importance.Of("token_embd.weight")!;
        for (int column = 0; column < 256; column++)
        {
            Assert.Equal(Enumerable.Range(0, 10).Average(row => hidden[(row * 256) + column] * (double)hidden[(row * 256) + column]), head[column], 1e-4);
        }
    }

    [Fact]
    public void A_copy_costs_nothing()
    {
        Write("qwen3");
        File.Copy(Original, Small);
        Divergence cost = Measure();
        Assert.Equal((0, 1, cost.OriginalPerplexity), (cost.MeanNats, cost.SameTop, cost.Perplexity));
        Assert.Equal(3 * 47, cost.Tokens);
    }

    private void Write(string name)
    {
        using Transformer model = RandomModels.Build(name);
        ModelFile.Save(Original, model, SmallModels.Tokenizer, new ModelFileOptions { Type = TensorType.F16 });
    }

    private Divergence Measure()
    {
        using LoadedModel original = ModelFile.Load(Original, SmallModels.Device, LoadMode.Mapped), copy = ModelFile.Load(Small, SmallModels.Device, LoadMode.Mapped);
        return Divergence.Measure(original.Transformer, copy.Transformer, [.. Enumerable.Range(11, 3).Select(seed => RandomModels.Tokens(48, seed))]);
    }
}
