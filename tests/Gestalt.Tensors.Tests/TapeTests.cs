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

    private static void Step(Tape tape, Parameter[] layers, bool recompute)
    {
        Tensor y = Forward(tape, layers, recompute);
        Span<float> upstream = stackalloc float[(int)y.Shape.Length];
        upstream.Fill(0.5f);
        tape.Backward(y, upstream);
        tape.Reset();
    }

    private static Tensor Forward(Tape tape, Parameter[] layers, bool recompute)
    {
        Tensor x = tape.Input(new Shape(2, 8, Width));
        for (int i = 0; i < x.Values.Length; i++)
        {
            x.Values[i] = (i % 17 / 8f) - 1;
        }

        for (int i = 0; i < layers.Length; i++)
        {
            Tensor before = x;
            x = tape.Block(Sublayer.Instance, x, new SublayerContext(layers[i]), recompute);
            tape.Discard(before);
        }

        return x;
    }

    private readonly record struct SublayerContext(Parameter Weight);

    private sealed class Sublayer : IBlock<SublayerContext>
    {
        public static Sublayer Instance { get; } = new();

        public Tensor Forward(Tape tape, Tensor x, in SublayerContext context) =>
            tape.Linear(tape.Gelu(tape.Linear(tape.RmsNorm(x, null, 1e-5f), context.Weight)), context.Weight, residual: x);
    }
}
