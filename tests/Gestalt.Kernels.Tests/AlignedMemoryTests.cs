namespace Gestalt.Kernels.Tests;

public sealed unsafe class AlignedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(4097)]
    [InlineData(5 << 20)]
    public void A_block_is_aligned_zeroed_and_as_long_as_asked(int bytes)
    {
        using var memory = new AlignedMemory(bytes);
        Assert.Equal(bytes, memory.Bytes);
        Assert.Equal(0, (nint)memory.Pointer % AlignedMemory.Alignment);
        Assert.Equal(bytes, memory.AsSpan<byte>().Length);
        Assert.False(memory.AsSpan<byte>().ContainsAnyExcept((byte)0));
        memory.AsSpan<byte>().Fill(1);
    }

    [Fact]
    public void Memory_used_before_comes_back_zeroed()
    {
        for (int round = 0; round < 100; round++)
        {
            using AlignedMemory memory = AlignedMemory.OfFloats(1000);
            Assert.False(memory.AsSpan<float>().ContainsAnyExcept(0f));
            memory.AsSpan<float>().Fill(3);
        }
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedMemory(-1));
        Assert.Throws<OverflowException>(() => AlignedMemory.OfFloats(long.MaxValue / 2));
        var memory = new AlignedMemory(64);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.AsSpan<float>());
        Assert.Throws<ObjectDisposedException>(() => (nint)memory.Floats);
    }
}
