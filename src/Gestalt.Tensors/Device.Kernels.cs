using System.Diagnostics;
using Gestalt.Kernels;

namespace Gestalt.Tensors;

/// <content>The kernels, as operations see them: pointers into this device's memory, sizes, and nothing about threads.</content>
public sealed unsafe partial class Device
{
    /// <summary>C(m,n) = op(A)(m,k) op(B)(k,n), plus C if <paramref name="accumulate"/>, plus <paramref name="bias"/>(n) if there is one.</summary>
    internal void Multiply(bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc,
        bool accumulate = false, float* bias = null)
    {
        long start = Start();
        Gemm.Multiply(Pool, Precision, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate, bias);
        Stop(KernelKind.MatrixProduct, start, 2.0 * m * n * k);
    }

    /// <summary>The same with weights as a file stores them, several that share x at once.</summary>
    internal void MultiplyStored(ReadOnlySpan<StoredMatrix> weights, float* x, int m, ReadOnlySpan<StoredOutput> outputs, bool accumulate)
    {
        long start = Start();
        StoredProduct.MultiplyMany(Pool, weights, x, m, weights[0].Columns, outputs, accumulate);
        double values = 0;
        foreach (StoredMatrix weight in weights)
        {
            values += (double)weight.Rows * weight.Columns;
        }

        Stop(KernelKind.MatrixProduct, start, 2 * m * values);
    }

    internal void AttentionForward(in AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart)
    {
        long start = Start();
        Attention.Forward(Pool, shape, q, k, v, o, logSumExp, keyStart);
        Stop(KernelKind.AttentionForward, start, AttentionOperations(shape));
    }

    internal void AttentionBackward(in AttentionShape shape, float* q, float* k, float* v, float* o, float* logSumExp, int* keyStart,
        float* dO, float* dQ, float* dK, float* dV, bool accumulate)
    {
        long start = Start();
        Attention.Backward(Pool, shape, q, k, v, o, logSumExp, keyStart, dO, dQ, dK, dV, accumulate);
        Stop(KernelKind.AttentionBackward, start, 2 * AttentionOperations(shape));
    }

    internal void RmsNormForward(float* x, float* gain, float* y, float* inverseRms, int rows, int width, float epsilon)
    {
        long start = Start();
        RmsNorm.Forward(Pool, x, gain, y, inverseRms, rows, width, epsilon);
        Stop(KernelKind.Norm, start);
    }

    internal void RmsNormBackward(float* dy, float* x, float* gain, float* inverseRms, float* dx, float* dGain, int rows, int width,
        bool accumulate)
    {
        long start = Start();
        RmsNorm.Backward(Pool, dy, x, gain, inverseRms, dx, dGain, rows, width, accumulate);
        Stop(KernelKind.Norm, start);
    }

    internal void LayerNormForward(float* x, float* gain, float* bias, float* y, float* mean, float* inverseDeviation, int rows, int width,
        float epsilon)
    {
        long start = Start();
        LayerNorm.Forward(Pool, x, gain, bias, y, mean, inverseDeviation, rows, width, epsilon);
        Stop(KernelKind.Norm, start);
    }

    internal void LayerNormBackward(float* dy, float* x, float* gain, float* mean, float* inverseDeviation, float* dx, float* dGain,
        float* dBias, int rows, int width, bool accumulate)
    {
        long start = Start();
        LayerNorm.Backward(Pool, dy, x, gain, mean, inverseDeviation, dx, dGain, dBias, rows, width, accumulate);
        Stop(KernelKind.Norm, start);
    }

    internal void RotaryApply(float* x, float* y, int* positions, RotaryTable table, int tokens, int heads, bool inverse)
    {
        long start = Start();
        if (table.Pairs == RotaryPairs.Halves)
        {
            Kernels.Rotary.Apply(Pool, x, y, positions, table.Cosines, table.Sines, tokens, heads, table.HeadWidth, inverse, accumulate: false, table.RotatedWidth);
        }
        else
        {
            RotaryNeighbours.Apply(Pool, x, y, positions, table.Cosines, table.Sines, tokens, heads, table.HeadWidth, table.RotatedWidth, inverse);
        }

        Stop(KernelKind.Rotary, start);
    }

    internal void GatedForward(GateKind kind, float* gate, float* up, float* y, long count)
    {
        long start = Start();
        GatedLinearUnit.Forward(Pool, kind, gate, up, y, count);
        Stop(KernelKind.Activation, start);
    }

    internal void GatedBackward(GateKind kind, float* dy, float* gate, float* up, float* dGate, float* dUp, long count, bool accumulate)
    {
        long start = Start();
        GatedLinearUnit.Backward(Pool, kind, dy, gate, up, dGate, dUp, count, accumulate);
        Stop(KernelKind.Activation, start);
    }

    internal void GeluForward(float* x, float* y, long count)
    {
        long start = Start();
        Gelu.Forward(Pool, x, y, count);
        Stop(KernelKind.Activation, start);
    }

    internal void GeluBackward(float* dy, float* x, float* dx, long count, bool accumulate)
    {
        long start = Start();
        Gelu.Backward(Pool, dy, x, dx, count, accumulate);
        Stop(KernelKind.Activation, start);
    }

    internal void SquaredReluForward(float* x, float* y, long count)
    {
        long start = Start();
        SquaredRelu.Forward(Pool, x, y, count);
        Stop(KernelKind.Activation, start);
    }

    internal void SquaredReluBackward(float* dy, float* x, float* dx, long count, bool accumulate)
    {
        long start = Start();
        SquaredRelu.Backward(Pool, dy, x, dx, count, accumulate);
        Stop(KernelKind.Activation, start);
    }

    internal void SoftCapForward(float* x, float* y, long count, float cap)
    {
        long start = Start();
        Elementwise.SoftCap(Pool, x, y, cap, count);
        Stop(KernelKind.Activation, start);
    }

    internal void SoftCapBackward(float* dy, float* y, float* dx, long count, float cap)
    {
        long start = Start();
        Elementwise.SoftCapBackward(Pool, dy, y, dx, cap, count);
        Stop(KernelKind.Activation, start);
    }

    internal void CrossEntropyRows(float* logits, int* targets, float* weights, float* losses, int rows, int vocabulary, float scale,
        bool withGradient, float softCap)
    {
        long start = Start();
        CrossEntropy.Rows(Pool, logits, targets, weights, losses, rows, vocabulary, scale, withGradient, softCap);
        Stop(KernelKind.CrossEntropy, start);
    }

    internal void EmbeddingForward(int* ids, float* table, float* y, int tokens, int width)
    {
        long start = Start();
        Embedding.Forward(Pool, ids, table, y, tokens, width);
        Stop(KernelKind.Embedding, start);
    }

    internal void EmbeddingBackward(int* ids, float* dy, float* dTable, int tokens, int width, int vocabulary)
    {
        long start = Start();
        Embedding.Backward(Pool, ids, dy, dTable, tokens, width, vocabulary);
        Stop(KernelKind.Embedding, start);
    }

    internal void Add(float* a, float* b, float* y, long count)
    {
        long start = Start();
        Elementwise.Add(Pool, a, b, y, count);
        Stop(KernelKind.Elementwise, start);
    }

    internal void AddInPlace(float* y, float* x, long count)
    {
        long start = Start();
        Elementwise.AddInPlace(Pool, y, x, count);
        Stop(KernelKind.Elementwise, start);
    }

    internal void Scale(float* x, float factor, long count)
    {
        long start = Start();
        Elementwise.Scale(Pool, x, factor, count);
        Stop(KernelKind.Elementwise, start);
    }

    internal void AddScaled(float* y, float* x, float factor, long count)
    {
        long start = Start();
        Elementwise.AddScaled(Pool, y, x, factor, count);
        Stop(KernelKind.Elementwise, start);
    }

    internal void BiasGradient(float* dy, float* dBias, int rows, int width)
    {
        long start = Start();
        Elementwise.BiasGradient(Pool, dy, dBias, rows, width);
        Stop(KernelKind.Elementwise, start);
    }

    internal void Clear(float* x, long count)
    {
        long start = Start();
        Elementwise.Fill(Pool, x, 0, count);
        Stop(KernelKind.Elementwise, start);
    }

    /// <summary>Copies values that do not overlap.</summary>
    internal void Copy(float* from, float* to, long count)
    {
        long start = Start();
        Elementwise.Copy(Pool, from, to, count);
        Stop(KernelKind.Elementwise, start);
    }

    /// <summary>Forward operations of attention: two products over the keys that a query sees, half of them for a full causal square.</summary>
    private static double AttentionOperations(in AttentionShape s)
    {
        double keysPerQuery = s.Keys - ((s.Queries - 1) / 2.0);
        return 4.0 * s.Batch * s.Heads * s.Queries * keysPerQuery * s.HeadWidth;
    }

    private long Start() => Profile is null ? 0 : Stopwatch.GetTimestamp();

    private void Stop(KernelKind kind, long start, double operations = 0) =>
        Profile?.Add(kind, Stopwatch.GetTimestamp() - start, operations);
}
