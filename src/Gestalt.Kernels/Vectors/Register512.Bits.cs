using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Kernels;

/// <content>The bits of the values.</content>
internal readonly unsafe partial struct Register512
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 LoadWords(ushort* source) => new(Vector512.WidenLower(Vector256.Load(source).ToVector512Unsafe()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 BroadcastBits(uint bits) => new(Vector512.Create(bits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 AddBits(Register512 a, Register512 b) => new((a._value.AsUInt32() + b._value.AsUInt32()).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator &(Register512 left, Register512 right) => new(left._value & right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator |(Register512 left, Register512 right) => new(left._value | right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator <<(Register512 value, int shiftAmount) => new((value._value.AsUInt32() << shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 operator >>>(Register512 value, int shiftAmount) => new((value._value.AsUInt32() >>> shiftAmount).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 WhereBitsAbove(Register512 a, Register512 b, Register512 then, Register512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value.AsUInt32(), b._value.AsUInt32()).AsSingle(), then._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWords(ushort* target)
    {
        // Narrowing saturates on no processor here: .NET's Narrow keeps the low half of each lane.
        Vector512<uint> words = _value.AsUInt32();
        Vector512.Narrow(words, words).GetLower().Store(target);
    }
}
