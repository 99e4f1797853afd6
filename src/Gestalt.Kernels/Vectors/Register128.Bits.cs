using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <content>The bits of the values.</content>
internal readonly unsafe partial struct Register128
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 LoadWords(ushort* source) => new(Vector128.WidenLower(Vector64.Load(source).ToVector128Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 BroadcastBits(uint bits) => new(Vector128.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 AddBits(Register128 a, Register128 b) => new((a._value.AsUInt32() + b._value.AsUInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 operator &(Register128 left, Register128 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 operator |(Register128 left, Register128 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 operator <<(Register128 value, int shiftAmount) => new((value._value.AsUInt32() << shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 operator >>>(Register128 value, int shiftAmount) => new((value._value.AsUInt32() >>> shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128 WhereBitsAbove(Register128 a, Register128 b, Register128 then, Register128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle(), then._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target)
    {
        // Narrowing saturates on no processor here: .NET's Narrow keeps the low half of each lane.
        Vector128<uint> words = _value.AsUInt32();
        Vector128.Narrow(words, words).GetLower().Store(target);
    }
}
