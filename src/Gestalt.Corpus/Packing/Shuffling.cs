namespace Gestalt.Corpus;

/// <summary>A small random number generator (SplitMix64) whose stream depends on the seed, the epoch and a purpose alone.</summary>
internal struct Shuffling(ulong seed, int epoch, ulong purpose)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state = TextView.Mix(seed + (Step * (ulong)(epoch + 1)) + (purpose << 32));

    /// <summary>A number from 0 to <paramref name="bound"/> - 1, each equally likely (Lemire's method, arXiv 1805.10941).</summary>
    public int Below(int bound)
    {
        while (true)
        {
            uint value = (uint)(TextView.Mix(state += Step) >> 32);
            ulong product = (ulong)value * (uint)bound;
            if ((uint)product >= (uint)bound || (uint)product >= (uint)-bound % (uint)bound)
                return (int)(product >> 32);
        }
    }

    /// <summary>Puts items in random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
