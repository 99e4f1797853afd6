namespace Gestalt.World;

/// <summary>
/// The world's only source of chance: SplitMix64 (Steele, Lea and Flood, 2014), written out here so that a seed gives the same
/// world on every version of .NET, every processor and any number of threads.
/// </summary>
/// <remarks>
/// state += 0x9E3779B97F4A7C15; z = state; z = (z ^ z>>30) * 0xBF58476D1CE4E5B9; z = (z ^ z>>27) * 0x94D049BB133111EB; z ^= z>>31.
/// A stream is keyed by mixing its number into the seed, so page 17 can be written without writing the sixteen before it.
/// </remarks>
public struct Dice
{
    private ulong _state;

    /// <summary>Dice for stream number <paramref name="stream"/> of <paramref name="seed"/>.</summary>
    public Dice(ulong seed, ulong stream = 0) => _state = Mix(seed ^ Mix(stream + 0x632BE59BD9B4E019UL));

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>A number from 0 up to, but not including, <paramref name="count"/> (must be positive).</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)(uint)count) >> 32);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both possible.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="percent"/> of a hundred throws.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of <paramref name="items"/>, all equally likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Puts <paramref name="items"/> in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>The finalizer of SplitMix64: every input bit changes about half of the output bits.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
