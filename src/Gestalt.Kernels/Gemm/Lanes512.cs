using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>16 lanes: AVX-512.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => 16;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static void Store(Vector512<float> vector, float* target) => vector.Store(target);

    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;

    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) =>
        Vector512.MultiplyAddEstimate(left, right, sum);

    public static float Sum(Vector512<float> vector) => Vector512.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> RoundToBFloat16(Vector512<float> vector)
    {
        Vector512<uint> bits = vector.AsUInt32();
        Vector512<uint> rounded = bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
        Vector512<uint> kept = Vector512.ConditionalSelect(
            Vector512.Equals(vector, vector).AsUInt32(), rounded, bits | Vector512.Create(0x0040_0000u));
        return (kept & Vector512.Create(0xFFFF_0000u)).AsSingle();
    }

    /// <remarks>
    /// Sixteen rows are taken four at a time. Seen in 128-bit quarters each four are four 4×4 blocks, transposed at once by two rounds
    /// of interleaving; transposing the 4×4 blocks of whole quarters then completes the 16×16 transpose: 64 shuffles for 256 words.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn<TWords>(float* source, long stride, float* target, long targetStride)
        where TWords : struct, IWords<Vector512<float>>
    {
        TurnWithinQuarters<TWords>(source, stride, 0, out var a0, out var a1, out var a2, out var a3);
        TurnWithinQuarters<TWords>(source, stride, 4, out var b0, out var b1, out var b2, out var b3);
        TurnWithinQuarters<TWords>(source, stride, 8, out var c0, out var c1, out var c2, out var c3);
        TurnWithinQuarters<TWords>(source, stride, 12, out var d0, out var d1, out var d2, out var d3);
        TurnQuarters(a0, b0, c0, d0, target, targetStride);
        TurnQuarters(a1, b1, c1, d1, target + targetStride, targetStride);
        TurnQuarters(a2, b2, c2, d2, target + (2 * targetStride), targetStride);
        TurnQuarters(a3, b3, c3, d3, target + (3 * targetStride), targetStride);
    }

    /// <summary>From rows r to r+3: out_i holds in its quarter q the column 4q+i of those four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnWithinQuarters<TWords>(
        float* source, long stride, int row,
        out Vector512<double> column0, out Vector512<double> column1, out Vector512<double> column2, out Vector512<double> column3)
        where TWords : struct, IWords<Vector512<float>>
    {
        long step = stride * TWords.RowsPerWord;
        source += row * step;
        Vector512<float> r0 = TWords.Read(source, stride);
        Vector512<float> r1 = TWords.Read(source + step, stride);
        Vector512<float> r2 = TWords.Read(source + (2 * step), stride);
        Vector512<float> r3 = TWords.Read(source + (3 * step), stride);
        Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        Vector512<double> high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        Vector512<double> high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        column0 = Avx512F.UnpackLow(low01, low23);
        column1 = Avx512F.UnpackHigh(low01, low23);
        column2 = Avx512F.UnpackLow(high01, high23);
        column3 = Avx512F.UnpackHigh(high01, high23);
    }

    /// <summary>Transposes the 4×4 matrix of quarters and writes it to every fourth target row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnQuarters(
        Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d, float* target, long targetStride)
    {
        // The control byte picks quarters (first, second) of the left and (third, fourth) of the right operand, two bits each.
        Vector512<double> low01 = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00);
        Vector512<double> high01 = Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        Vector512<double> low23 = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00);
        Vector512<double> high23 = Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        Avx512F.Shuffle4x128(low01, low23, 0b10_00_10_00).AsSingle().Store(target);
        Avx512F.Shuffle4x128(low01, low23, 0b11_01_11_01).AsSingle().Store(target + (4 * targetStride));
        Avx512F.Shuffle4x128(high01, high23, 0b10_00_10_00).AsSingle().Store(target + (8 * targetStride));
        Avx512F.Shuffle4x128(high01, high23, 0b11_01_11_01).AsSingle().Store(target + (12 * targetStride));
    }
}
