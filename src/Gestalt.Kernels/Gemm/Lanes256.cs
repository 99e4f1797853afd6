using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>8 lanes: AVX2 and FMA.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => 8;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    public static void Store(Vector256<float> vector, float* target) => vector.Store(target);

    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;

    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> sum) =>
        Vector256.MultiplyAddEstimate(left, right, sum);

    public static float Sum(Vector256<float> vector) => Vector256.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> RoundToBFloat16(Vector256<float> vector)
    {
        Vector256<uint> bits = vector.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One);
        Vector256<uint> kept = Vector256.ConditionalSelect(
            Vector256.Equals(vector, vector).AsUInt32(), rounded, bits | Vector256.Create(0x0040_0000u));
        return (kept & Vector256.Create(0xFFFF_0000u)).AsSingle();
    }

    /// <remarks>As in <see cref="Lanes512"/>: 4×4 blocks within the 128-bit halves, then the halves themselves: 24 shuffles for 64 words.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn<TWords>(float* source, long stride, float* target, long targetStride)
        where TWords : struct, IWords<Vector256<float>>
    {
        TurnWithinHalves<TWords>(source, stride, 0, out var a0, out var a1, out var a2, out var a3);
        TurnWithinHalves<TWords>(source, stride, 4, out var b0, out var b1, out var b2, out var b3);
        TurnHalves(a0, b0, target, targetStride);
        TurnHalves(a1, b1, target + targetStride, targetStride);
        TurnHalves(a2, b2, target + (2 * targetStride), targetStride);
        TurnHalves(a3, b3, target + (3 * targetStride), targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnWithinHalves<TWords>(
        float* source, long stride, int row,
        out Vector256<double> column0, out Vector256<double> column1, out Vector256<double> column2, out Vector256<double> column3)
        where TWords : struct, IWords<Vector256<float>>
    {
        long step = stride * TWords.RowsPerWord;
        source += row * step;
        Vector256<float> r0 = TWords.Read(source, stride);
        Vector256<float> r1 = TWords.Read(source + step, stride);
        Vector256<float> r2 = TWords.Read(source + (2 * step), stride);
        Vector256<float> r3 = TWords.Read(source + (3 * step), stride);
        Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble();
        Vector256<double> high01 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble();
        Vector256<double> high23 = Avx.UnpackHigh(r2, r3).AsDouble();
        column0 = Avx.UnpackLow(low01, low23);
        column1 = Avx.UnpackHigh(low01, low23);
        column2 = Avx.UnpackLow(high01, high23);
        column3 = Avx.UnpackHigh(high01, high23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnHalves(Vector256<double> a, Vector256<double> b, float* target, long targetStride)
    {
        Avx.Permute2x128(a, b, 0x20).AsSingle().Store(target);
        Avx.Permute2x128(a, b, 0x31).AsSingle().Store(target + (4 * targetStride));
    }
}
