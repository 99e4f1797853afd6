using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class TransformerConfigTests
{
    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void The_parameter_count_is_that_of_the_parameters(string name)
    {
        TransformerConfig config = TinyModels.Config(name);
        using Transformer model = new(config, new Device(), allocate: false);
        Assert.Equal(model.Parameters.Sum(p => p.Length), config.ParameterCount);
    }

    [Fact]
    public void Gpt2_has_the_124_million_parameters_of_the_released_model() =>
        Assert.Equal(124_439_808, TransformerConfig.Gpt2().ParameterCount);

    [Fact]
    public void Qwen3_0_6B_has_the_parameters_of_the_released_model() =>
        Assert.Equal(596_049_920, TransformerConfig.Qwen3Shaped(28, 1024, 16, 8, 128, 3072, 151_936, 40_960, tied: true).ParameterCount);

    [Fact]
    public void Parameters_are_named_and_ordered_as_in_gguf()
    {
        using Transformer model = new(TinyModels.Qwen3 with { Layers = 1 }, new Device(), allocate: false);
        Assert.Equal(
            [
                "token_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight",
                "blk.0.attn_q_norm.weight", "blk.0.attn_k_norm.weight", "blk.0.attn_output.weight", "blk.0.ffn_norm.weight",
                "blk.0.ffn_gate.weight", "blk.0.ffn_up.weight", "blk.0.ffn_down.weight", "output_norm.weight", "output.weight",
            ],
            model.Parameters.Select(p => p.Name));
        Assert.Same(model.Parameters[2], model["blk.0.attn_q.weight"]);
        Assert.Throws<KeyNotFoundException>(() => model["blk.1.attn_q.weight"]);
    }

    [Fact]
    public void Training_costs_six_operations_a_weight_and_twelve_a_key_seen_and_channel()
    {
        TransformerConfig config = TransformerConfig.Gpt2();
        double attention = 12.0 * 12 * 768 * (257 / 2.0);
        Assert.Equal((6.0 * (85_017_600 - 82_944 + (50257 * 768))) + attention, config.FlopsPerToken(256), 1.0);

        // Windows of 4 over 6 tokens: 1 + 2 + 3 + 4 + 4 + 4 keys.
        TransformerConfig windowed = TinyModels.Qwen3 with { Layers = 1, SlidingWindow = 4 };
        Assert.Equal((6.0 * windowed.MatrixParameterCount) + (12 * 18 / 6.0 * 24), windowed.FlopsPerToken(6), 1e-9);
    }

    [Theory]
    [InlineData(3, 2, 8)]
    [InlineData(4, 2, 7)]
    [InlineData(4, 0, 8)]
    public void Shapes_that_cannot_be_built_are_refused(int heads, int keyValueHeads, int headWidth) =>
        Assert.Throws<ArgumentException>(() => new Transformer(
            TransformerConfig.Qwen3Shaped(1, 8, heads, keyValueHeads, headWidth, 8, 8, 8, tied: true), new Device()));
}
