namespace Gestalt.Inference.Tests;

public sealed class Xoshiro256Tests
{
    [Fact]
    public void Its_numbers_are_those_of_the_reference()
    {
        var random = new Xoshiro256 { State = (1, 2, 3, 4) };
        ulong[] expected =
        [
            41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205, 9973669472204895162,
            14011001112246962877, 12406186145184390807, 15849039046786891736, 10450023813501588000,
        ];
        Assert.Equal(expected, Enumerable.Range(0, 10).Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void Seeds_go_through_SplitMix64_of_the_reference() =>
        Assert.Equal((6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL), new Xoshiro256(1234567).State);

    [Fact]
    public void A_saved_state_goes_on_with_the_same_numbers()
    {
        var random = new Xoshiro256(3);
        random.NextUInt64();
        var restored = new Xoshiro256 { State = random.State };
        Assert.Equal(random.NextUInt64(), restored.NextUInt64());
        Assert.Throws<ArgumentException>(() => restored.State = default);
    }

    [Fact]
    public void Doubles_fill_zero_to_one_evenly()
    {
        var random = new Xoshiro256(9);
        var counts = new int[64];
        for (int i = 0; i < 64_000; i++)
            counts[(int)(random.NextDouble() * counts.Length)]++;
        double chiSquare = counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000);
        Assert.InRange(chiSquare, 30, 115); // 63 degrees of freedom: outside with a chance below 1 in 10,000
    }

    [Fact]
    public void Streams_of_one_seed_differ()
    {
        var first = Enumerable.Range(0, 1000).Select(stream => Xoshiro256.ForStream(7, (ulong)stream).State.A).ToHashSet();
        Assert.Equal(1000, first.Count);
        Assert.NotEqual(Xoshiro256.ForStream(7, 0).State, Xoshiro256.ForStream(8, 0).State);
    }
}
