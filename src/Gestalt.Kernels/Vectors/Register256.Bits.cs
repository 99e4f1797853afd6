using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <content>The bits of the values.</content>
internal readonly unsafe partial struct Register256
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 LoadWords(ushort* source) => new(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 BroadcastBits(uint bits) => new(Vector256.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 AddBits(Register256 a, Register256 b) => new((a._value.AsUInt32() + b._value.AsUInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator &(Register256 left, Register256 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator |(Register256 left, Register256 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator <<(Register256 value, int shiftAmount) => new((value._value.AsUInt32() << shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 operator >>>(Register256 value, int shiftAmount) => new((value._value.AsUInt32() >>> shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 WhereBitsAbove(Register256 a, Register256 b, Register256 then, Register256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle(), then._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target)
    {
        // Narrowing saturates on no processor here: .NET's Narrow keeps the low half of each lane.
        Vector256<uint> words = _value.AsUInt32();
        Vector256.Narrow(words, words).GetLower().Store(target);
    }
}
