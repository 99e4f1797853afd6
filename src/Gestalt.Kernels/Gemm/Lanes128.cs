using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>4 lanes: SSE, Arm64 AdvSimd, and, slowly, every processor there is.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => 4;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static void Store(Vector128<float> vector, float* target) => vector.Store(target);

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) =>
        Vector128.MultiplyAddEstimate(left, right, sum);

    public static float Sum(Vector128<float> vector) => Vector128.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> RoundToBFloat16(Vector128<float> vector)
    {
        Vector128<uint> bits = vector.AsUInt32();
        Vector128<uint> rounded = bits + Vector128.Create(0x7FFFu) + ((bits >>> 16) & Vector128<uint>.One);
        Vector128<uint> kept = Vector128.ConditionalSelect(
            Vector128.Equals(vector, vector).AsUInt32(), rounded, bits | Vector128.Create(0x0040_0000u));
        return (kept & Vector128.Create(0xFFFF_0000u)).AsSingle();
    }

    /// <remarks>Two rounds of interleaving: of words, then of pairs of words.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn<TWords>(float* source, long stride, float* target, long targetStride)
        where TWords : struct, IWords<Vector128<float>>
    {
        long step = stride * TWords.RowsPerWord;
        Vector128<float> r0 = TWords.Read(source, stride);
        Vector128<float> r1 = TWords.Read(source + step, stride);
        Vector128<float> r2 = TWords.Read(source + (2 * step), stride);
        Vector128<float> r3 = TWords.Read(source + (3 * step), stride);
        Vector128<double> low01 = InterleaveLow(r0, r1).AsDouble();
        Vector128<double> high01 = InterleaveHigh(r0, r1).AsDouble();
        Vector128<double> low23 = InterleaveLow(r2, r3).AsDouble();
        Vector128<double> high23 = InterleaveHigh(r2, r3).AsDouble();
        Vector128.Create(low01.GetLower(), low23.GetLower()).AsSingle().Store(target);
        Vector128.Create(low01.GetUpper(), low23.GetUpper()).AsSingle().Store(target + targetStride);
        Vector128.Create(high01.GetLower(), high23.GetLower()).AsSingle().Store(target + (2 * targetStride));
        Vector128.Create(high01.GetUpper(), high23.GetUpper()).AsSingle().Store(target + (3 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : Vector128.Create(left[0], right[0], left[1], right[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : Vector128.Create(left[2], right[2], left[3], right[3]);
}
