using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

public sealed class TransformerTrainingTests
{
    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Documents_packed_into_rows_give_the_losses_and_gradients_of_documents_alone(string name)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        int[] lengths = [5, 3, 4, 6, 2, 4];
        using TokenBatch packed = TinyModels.Batch(2, 12);
        TokenBatch[] alone = new TokenBatch[lengths.Length];
        for (int i = 0, at = 0; i < lengths.Length; at += lengths[i++])
        {
            packed.SetDocument(at / 12, at % 12, lengths[i]);
            alone[i] = new TokenBatch(1, lengths[i]);
            packed.Inputs.Slice(at, lengths[i]).CopyTo(alone[i].Inputs);
            packed.Targets.Slice(at, lengths[i]).CopyTo(alone[i].Targets);
            packed.Weights.Slice(at, lengths[i]).CopyTo(alone[i].Weights);
            alone[i].LossNormalizer = packed.WeightSum;
        }

        (float loss, float[] gradients) = LossAndGradients(model, packed);
        (float sum, float[] sums) = LossAndGradients(model, alone);
        Assert.Equal(loss, sum, 1e-5f);
        TinyModels.AssertClose(gradients, sums, 2e-5f, "gradients");

        float[] packedLosses = new float[packed.Count];
        model.Losses(packed, packedLosses);
        float[] aloneLosses = [.. alone.SelectMany(batch =>
        {
            float[] losses = new float[batch.Count];
            model.Losses(batch, losses);
            return losses;
        })];
        TinyModels.AssertClose(aloneLosses, packedLosses, 1e-5f, "losses");
        Assert.Equal(loss, packedLosses.Zip(packed.Weights.ToArray(), (l, w) => l * w).Sum() / packed.WeightSum, 1e-5);
    }

    [Fact]
    public void Micro_batches_with_one_normalizer_add_up_to_the_large_batch()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch large = TinyModels.Batch(4, 8);
        (float loss, float[] gradients) = LossAndGradients(model, large);
        TokenBatch[] parts = [new(1, 8), new(3, 8)];
        for (int part = 0, at = 0; part < parts.Length; at += parts[part++].Count)
        {
            large.Inputs.Slice(at, parts[part].Count).CopyTo(parts[part].Inputs);
            large.Targets.Slice(at, parts[part].Count).CopyTo(parts[part].Targets);
            large.Weights.Slice(at, parts[part].Count).CopyTo(parts[part].Weights);
        }

        double normalizer = parts.Sum(p => p.WeightSum);
        Array.ForEach(parts, p => p.LossNormalizer = normalizer);
        (float sum, float[] sums) = LossAndGradients(model, parts);
        Assert.Equal(loss, sum, 1e-5f);
        TinyModels.AssertClose(gradients, sums, 1e-5f, "gradients");
    }

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Recomputing_activations_changes_no_bit(string name)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        using TokenBatch batch = TinyModels.Batch(2, 9);
        (float loss, float[] gradients) = LossAndGradients(model, batch);
        model.Recompute = true;
        (float again, float[] againGradients) = LossAndGradients(model, batch);
        Assert.Equal(loss, again);
        Assert.Equal(gradients, againGradients);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_in_which_nothing_counts_has_loss_zero_and_no_gradient(bool byWeight)
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch batch = TinyModels.Batch(2, 6, everythingCounts: true);
        if (byWeight)
        {
            batch.Weights.Clear();
        }
        else
        {
            batch.Targets.Fill(-1);
        }

        (float loss, float[] gradients) = LossAndGradients(model, batch);
        Assert.Equal(0, loss);
        Assert.All(gradients, g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_sequence_in_which_nothing_counts_changes_nothing()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch one = TinyModels.Batch(1, 6, everythingCounts: true);
        using TokenBatch two = TinyModels.Batch(2, 6, everythingCounts: true);
        two.Weights[6..].Clear();
        (float loss, float[] gradients) = LossAndGradients(model, one);
        (float withMasked, float[] withMaskedGradients) = LossAndGradients(model, two);
        Assert.Equal(loss, withMasked, 1e-6f);
        TinyModels.AssertClose(gradients, withMaskedGradients, 1e-6f, "gradients");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        float[] first = Train(seed: 5, threads: 2, steps: 3);
        Assert.Equal(first, Train(seed: 5, threads: 2, steps: 3));
        Assert.NotEqual(first, Train(seed: 6, threads: 2, steps: 3));
    }

    [Theory]
    [MemberData(nameof(TinyModels.Names), MemberType = typeof(TinyModels))]
    public void Bfloat16_products_cost_a_percent_of_the_gradient_and_no_more(string name)
    {
        using WorkerPool pool = new(2);
        using TokenBatch batch = TinyModels.Batch(4, 12);
        using Transformer exact = TinyModels.Random(TinyModels.Config(name), new Device(pool));
        using Transformer rounded = TinyModels.Random(TinyModels.Config(name), new Device(pool, Precision.BFloat16));
        (float loss, float[] gradients) = LossAndGradients(exact, batch);
        (float roundedLoss, float[] roundedGradients) = LossAndGradients(rounded, batch);
        Assert.NotEqual(gradients, roundedGradients);
        Assert.Equal(loss, roundedLoss, 0.02f);

        // Eight bits of mantissa: each product is off by up to 0.4 %, their sums by less, a few layers later by a little more. Norms behind each half of a
        // block make small results large, and their rounding with them.
        double most = name == "Gemma" ? 0.06 : 0.02;
        double difference = gradients.Zip(roundedGradients, (a, b) => (double)(a - b) * (a - b)).Sum();
        Assert.InRange(Math.Sqrt(difference / gradients.Sum(g => (double)g * g)), 1e-5, most);
    }

    [Fact]
    public void Training_allocates_nothing_managed_once_warm()
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch batch = TinyModels.Batch(2, 8);
        using Tape tape = new(model.Device);
        for (int i = 0; i < 3; i++)
        {
            Step(model, batch, tape);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Step(model, batch, tape);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Initialisation_starts_at_the_uniform_guess_with_blocks_that_do_nothing()
    {
        TransformerConfig config = TinyModels.Qwen3 with { Width = 64, FeedForwardWidth = 128, HeadWidth = 16 };
        using Transformer model = new(config, new Device());
        model.Initialize(1);
        using TokenBatch batch = TinyModels.Batch(2, 9, everythingCounts: true);
        using Tape tape = new(model.Device, recording: false);
        Assert.Equal(Math.Log(config.Vocabulary), model.Loss(tape, batch).Scalar, 1e-5);
        Parameter up = model["blk.1.ffn_up.weight"];
        Assert.Equal(1 / Math.Sqrt(64), Math.Sqrt(up.Values.ToArray().Average(v => v * v)), 2e-3);
        Assert.Equal(0, up.Values.ToArray().Average(), 5e-3);
        Assert.All(model["blk.0.attn_output.weight"].Values.ToArray(), v => Assert.Equal(0, v));
        Assert.All(model["blk.0.attn_q_norm.weight"].Values.ToArray(), v => Assert.Equal(1, v));
    }

    [Theory]
    [InlineData("Inputs", 23)]
    [InlineData("Inputs", -1)]
    [InlineData("Targets", 23)]
    [InlineData("KeyStart", 6)]
    [InlineData("Positions", -1)]
    public void Numbers_outside_the_model_are_refused_with_their_place(string array, int value)
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using TokenBatch batch = TinyModels.Batch(2, 8);
        using Tape tape = new(model.Device);
        Span<int> values = array switch
        {
            "Inputs" => batch.Inputs,
            "Targets" => batch.Targets,
            "KeyStart" => batch.KeyStart,
            _ => batch.Positions,
        };
        values[8 + 5] = value;
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Loss(tape, batch));
        Assert.Contains("row 1, place 5", error.Message, StringComparison.Ordinal);
    }

    private static float[] Train(ulong seed, int threads, int steps)
    {
        using WorkerPool pool = new(threads);
        using Transformer model = new(TinyModels.Qwen3, new Device(pool));
        model.Initialize(seed);
        using TokenBatch batch = TinyModels.Batch(3, 8);
        using Tape tape = new(model.Device);
        using GoldenTrainer trainer = new(model);
        float[] losses = new float[steps];
        for (int step = 0; step < steps; step++)
        {
            losses[step] = trainer.Step(tape, batch);
        }

        return [.. losses, .. model.Parameters.SelectMany(p => p.Values.ToArray())];
    }

    private static void Step(Transformer model, TokenBatch batch, Tape tape)
    {
        model.ZeroGradients();
        tape.Backward(model.Loss(tape, batch));
        tape.Reset();
    }

    private static (float Loss, float[] Gradients) LossAndGradients(Transformer model, params ReadOnlySpan<TokenBatch> batches)
    {
        using Tape tape = new(model.Device);
        model.ZeroGradients();
        float sum = 0;
        foreach (TokenBatch batch in batches)
        {
            Tensor loss = model.Loss(tape, batch);
            tape.Backward(loss);
            sum += loss.Scalar;
            tape.Reset();
        }

        return (sum, TinyModels.Gradients(model));
    }
}
