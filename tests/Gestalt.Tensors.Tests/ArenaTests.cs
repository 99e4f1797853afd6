namespace Gestalt.Tensors.Tests;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void Blocks_are_aligned_and_never_overlap()
    {
        using Arena arena = new(new Device());
        Random random = new(5);
        List<(nint Start, int Count)> live = [];
        for (int round = 0; round < 2000; round++)
        {
            if (live.Count > 0 && random.Next(5) < 2)
            {
                int chosen = random.Next(live.Count);
                AssertHolds(live[chosen]);
                arena.Return((float*)live[chosen].Start, live[chosen].Count);
                live.RemoveAt(chosen);
            }
            else
            {
                int count = random.Next(0, 300);
                float* block = arena.Take(count);
                Assert.Equal(0, (nint)block % 64);
                new Span<float>(block, count).Fill(live.Count == 0 ? 1 : (nint)block % 8191);
                live.Add(((nint)block, count));
                new Span<float>(block, count).Fill((nint)block % 8191);
            }
        }

        live.ForEach(AssertHolds);
    }

    [Fact]
    public void A_step_repeated_finds_its_blocks_at_the_same_addresses_in_one_chunk()
    {
        using Arena arena = new(new Device());
        Step(arena);
        arena.Reset();
        nint[] second = Step(arena);
        long capacity = arena.CapacityBytes;
        arena.Reset();
        Assert.Equal(second, Step(arena));
        Assert.Equal(capacity, arena.CapacityBytes);
    }

    [Fact]
    public void Returned_neighbours_become_one_block_again()
    {
        using Arena arena = new(new Device());
        float* whole = arena.Take(1024);
        arena.Return(whole, 1024);
        float* first = arena.Take(256);
        float* second = arena.Take(256);
        float* third = arena.Take(512);
        arena.Return(second, 256);
        arena.Return(first, 256);
        arena.Return(third, 512);
        Assert.Equal((nint)whole, (nint)arena.Take(1024));
        Assert.Equal(4096, arena.CapacityBytes);
    }

    [Fact]
    public void Memory_that_no_block_has_lain_in_is_taken_last()
    {
        using Arena arena = new(new Device());
        arena.Take(3000);
        arena.Take(100);
        arena.Reset();
        float* large = arena.Take(3000);
        arena.Take(1);
        arena.Return(large, 3000);

        // The gap is larger than what is left at the end, and costs nothing more.
        Assert.True(arena.CapacityBytes < 2 * 3000 * sizeof(float));
        Assert.Equal((nint)large, (nint)arena.Take(100));
    }

    private static void AssertHolds((nint Start, int Count) block) =>
        Assert.True(new ReadOnlySpan<float>((float*)block.Start, block.Count).IndexOfAnyExcept((float)(block.Start % 8191)) < 0);

    private static nint[] Step(Arena arena)
    {
        float* a = arena.Take(1000);
        float* b = arena.Take(3000);
        arena.Return(a, 1000);
        float* c = arena.Take(500);
        float* d = arena.Take(700);
        return [(nint)a, (nint)b, (nint)c, (nint)d];
    }
}
