namespace Gestalt.Kernels;

/// <summary>
/// One width of SIMD vector of float32, so that the kernels are written once and the compiler makes 512, 256 and 128-bit versions of them.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>float32 values in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* target);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>left * right + sum, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    /// <summary>Sum over the lanes, in an order that does not depend on anything.</summary>
    static abstract float Sum(TVector vector);

    /// <summary>Rounds every lane to bfloat16 (nearest, ties to even; NaN stays NaN) and returns it as float32.</summary>
    static abstract TVector RoundToBFloat16(TVector vector);

    /// <summary>Reads a square block of words, as many on a side as there are lanes, and writes it transposed.</summary>
    /// <typeparam name="TWords">How the source is read.</typeparam>
    /// <param name="source">First value of the block.</param>
    /// <param name="stride">Distance between source rows, in values.</param>
    /// <param name="target">First word of the transposed block.</param>
    /// <param name="targetStride">Distance between its rows, in words.</param>
    static abstract void Turn<TWords>(float* source, long stride, float* target, long targetStride)
        where TWords : struct, IWords<TVector>;
}

/// <summary>
/// How float32 values become the 32-bit words that the micro-kernels multiply: one value a word, or two neighbours along k
/// rounded to bfloat16 and put in one word.
/// </summary>
/// <typeparam name="TVector">A vector of words.</typeparam>
internal unsafe interface IWords<TVector>
    where TVector : struct
{
    /// <summary>Source rows that go into one row of words.</summary>
    static abstract int RowsPerWord { get; }

    /// <summary>Source columns that go into one column of words.</summary>
    static abstract int ColumnsPerWord { get; }

    /// <summary>Reads one vector of words.</summary>
    static abstract TVector Read(float* source, long stride);
}
