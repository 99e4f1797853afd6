using System.Numerics;

namespace Gestalt.Inference;

/// <summary>
/// The random numbers of sampling: xoshiro256++ 1.0 (Blackman and Vigna, arXiv 1805.01407), seeded through SplitMix64 as its authors
/// advise. Ours rather than .NET's, because a seed has to give the same text on every version and machine, and its state has to be saved.
/// </summary>
public struct Xoshiro256
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>A generator for a seed; nearby seeds give unrelated streams.</summary>
    /// <param name="seed">Any number.</param>
    public Xoshiro256(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>A generator for one of many streams of the same seed, such as the rows of a batch.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="stream">Which stream.</param>
    public static Xoshiro256 ForStream(ulong seed, ulong stream)
    {
        ulong mixed = seed;
        return new Xoshiro256(SplitMix(ref mixed) ^ (stream * 0xD1342543DE82EF95));
    }

    /// <summary>The four words from which the generator goes on; not all may be zero.</summary>
    /// <exception cref="ArgumentException">All words are zero: the generator would never leave that state.</exception>
    public (ulong A, ulong B, ulong C, ulong D) State
    {
        readonly get => (_a, _b, _c, _d);
        set => (_a, _b, _c, _d) = (value.A | value.B | value.C | value.D) != 0
            ? value
            : throw new ArgumentException("a state of zeros yields nothing but zeros", nameof(value));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_a + _d, 23) + _a;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number in [0, 1), all 53 bits of it random.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private static ulong SplitMix(ref ulong state)
    {
        ulong mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
