namespace Gestalt.Tensors.Tests.Ops;

public sealed unsafe class LinearCrossEntropyTests
{
    private const int Rows = 8, Width = 5, Vocabulary = 11;

    [Theory]
    [InlineData(0f, 1 << 24, false)]
    [InlineData(0f, 3 * Vocabulary, false)]
    [InlineData(2f, 1 << 24, false)]
    [InlineData(0f, 1 << 24, true)]
    [InlineData(2f, 2 * Vocabulary, true)]
    public void Loss_and_its_gradients_agree_with_the_twin_in_any_chunks(float softCap, int chunkLogits, bool masked)
    {
        int[] targets = masked ? [4, -1, 0, 10, 3, 3, -1, 7] : [4, 2, 0, 10, 3, 3, 1, 7];
        float[] weights = masked ? [1, 1, 0, 0.5f, -2, 1, 0, 3] : [1, 1, 1, 1, 1, 1, 1, 1];
        const float Normalizer = 2.5f;
        fixed (int* pinnedTargets = targets)
        {
            fixed (float* pinnedWeights = weights)
            {
                int* targetPointer = pinnedTargets;
                float* weightPointer = pinnedWeights;
                OperationCheck.CompareLoss([new(2, 4, Width)], [new(Vocabulary, Width)],
                    (tape, t, p) =>
                    {
                        (tape.ChunkLogits, tape.LeastChunkRows) = (chunkLogits, 1);
                        return tape.LinearCrossEntropy(t[0], p[0], targetPointer, weightPointer, Normalizer, softCap);
                    },
                    (t, p) => [Enumerable.Range(0, Rows).Sum(r => weights[r] * Loss(t[0], p[0], r, targets[r], softCap)) / Normalizer]);
            }
        }
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Token_losses_land_at_their_rows_and_are_not_weighted()
    {
        int[] targets = [4, -1, 0, 10, 3, 3, 1, 7];
        float[] weights = [1, 1, 0, 0.5f, 2, 1, 1, 3];
        float[] losses = new float[Rows];
        Array.Fill(losses, float.NaN);
        Random random = new(3);
        double[] hidden = OperationCheck.Random(random, Rows * Width);
        double[] head = OperationCheck.Random(random, Vocabulary * Width);
        Device device = new();
        using Tape tape = new(device, recording: false) { ChunkLogits = 3 * Vocabulary, LeastChunkRows = 1 };
        using Parameter weight = new(device, "output.weight", new Shape(Vocabulary, Width), ParameterRole.Head);
        weight.Allocate();
        Tensor h = tape.Input(new Shape(Rows, Width));
        for (int i = 0; i < hidden.Length; i++)
        {
            h.Values[i] = (float)hidden[i];
        }

        for (int i = 0; i < head.Length; i++)
        {
            weight.Values[i] = (float)head[i];
        }

        fixed (int* t = targets)
        {
            fixed (float* w = weights, l = losses)
            {
                tape.TokenLosses(h, weight, t, w, l);
            }
        }

        double[] expected = [.. Enumerable.Range(0, Rows).Select(r => weights[r] == 0 ? 0 : Loss(hidden, head, r, targets[r], 0))];
        OperationCheck.AssertClose(expected, losses, "losses");
    }

    [Fact]
    public void Nothing_that_counts_gives_exactly_zero_and_leaves_gradients_alone()
    {
        Device device = new();
        using Tape tape = new(device);
        using Parameter weight = new(device, "output.weight", new Shape(Vocabulary, Width), ParameterRole.Head);
        weight.Allocate();
        weight.Values.Fill(float.NaN); // not even read
        Tensor h = tape.Input(new Shape(2, Width), requiresGradient: true);
        int* targets = stackalloc int[] { 3, -1 };
        float* weights = stackalloc float[] { 0, 1 };
        Tensor loss = tape.LinearCrossEntropy(h, weight, targets, weights, normalizer: 0);
        tape.Backward(loss);
        Assert.Equal(0, loss.Scalar);
        Assert.True(h.GradientValues.IsEmpty);
        Assert.All(weight.GradientValues.ToArray(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void A_loss_that_backward_does_not_start_from_is_refused()
    {
        Device device = new();
        using Tape tape = new(device);
        using Parameter weight = new(device, "output.weight", new Shape(Vocabulary, Width), ParameterRole.Head);
        weight.Allocate();
        Tensor h = tape.Input(new Shape(1, Width), requiresGradient: true);
        h.Values.Clear();
        int* targets = stackalloc int[] { 3 };
        float* weights = stackalloc float[] { 1 };
        Tensor loss = tape.LinearCrossEntropy(h, weight, targets, weights, normalizer: 1);
        Assert.Throws<InvalidOperationException>(() => tape.Backward(loss, [2]));
    }

    private static double Loss(double[] hidden, double[] head, int row, int target, float softCap)
    {
        if (target < 0)
        {
            return 0;
        }

        double[] logits = new double[Vocabulary];
        for (int v = 0; v < Vocabulary; v++)
        {
            for (int c = 0; c < Width; c++)
            {
                logits[v] += hidden[(row * Width) + c] * head[(v * Width) + c];
            }

            logits[v] = softCap > 0 ? softCap * Math.Tanh(logits[v] / softCap) : logits[v];
        }

        return Math.Log(logits.Sum(Math.Exp)) - logits[target];
    }
}
