using System.Numerics;

namespace Gestalt.Kernels;

/// <summary>
/// A register of float32 values that are worked on together. Every kernel of this project except the matrix product is written once,
/// over this interface, and compiled for each width: 16 values (<see cref="Register512"/>), 8, 4 or a single one.
/// </summary>
/// <remarks>
/// SIMD for a stranger: a processor with 512-bit registers adds 16 pairs of floats in the time of one. Each of the 16 positions is a
/// lane; lanes do not see each other unless <see cref="Sum"/> or <see cref="Maximum"/> is called. So <c>y = a * x + b</c> over an
/// array becomes: load 16 values of x, multiply and add all of them, store 16 values of y, go on 16 further. The last few values that do not
/// fill a register are loaded with <see cref="LoadPartial"/>, which neither reads nor writes memory past the end.
/// </remarks>
/// <typeparam name="TSelf">The implementing register type.</typeparam>
internal unsafe interface IRegister<TSelf> :
    IAdditionOperators<TSelf, TSelf, TSelf>,
    ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>,
    IDivisionOperators<TSelf, TSelf, TSelf>,
    IRegisterBits<TSelf>
    where TSelf : struct, IRegister<TSelf>
{
    /// <summary>How many values a register holds.</summary>
    static abstract int Count { get; }

    /// <summary>Whether the processor names 32 such registers rather than 16, so that larger tiles fit.</summary>
    static abstract bool HasThirtyTwoRegisters { get; }

    /// <summary>All lanes zero.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>The same value in all lanes.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Reads <see cref="Count"/> values; the address need not be aligned.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Reads the first <paramref name="count"/> lanes, fewer than <see cref="Count"/>; the others become zero.</summary>
    static abstract TSelf LoadPartial(float* source, int count);

    /// <summary>Writes all lanes.</summary>
    void Store(float* target);

    /// <summary>Writes the first <paramref name="count"/> lanes, fewer than <see cref="Count"/>.</summary>
    void StorePartial(float* target, int count);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger lane of each pair; where either is NaN, <paramref name="b"/>.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller lane of each pair; where either is NaN, <paramref name="b"/>.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>Square root.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Nearest whole number, ties to even.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>value * 2^exponent, for whole exponents from -126 to 127.</summary>
    static abstract TSelf ScaleByPowerOfTwo(TSelf value, TSelf exponent);

    /// <summary>Where a >= b the lane of <paramref name="then"/>, else (also for NaN) that of <paramref name="otherwise"/>.</summary>
    static abstract TSelf WhereAtLeast(TSelf a, TSelf b, TSelf then, TSelf otherwise);

    /// <summary>The first <paramref name="count"/> lanes of the value and zero in the others; <paramref name="count"/> may exceed the lanes.</summary>
    static abstract TSelf First(TSelf value, int count);

    /// <summary>The sum of all lanes, in an order that depends only on the width.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>Writes the sums of four registers one behind the other, cheaper than four calls of <see cref="Sum"/>.</summary>
    static abstract void StoreSums(TSelf a, TSelf b, TSelf c, TSelf d, float* target);

    /// <summary>The largest lane.</summary>
    static abstract float Maximum(TSelf value);

    /// <summary>Writes a block of <see cref="Count"/> rows and columns transposed. Strides are in elements.</summary>
    static abstract void Transpose(float* source, long sourceStride, float* target, long targetStride);
}
