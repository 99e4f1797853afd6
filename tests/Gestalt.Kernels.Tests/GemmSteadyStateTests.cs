namespace Gestalt.Kernels.Tests;

[Collection(AloneCollection.Name)]
public sealed class GemmSteadyStateTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(300)]
    public void A_product_like_one_before_allocates_nothing(int rows)
    {
        const int Products = 50;
        using var pool = new WorkerPool(2);
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            using var test = new GemmCase(false, true, rows, 300, 300, false, false, gap: 0, () => 1);
            GemmBackend backend = GemmBackend.For(precision);
            long allocated = Repeat(test, pool, backend);
            for (int attempt = 0; attempt < 20 && allocated > 0; attempt++)
            {
                allocated = Repeat(test, pool, backend);
            }

            // The runtime itself may allocate now and then, a product every time.
            Assert.True(allocated < Products * 24, $"{allocated} bytes in {Products} products");
        }

        static long Repeat(GemmCase test, WorkerPool pool, GemmBackend backend)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int run = 0; run < Products; run++)
            {
                Gemm.Multiply(pool, backend, test.Problem);
            }

            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }
}
