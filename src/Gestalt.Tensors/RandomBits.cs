namespace Gestalt.Tensors;

/// <summary>
/// Random bits by counter: the same key and number always give the same bits, on any thread and however often they are asked for. The mixing is that of SplitMix64 (Steele et al.,
/// "Fast splittable pseudorandom number generators", 2014).
/// </summary>
public static class RandomBits
{
    /// <summary>64 bits.</summary>
    /// <param name="key">Chooses the stream.</param>
    /// <param name="number">Which of its draws.</param>
    public static ulong Of(ulong key, ulong number) => Mix(key + (number * 0x9E3779B97F4A7C15));

    /// <summary>A key of its own for a part of what another key stands for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="part">The part.</param>
    public static ulong Key(ulong key, ulong part) => Mix(Mix(key) ^ part);

    /// <summary>A uniform value in [-1, 1) with 24 bits.</summary>
    /// <param name="key">Chooses the stream.</param>
    /// <param name="number">Which of its draws.</param>
    public static float Uniform(ulong key, ulong number) => ((int)(Of(key, number) >> 40) - (1 << 23) + 0.5f) / (1 << 23);

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
