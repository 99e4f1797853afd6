using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <summary>A word is a float32 value as it is.</summary>
internal readonly unsafe struct Float32Words<TLanes, TVector> : IWords<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static int RowsPerWord => 1;

    public static int ColumnsPerWord => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Read(float* source, long stride) => TLanes.Load(source);
}

/// <summary>A word is a float32 value rounded to bfloat16: the product of two is exact, as in the processors that multiply bfloat16.</summary>
internal readonly unsafe struct RoundedWords<TLanes, TVector> : IWords<TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    public static int RowsPerWord => 1;

    public static int ColumnsPerWord => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Read(float* source, long stride) => TLanes.RoundToBFloat16(TLanes.Load(source));
}

/// <summary>A word is two bfloat16 from neighbouring columns of the source: k runs along the rows.</summary>
internal readonly unsafe struct PairsAlong : IWords<Vector512<float>>
{
    public static int RowsPerWord => 1;

    public static int ColumnsPerWord => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Read(float* source, long stride)
    {
        Vector512<uint> first = Lanes512.RoundToBFloat16(Vector512.Load(source)).AsUInt32() >>> 16;
        Vector512<uint> second = Lanes512.RoundToBFloat16(Vector512.Load(source + 16)).AsUInt32() >>> 16;
        return Vector512.Narrow(first, second).AsSingle();
    }
}

/// <summary>A word is two bfloat16 from neighbouring rows of the source: k runs down the columns.</summary>
internal readonly unsafe struct PairsAcross : IWords<Vector512<float>>
{
    public static int RowsPerWord => 2;

    public static int ColumnsPerWord => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Read(float* source, long stride)
    {
        Vector512<uint> first = Lanes512.RoundToBFloat16(Vector512.Load(source)).AsUInt32();
        Vector512<uint> second = Lanes512.RoundToBFloat16(Vector512.Load(source + stride)).AsUInt32();
        return ((first >>> 16) | second).AsSingle();
    }
}
