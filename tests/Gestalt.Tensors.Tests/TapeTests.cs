namespace Gestalt.Tensors.Tests;

public sealed class TapeTests
{
    private const int Width = 24;
    private readonly Device _device = new();

    [Fact]
    public void Equal_steps_allocate_nothing_managed_and_no_more_memory()
    {
        using Tape tape = new(_device);
        Parameter[] layers = Layers(6);
        Step(tape, layers, recompute: false);
        Step(tape, layers, recompute: true);
        Step(tape, layers, recompute: false);
        Step(tape, layers, recompute: true);
        long capacity = tape.CapacityBytes;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Step(tape, layers, recompute: i % 2 == 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(capacity, tape.CapacityBytes);
    }

    [Fact]
    public void Backward_gives_memory_back_as_it_passes()
    {
        using Tape tape = new(_device);
        Parameter[] layers = Layers(12);
        Tensor y = Forward(tape, layers, recompute: false);
        long afterForward = tape.PeakBytes;
        tape.Backward(y, new float[y.Shape.Length]);

        // Keeping all gradients would double it; the few in flight are a fraction.
        Assert.InRange(tape.PeakBytes, afterForward, afterForward * 5 / 4);
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Recomputation_takes_less_memory_and_gives_the_same_bits()
    {
        Parameter[] layers = Layers(12);
        using Tape keeping = new(_device);
        float[] expected = Gradients(keeping, layers, recompute: false);
        ZeroGradients(layers);
        using Tape recomputing = new(_device);
        float[] actual = Gradients(recomputing, layers, recompute: true);
        Assert.Equal(expected, actual);
        Assert.NotEqual(0, expected.Sum());
        Assert.True(recomputing.PeakBytes < keeping.PeakBytes * 2 / 3, $"{recomputing.PeakBytes} of {keeping.PeakBytes} bytes");
    }

    [Fact]
    public void What_a_block_returns_is_not_computed_again()
    {
        Parameter[] layers = Layers(12);
        using Tape tape = new(_device);
        int products = 0;
        unsafe
        {
            tape.ProductObserver = (_, _, _) => products++;
        }

        Step(tape, layers, recompute: true);
        Assert.Equal((2 + 1) * layers.Length, products);
    }

    [Fact]
    public void The_end_of_a_block_runs_again_for_some_rows_at_a_time()
    {
        Parameter[] layers = Layers(12);
        Array.ForEach(layers, layer => layer.Trainable = false);
        using Tape keeping = new(_device), whole = new(_device) { LeastRowsApart = 16 }, apart = new(_device) { LeastRowsApart = 4 };
        float[] kept = InputGradient(keeping, recompute: false), expected = InputGradient(whole, recompute: true), actual = InputGradient(apart, recompute: true);
        Assert.Equal(kept, expected);
        Assert.Contains(kept, gradient => Math.Abs(gradient) > 1e-3);
        OperationCheck.AssertClose([.. expected.Select(gradient => (double)gradient)], actual, "gradient of the input");

        // Of sixteen rows' activations four rows' are there.
        long oneTensor = 16 * Width * sizeof(float);
        Assert.True(apart.PeakBytes <= whole.PeakBytes - (2 * oneTensor), $"{apart.PeakBytes} of {whole.PeakBytes} bytes");

        // Where gradients of the matrices are wanted, rows stay together: the same bits.
        Array.ForEach(layers, layer => layer.Trainable = true);
        Assert.Equal(kept, InputGradient(apart, recompute: true));

        float[] InputGradient(Tape tape, bool recompute)
        {
            tape.Reset();
            Tensor input = Input(tape, requiresGradient: true), x = input;
            foreach (Parameter layer in layers) x = tape.Block(WideEnd.Instance, x, new SublayerContext(layer), recompute);
            float[] upstream = new float[x.Shape.Length];
            upstream.AsSpan().Fill(0.5f);
            tape.Backward(x, upstream);
            return input.GradientValues.ToArray();
        }
    }

    [Fact]
    public void Lent_gradients_are_the_same_and_take_no_memory_of_their_own()
    {
        Parameter[] own = Layers(4), borrowing = Layers(4);
        using Tape tape = new(_device), lending = new(_device) { LendsGradients = true };
        Step(tape, own, recompute: true, keep: true);
        Step(lending, borrowing, recompute: true, keep: true);
        for (int i = 0; i < own.Length; i++)
        {
            Assert.Contains(own[i].GradientValues.ToArray(), gradient => gradient != 0);
            Assert.Equal(own[i].GradientValues, borrowing[i].GradientValues);
        }

        lending.Reset();
        Assert.All(borrowing, parameter => Assert.False(parameter.HasGradient));
        tape.Reset();
        Assert.All(own, parameter => Assert.True(parameter.HasGradient));
    }

    [Fact]
    public void Without_recording_blocks_keep_only_their_output_and_give_the_same_values()
    {
        Parameter[] layers = Layers(12);
        using Tape recording = new(_device);
        float[] expected = Forward(recording, layers, recompute: false).Values.ToArray();
        using Tape inference = new(_device, recording: false);
        float[] actual = Forward(inference, layers, recompute: false).Values.ToArray();
        Assert.Equal(expected, actual);
        Assert.True(inference.PeakBytes < recording.PeakBytes * 2 / 3, $"{inference.PeakBytes} of {recording.PeakBytes} bytes");
        Assert.Throws<InvalidOperationException>(() => inference.Backward(inference.Input(new Shape(1))));
    }

    [Fact]
    public void Frozen_parameters_get_no_gradient_and_the_others_the_same()
    {
        Parameter[] layers = Layers(4);
        using Tape tape = new(_device);
        Gradients(tape, layers, recompute: false);
        float[] expected = layers[3].GradientValues.ToArray();
        layers[0].Trainable = layers[2].Trainable = false;
        ZeroGradients(layers);
        Gradients(tape, layers, recompute: false);
        Assert.Equal(expected, layers[3].GradientValues.ToArray());
        Assert.All(layers[2].GradientValues.ToArray(), g => Assert.Equal(0, g));
        Assert.Contains(layers[1].GradientValues.ToArray(), g => g != 0);
    }

    [Fact]
    public void Gradients_add_up_until_they_are_zeroed()
    {
        Parameter[] layers = Layers(2);
        using Tape tape = new(_device);
        float[] once = Gradients(tape, layers, recompute: false);
        float[] twice = Gradients(tape, layers, recompute: false);
        OperationCheck.AssertClose([.. once.Select(g => 2.0 * g)], twice, "gradients after two steps");
        layers[0].ZeroGradient();
        Assert.All(layers[0].GradientValues.ToArray(), g => Assert.Equal(0, g));
        layers[1].ZeroGradient();
        float[] again = Gradients(tape, layers, recompute: false);
        Assert.Equal(once, again);
    }

    [Fact]
    public void A_released_tensor_says_so()
    {
        using Tape tape = new(_device);
        Tensor x = tape.Input(new Shape(3));
        tape.Reset();
        Assert.Throws<ObjectDisposedException>(() => x.Values.Length);
    }

    private static void ZeroGradients(Parameter[] layers) => Array.ForEach(layers, l => l.ZeroGradient());

    private Parameter[] Layers(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        Parameter weight = new(_device, $"w{i}", new Shape(Width, Width), ParameterRole.Matrix);
        weight.Allocate();
        double[] values = OperationCheck.Random(new Random(i), weight.Length);
        for (int j = 0; j < values.Length; j++)
        {
            weight.Values[j] = (float)values[j] / 3;
        }

        return weight;
    })];

    private static float[] Gradients(Tape tape, Parameter[] layers, bool recompute)
    {
        Step(tape, layers, recompute);
        return [.. layers.SelectMany(l => l.Trainable ? l.GradientValues.ToArray() : [])];
    }

    private static void Step(Tape tape, Parameter[] layers, bool recompute, bool keep = false)
    {
        Tensor y = Forward(tape, layers, recompute);
        Span<float> upstream = stackalloc float[(int)y.Shape.Length];
        upstream.Fill(0.5f);
        tape.Backward(y, upstream);
        if (!keep)
        {
            tape.Reset();
        }
    }

    private static Tensor Forward(Tape tape, Parameter[] layers, bool recompute)
    {
        Tensor x = Input(tape, requiresGradient: false);
        for (int i = 0; i < layers.Length; i++)
        {
            Tensor before = x;
            x = tape.Block(Sublayer.Instance, x, new SublayerContext(layers[i]), recompute);
            tape.Discard(before);
        }

        return x;
    }

    private static Tensor Input(Tape tape, bool requiresGradient)
    {
        Tensor x = tape.Input(new Shape(2, 8, Width), requiresGradient);
        for (int i = 0; i < x.Values.Length; i++)
        {
            x.Values[i] = (i % 17 / 8f) - 1;
        }

        return x;
    }

    private readonly record struct SublayerContext(Parameter Weight);

    private sealed class Sublayer : IBlock<SublayerContext>
    {
        public static Sublayer Instance { get; } = new();

        public Tensor Forward(Tape tape, Tensor x, in SublayerContext context) =>
            tape.Linear(tape.Gelu(tape.Linear(tape.RmsNorm(x, null, 1e-5f), context.Weight)), context.Weight, residual: x, endsBlock: true);
    }

    /// <summary>A sublayer after another part of the block.</summary>
    private sealed class WideEnd : IRowwiseEndBlock<SublayerContext>
    {
        public static WideEnd Instance { get; } = new();

        public IBlock<SublayerContext> End => Sublayer.Instance;

        public bool EndsFrozen { get; private set; }

        public Tensor Begin(Tape tape, Tensor x, in SublayerContext context)
        {
            EndsFrozen = !context.Weight.Trainable;
            return tape.Linear(x, context.Weight, residual: x);
        }

        public Tensor Forward(Tape tape, Tensor x, in SublayerContext context) => Sublayer.Instance.Forward(tape, Begin(tape, x, context), context);
    }
}
