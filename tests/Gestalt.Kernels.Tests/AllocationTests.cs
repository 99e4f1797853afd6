using Gestalt.Kernels.Tests.Support;

namespace Gestalt.Kernels.Tests;

public sealed unsafe class AllocationTests
{
    [Fact]
    public void Nothing_is_allocated_once_the_working_memory_has_grown()
    {
        const int Rows = 300;
        const int Width = 96;
        using var pool = new WorkerPool(1);
        var random = new Random(1);
        using Guarded<float> x = new(Numbers.Normal(random, Rows * Width));
        using Guarded<float> y = new(Numbers.Normal(random, Rows * Width));
        using Guarded<float> z = new(Rows * Width);
        using Guarded<float> sums = new(Rows);
        using Guarded<float> gain = new(Width);
        using Guarded<int> ids = new(Rows);
        using Guarded<float> workspace = new((int)Muon.WorkspaceLength(Rows, Width));
        var whole = new AttentionShape(3, 100, 100, 100, 3, 1, 32, 0.2f);
        var decode = new AttentionShape(3, 1, 100, 100, 3, 3, 32, 0.2f);
        using Guarded<float> keys = new(3 * 100 * 96);

        void Everything()
        {
            RmsNorm.Forward(pool, x.Pointer, gain.Pointer, y.Pointer, sums.Pointer, Rows, Width, 1e-5f);
            RmsNorm.Backward(pool, y.Pointer, x.Pointer, gain.Pointer, sums.Pointer, z.Pointer, gain.Pointer, Rows, Width);
            LayerNorm.Backward(pool, y.Pointer, x.Pointer, null, sums.Pointer, sums.Pointer, z.Pointer, gain.Pointer, gain.Pointer, Rows, Width);
            GatedLinearUnit.Forward(pool, GateKind.Silu, x.Pointer, y.Pointer, z.Pointer, Rows * Width);
            CrossEntropy.Rows(pool, y.Pointer, ids.Pointer, null, sums.Pointer, Rows, Width, 1, withGradient: true);
            Embedding.Backward(pool, ids.Pointer, x.Pointer, y.Pointer, Rows, Width, Rows);
            Norms.SumOfSquares(pool, x.Pointer, Rows * Width);
            Norms.AllFinite(pool, x.Pointer, Rows * Width);
            AdamW.Step(pool, x.Pointer, y.Pointer, z.Pointer, keys.Pointer, Rows * Width, 1e-3f, 0.9f, 0.95f, 1e-8f, 0, 1, 1);
            Muon.Step(pool, Precision.Float32, x.Pointer, y.Pointer, z.Pointer, workspace.Pointer, Rows, Width, 1e-3f, 0.9f, 0, 1);
            Kernels.Attention.Forward(pool, whole, x.Pointer, keys.Pointer, keys.Pointer, y.Pointer, workspace.Pointer, null);
            Kernels.Attention.Backward(
                pool, whole, x.Pointer, keys.Pointer, keys.Pointer, y.Pointer, workspace.Pointer, null, x.Pointer, z.Pointer, keys.Pointer, keys.Pointer);
            Kernels.Attention.Forward(pool, decode, x.Pointer, keys.Pointer, keys.Pointer, y.Pointer, null, null);
        }

        Everything();
        Everything();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Everything();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
