using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>Conversions between float32 and the two 16-bit formats that model files use. Rounding is to nearest, ties to even.</summary>
/// <remarks>
/// <para>bfloat16 is the upper half of a float32: 8 exponent and 7 fraction bits. float16 (IEEE binary16) has 5 and 10, and below 2^-14 numbers that
/// are not normalised.</para>
/// <para>
/// For float16 the processor's own float32 arithmetic does the rounding, after the idea of Maratyszcza's FP16 library: adding a power of two 2^13
/// times as large as the last bit to keep rounds a number exactly there, and leaves its fraction in the low bits of the sum.
/// </para>
/// </remarks>
public static unsafe class Conversion
{
    private const float TwoTo112 = 5.192296858534828e+33f;
    private const float TwoToMinus110 = 7.703719777548943e-34f;
    private const float TwoToMinus112 = 1.925929944387236e-34f;

    /// <summary>Rounds to bfloat16. NaN stays NaN; values beyond the largest become infinite.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="source">Values.</param>
    /// <param name="target">Receives their 16-bit patterns.</param>
    /// <param name="count">How many.</param>
    public static void ToBFloat16(WorkerPool pool, float* source, ushort* target, long count) => Run<ToBFloat16Rule>(pool, source, target, count);

    /// <summary>Widens bfloat16, exactly.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="source">16-bit patterns.</param>
    /// <param name="target">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void FromBFloat16(WorkerPool pool, ushort* source, float* target, long count) => Run<FromBFloat16Rule>(pool, target, source, count);

    /// <summary>Rounds to float16. NaN stays NaN; values that round beyond 65,504 become infinite.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="source">Values.</param>
    /// <param name="target">Receives their 16-bit patterns.</param>
    /// <param name="count">How many.</param>
    public static void ToHalf(WorkerPool pool, float* source, ushort* target, long count) => Run<ToHalfRule>(pool, source, target, count);

    /// <summary>Widens float16, exactly.</summary>
    /// <param name="pool">Threads that share the work.</param>
    /// <param name="source">16-bit patterns.</param>
    /// <param name="target">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void FromHalf(WorkerPool pool, ushort* source, float* target, long count) => Run<FromHalfRule>(pool, target, source, count);

    private static void Run<TRule>(WorkerPool pool, float* floats, ushort* words, long count)
        where TRule : struct, IRule
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int parts = checked((int)((count + ElementLoop.Block - 1) / ElementLoop.Block));
        VectorWidth.Run(pool, parts, new Work<TRule>(floats, words, count));
    }

    private interface IRule
    {
        static abstract void Convert<R>(float* value, ushort* word)
            where R : struct, IRegister<R>;
    }

    private readonly struct Work<TRule>(float* floats, ushort* words, long count) : IVectorWork
        where TRule : struct, IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Execute<R>(int part)
            where R : struct, IRegister<R>
        {
            long i = (long)part * ElementLoop.Block;
            long end = Math.Min(count, i + ElementLoop.Block);
            for (; i <= end - R.Count; i += R.Count)
            {
                TRule.Convert<R>(floats + i, words + i);
            }

            for (; i < end; i++)
            {
                TRule.Convert<Register32>(floats + i, words + i);
            }
        }
    }

    private readonly struct ToBFloat16Rule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Convert<R>(float* value, ushort* word)
            where R : struct, IRegister<R>
        {
            R bits = R.Load(value);
            R odd = (bits >>> 16) & R.BroadcastBits(1);
            R rounded = R.AddBits(bits, R.AddBits(odd, R.BroadcastBits(0x7FFF)));
            R quiet = bits | R.BroadcastBits(0x0040_0000);
            R magnitude = bits & R.BroadcastBits(0x7FFF_FFFF);
            (R.WhereBitsAbove(magnitude, R.BroadcastBits(0x7F80_0000), quiet, rounded) >>> 16).StoreWords(word);
        }
    }

    private readonly struct FromBFloat16Rule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Convert<R>(float* value, ushort* word)
            where R : struct, IRegister<R> => (R.LoadWords(word) << 16).Store(value);
    }

    /// <summary>Rounds each lane to float16, whose bits are left in the low half of the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static R HalfWords<R>(R bits)
        where R : struct, IRegister<R>
    {
        R sign = (bits >>> 16) & R.BroadcastBits(0x8000);
        R magnitude = bits & R.BroadcastBits(0x7FFF_FFFF);

        // Up to 2^112 and back by 2^-110: what is too large for float16 becomes infinite on the way, the rest comes out 4 times as large.
        R four = magnitude * R.Broadcast(TwoTo112) * R.Broadcast(TwoToMinus110);

        // The rounding constant has the exponent of 4x plus 13 places, at least that of the smallest normal float16.
        R exponent = magnitude & R.BroadcastBits(0x7F80_0000);
        R lowest = R.BroadcastBits(0x3880_0000);
        exponent = R.WhereBitsAbove(lowest, exponent, lowest, exponent);
        R sum = R.AddBits(exponent, R.BroadcastBits(0x0780_0000)) + four;
        R half = R.AddBits((sum >>> 13) & R.BroadcastBits(0x7C00), sum & R.BroadcastBits(0x0FFF));
        half = R.WhereBitsAbove(magnitude, R.BroadcastBits(0x7F80_0000), R.BroadcastBits(0x7E00), half);
        return sign | half;
    }

    private readonly struct ToHalfRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Convert<R>(float* value, ushort* word)
            where R : struct, IRegister<R> => HalfWords(R.Load(value)).StoreWords(word);
    }

    private readonly struct FromHalfRule : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Convert<R>(float* value, ushort* word)
            where R : struct, IRegister<R>
        {
            R bits = R.LoadWords(word);
            R sign = (bits & R.BroadcastBits(0x8000)) << 16;
            R magnitude = bits & R.BroadcastBits(0x7FFF);

            // Normal numbers: the fields move into place, the exponent's offset is made up by a product that also keeps infinity and NaN.
            R normal = R.AddBits(magnitude << 13, R.BroadcastBits(0x7000_0000)) * R.Broadcast(TwoToMinus112);

            // Others: fraction * 2^-24, by putting the fraction behind the point of 0.5 and taking 0.5 away.
            R small = (magnitude | R.BroadcastBits(0x3F00_0000)) - R.Broadcast(0.5f);
            (sign | R.WhereBitsAbove(magnitude, R.BroadcastBits(0x03FF), normal, small)).Store(value);
        }
    }
}
