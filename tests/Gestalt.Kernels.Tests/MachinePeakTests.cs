namespace Gestalt.Kernels.Tests;

[Collection(AloneCollection.Name)]
public sealed class MachinePeakTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void Ceilings_are_plausible_and_a_product_stays_below_its_own()
    {
        using var one = new WorkerPool(1);
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            // From a core that hardly gets a turn to several times the fastest core of 2026.
            Assert.InRange(MachinePeak.MultiplyRate(one, precision), 1e7, 1e13);
        }

        Assert.InRange(MachinePeak.ReadBandwidth(one), 1e7, 1e12);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Wider_vectors_are_faster()
    {
        using var one = new WorkerPool(1);
        GemmBackend? wide = GemmBackend.TryGet(Precision.Float32, GemmInstructions.Vector256);
        GemmBackend? narrow = GemmBackend.TryGet(Precision.Float32, GemmInstructions.Vector128);
        Assert.SkipWhen(wide is null, "this machine has no 256-bit vectors");
        Assert.True(MachinePeak.MultiplyRate(one, wide!) > 1.3 * MachinePeak.MultiplyRate(one, narrow!));
    }
}
