using Gestalt.Kernels;
using Gestalt.Models.Tests.Files;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Adapters;

public sealed unsafe class AdapterTests
{
    private const double Step = 1e-4;

    public static TheoryData<string, bool> Models => new()
    {
        { "Qwen3", false }, { "Qwen3", true }, { "Gpt2", false }, { "Gpt2", true }, { "Gemma", false }, { "Odd", false }, { "Biased", true }, { "Stretched", false },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_gradient_agrees_with_finite_differences_of_the_naive_model(string name, bool magnitudes)
    {
        using WorkerPool pool = new(2);
        using Transformer model = TinyModels.Random(TinyModels.Config(name), new Device(pool));
        using Adapter adapter = Randomly(model, new AdapterOptions { Rank = 2, Alpha = 3, HasMagnitudes = magnitudes });
        Freeze(model);
        model.Adapter = adapter;
        using TokenBatch batch = TinyModels.Batch(2, 7);
        batch.SetDocument(1, 3, 4);
        NaiveTransformer naive = new(model);
        var held = new Dictionary<Parameter, double[]>();
        Change(naive, adapter, held);
        using Tape tape = new(model.Device);
        Tensor loss = model.Loss(tape, batch);
        Assert.Equal(naive.Loss(batch), loss.Scalar, 1e-5);
        tape.Backward(loss);
        foreach (LowRankUpdate update in adapter.Updates.Values)
        {
            foreach (Parameter parameter in update.Parameters)
            {
                List<float> expected = [], actual = [];
                for (int i = 0; i < parameter.Length; i += Math.Max(1, (int)parameter.Length / 4))
                {
                    expected.Add((float)((Loss(+Step) - Loss(-Step)) / (2 * Step)));
                    actual.Add(parameter.GradientValues[i]);

                    double Loss(double by)
                    {
                        Change(naive, update, held, parameter, i, by);
                        double value = naive.Loss(batch);
                        Change(naive, update, held);
                        return value;
                    }
                }

                TinyModels.AssertClose([.. expected], [.. actual], 2e-4f, parameter.Name);
            }
        }

        Assert.Contains(adapter.Parameters, parameter => parameter.GradientValues.ToArray().Any(g => Math.Abs(g) > 1e-4));
        Assert.All(model.Parameters, parameter => Assert.False(parameter.HasGradient, $"{parameter.Name} is frozen and has a gradient"));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Merged_equals_unmerged(string name, bool magnitudes)
    {
        using Transformer model = TinyModels.Random(TinyModels.Config(name));
        using Adapter adapter = Randomly(model, new AdapterOptions { Rank = 3, HasMagnitudes = magnitudes });
        float[] plain = Logits(model), before = Values(model);
        model.Adapter = adapter;
        float[] apart = Logits(model);
        model.Adapter = null;
        adapter.Merge();
        TinyModels.AssertClose(apart, Logits(model), 1e-5f, "merged");
        Assert.Contains(apart.Zip(plain), pair => Math.Abs(pair.First - pair.Second) > 0.05);
        if (!magnitudes)
        {
            adapter.Unmerge();
            TinyModels.AssertClose(before, Values(model), 1e-6f, "unmerged");
        }
    }

    [Theory, Trait("Speed", "Smoke")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_adapter_changes_nothing(bool magnitudes)
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        float[] plain = Logits(model);
        model.Adapter = Adapter.Create(model, new AdapterOptions { HasMagnitudes = magnitudes }, seed: 1);
        TinyModels.AssertClose(plain, Logits(model), magnitudes ? 1e-6f : 0, "a new adapter");
        model.Adapter.Dispose();
    }

    [Theory]
    [InlineData(AdapterLayers.Query | AdapterLayers.Value, "attn_q,attn_v")]
    [InlineData(AdapterLayers.Down, "ffn_down")]
    [InlineData(AdapterLayers.All, "attn_q,attn_k,attn_v,attn_output,ffn_gate,ffn_up,ffn_down")]
    public void Only_the_named_layers_are_adapted(AdapterLayers layers, string parts)
    {
        using Transformer model = new(TinyModels.Qwen3, new Device());
        using Adapter adapter = Adapter.Create(model, new AdapterOptions { Layers = layers, Rank = 2 }, 1);
        Assert.Equal(parts.Split(',').Order(), adapter.Updates.Keys.Select(weight => weight.Name.Split('.')[2]).Distinct().Order());
        Assert.Equal(layers, AdapterOptions.ParseLayers(AdapterOptions.NamesOf(layers)));
    }

    [Theory]
    [InlineData("q,x", "'x'")]
    [InlineData("", "no layer")]
    public void Names_of_layers_that_do_not_exist_are_refused(string layers, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => AdapterOptions.ParseLayers(layers)).Message, StringComparison.Ordinal);

    [Fact]
    public void Recomputing_blocks_gives_the_same_gradients()
    {
        Assert.Equal(Gradients(2, 7, magnitudes: true, recompute: false), Gradients(2, 7, magnitudes: true, recompute: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_that_backward_takes_apart_give_the_same_gradients(bool magnitudes)
    {
        float[] kept = Gradients(27, 15, magnitudes, recompute: false), apart = Gradients(27, 15, magnitudes, recompute: true);
        TinyModels.AssertClose(kept, apart, 1e-5f, "gradients");
        Assert.NotEqual(kept, apart); // or rows were not taken apart
    }

    private static float[] Gradients(int rows, int length, bool magnitudes, bool recompute)
    {
        using Transformer model = TinyModels.Random(TinyModels.Qwen3);
        using Adapter adapter = Randomly(model, new AdapterOptions { Rank = 2, HasMagnitudes = magnitudes, Dropout = 0.3f });
        Freeze(model);
        (model.Adapter, model.Recompute) = (adapter, recompute);
        using TokenBatch batch = TinyModels.Batch(rows, length);
        batch.NoiseKey = 4;
        using Tape tape = new(model.Device);
        tape.Backward(model.Loss(tape, batch));
        return [.. adapter.Parameters.SelectMany(parameter => parameter.GradientValues.ToArray())];
    }

    /// <summary>What makes an adapter's training take little more than the model: docs/log/2026-11-finetuning.md says what that comes to.</summary>
    [Fact, Trait("Speed", "Smoke")]
    public void Training_an_adapter_keeps_a_tensor_of_the_streams_width_for_each_block_and_little_more()
    {
        const int Layers = 16, Width = 64, Hidden = 4 * Width, Tokens = 256;
        TransformerConfig config = TransformerConfig.Qwen3Shaped(Layers, Width, heads: 4, keyValueHeads: 1, headWidth: 16, Hidden, vocabulary: 50, context: Tokens, tied: false);
        using Transformer model = TinyModels.Random(config with { QueryKeyNorm = false });
        using Adapter adapter = Randomly(model, new AdapterOptions { Rank = 2 });
        Freeze(model);
        (model.Adapter, model.Recompute) = (adapter, true);
        using TokenBatch batch = TinyModels.Batch(1, Tokens, vocabulary: 50);
        using Tape tape = new(model.Device) { LendsGradients = true };
        for (int step = 0; step < 3; step++)
        {
            tape.Reset();
            tape.Backward(model.Loss(tape, batch));
        }

        // Beside the blocks' inputs: eight tensors like them in the block that runs again, and of gate, up and what comes of them the half of the rows.
        double stream = (double)Tokens * Width * sizeof(float), hidden = (double)Tokens * Hidden * sizeof(float);
        double expected = ((Layers + 8) * stream) + (3 * hidden / 2);
        Assert.InRange(tape.PeakBytes, 0.9 * expected, 1.02 * expected);
    }

    [Theory]
    [InlineData(TensorType.Q8_0, false)]
    [InlineData(TensorType.Q4_K, false)]
    [InlineData(TensorType.Q4_K, true)]
    public void A_model_whose_weights_stay_stored_is_a_base(TensorType type, bool magnitudes)
    {
        using var folder = new TemporaryFolder(inMemory: true);
        string path = folder.File("model.gguf");
        using (Transformer whole = Families.RandomModels.Build("qwen3"))
        {
            ModelFile.Save(path, whole, SmallModels.Tokenizer, new ModelFileOptions { Type = type });
        }

        byte[] before = File.ReadAllBytes(path);
        using LoadedModel stored = ModelFile.Load(path, SmallModels.Device, LoadMode.Mapped), decoded = ModelFile.Load(path, SmallModels.Device);
        float[] expected = Gradients(decoded.Transformer, magnitudes), actual = Gradients(stored.Transformer, magnitudes);

        // Products with stored weights round activations to 8 bits, so gradients agree in direction and length and not in every digit.
        double dot = expected.Zip(actual, (a, b) => (double)a * b).Sum(), one = Math.Sqrt(expected.Sum(a => (double)a * a)), other = Math.Sqrt(actual.Sum(b => (double)b * b));
        Assert.InRange(dot / one / other, 0.995, 1.0001);
        Assert.InRange(other / one, 0.97, 1.03);
        Assert.Equal(before, File.ReadAllBytes(path));

        static float[] Gradients(Transformer model, bool magnitudes)
        {
            Freeze(model);
            using Adapter adapter = Randomly(model, new AdapterOptions { Rank = 4, HasMagnitudes = magnitudes });
            model.Adapter = adapter;
            int[] tokens = Families.RandomModels.Tokens(33);
            using TokenBatch batch = new(1, 32);
            tokens.AsSpan(0, 32).CopyTo(batch.Inputs);
            tokens.AsSpan(1, 32).CopyTo(batch.Targets);
            using Tape tape = new(model.Device);
            model.ZeroGradients();
            tape.Backward(model.Loss(tape, batch));
            model.Adapter = null;
            return [.. adapter.Parameters.SelectMany(parameter => parameter.GradientValues.ToArray())];
        }
    }

    [Fact]
    public void Noise_on_embeddings_is_uniform_drawn_by_its_key_and_for_training_alone()
    {
        using Transformer model = TinyModels.Random(TinyModels.Gpt2);
        using TokenBatch batch = TinyModels.Batch(2, 8, everythingCounts: true);
        batch.SetDocument(0, 0, 2);
        batch.SetDocument(0, 2, 6);
        using Tape tape = new(model.Device), silent = new(model.Device, recording: false);
        float plain = Loss(tape, null);
        model.EmbeddingNoise = 5;
        Assert.Equal(plain, Loss(tape, null));
        float noisy = Loss(tape, 1);
        Assert.NotEqual(plain, noisy);
        Assert.Equal(noisy, Loss(tape, 1));
        Assert.NotEqual(noisy, Loss(tape, 2));
        Assert.Equal(plain, Loss(silent, 1), 1e-5);

        tape.Reset();
        Tensor x = tape.Input(new Shape(1000, 10));
        x.Values.Clear();
        tape.AddNoise(x, 500, 500, 0.5f, 3);
        Assert.True(x.Values[..5000].IndexOfAnyExcept(0f) < 0);
        float[] noise = x.Values[5000..].ToArray();
        Assert.InRange(noise.Max(), 0.49f, 0.5f);
        Assert.InRange(noise.Min(), -0.5f, -0.49f);
        Assert.Equal(0, noise.Average(), 0.02); // deviation 0.5/√3/√5000 = 0.004

        float Loss(Tape on, ulong? key)
        {
            on.Reset();
            batch.NoiseKey = key;
            return model.Loss(on, batch).Scalar;
        }
    }

    internal static void Freeze(Transformer model)
    {
        foreach (Parameter parameter in model.Parameters) parameter.Trainable = false;
    }

    /// <summary>An adapter that changes much: B random, too, and magnitudes other than the rows' lengths.</summary>
    internal static Adapter Randomly(Transformer model, AdapterOptions options, int seed = 5)
    {
        Adapter adapter = Adapter.Create(model, options, seed: 3);
        var random = new Random(seed);
        foreach (LowRankUpdate update in adapter.Updates.Values)
        {
            foreach (ref float value in update.Up.Values) value = 0.6f * ((2 * random.NextSingle()) - 1) / MathF.Sqrt(options.Rank);
            if (update.Magnitude is null) continue;
            foreach (ref float value in update.Magnitude.Values) value *= 0.8f + (0.4f * random.NextSingle());
        }

        return adapter;
    }

    private static void Change(NaiveTransformer naive, Adapter adapter, Dictionary<Parameter, double[]> held)
    {
        foreach (LowRankUpdate update in adapter.Updates.Values) Change(naive, update, held);
    }

    /// <summary>Puts the changed matrix into the naive model, with one value of the update moved if asked; rows' lengths are held as they were at first.</summary>
    private static void Change(NaiveTransformer naive, LowRankUpdate update, Dictionary<Parameter, double[]> held, Parameter? moved = null, int index = 0, double by = 0)
    {
        (int outputs, int inputs) = (update.Weight.Shape[0], update.Weight.Shape[1]);
        double[] target = naive.Weights[update.Weight.Name];
        double[] lengths = held.TryGetValue(update.Weight, out double[]? known) ? known : held[update.Weight] = new double[outputs];
        for (int o = 0; o < outputs; o++)
        {
            double sum = 0;
            for (int i = 0; i < inputs; i++)
            {
                double value = update.Weight.Values[(o * inputs) + i];
                for (int r = 0; r < update.Rank; r++)
                {
                    value += update.Scale * Value(update.Up, (o * update.Rank) + r) * Value(update.Down, (r * inputs) + i);
                }

                target[(o * inputs) + i] = value;
                sum += value * value;
            }

            if (update.Magnitude is null) continue;
            if (known is null) lengths[o] = Math.Sqrt(sum);
            for (int i = 0; i < inputs; i++) target[(o * inputs) + i] *= Value(update.Magnitude, o) / lengths[o];
        }

        double Value(Parameter parameter, int at) => parameter.Values[at] + (parameter == moved && at == index ? by : 0);
    }

    private static float[] Logits(Transformer model)
    {
        using TokenBatch batch = TinyModels.Batch(2, 9);
        using Tape tape = new(model.Device, recording: false);
        return model.Forward(tape, batch, rows: LogitRows.All).Values.ToArray();
    }

    private static float[] Values(Transformer model) => [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
}
