namespace Gestalt.Kernels;

/// <content>The bits of the value.</content>
internal readonly unsafe partial struct Register32
{
    private uint Bits => BitConverter.SingleToUInt32Bits(_value);

    /// <inheritdoc/>
    /// <remarks>
    /// Byte by byte, little end first: .NET 10's compiler turns a 16-bit load whose value goes to a floating-point register into a 32-bit
    /// one, which reads past the end of the array.
    /// </remarks>
    public static Register32 LoadWords(ushort* source) => BroadcastBits(((byte*)source)[0] | ((uint)((byte*)source)[1] << 8));

    /// <inheritdoc/>
    public static Register32 BroadcastBits(uint bits) => new(BitConverter.UInt32BitsToSingle(bits));

    /// <inheritdoc/>
    public static Register32 AddBits(Register32 a, Register32 b) => BroadcastBits(a.Bits + b.Bits);

    /// <inheritdoc/>
    public static Register32 operator &(Register32 left, Register32 right) => BroadcastBits(left.Bits & right.Bits);

    /// <inheritdoc/>
    public static Register32 operator |(Register32 left, Register32 right) => BroadcastBits(left.Bits | right.Bits);

    /// <inheritdoc/>
    public static Register32 operator <<(Register32 value, int shiftAmount) => BroadcastBits(value.Bits << shiftAmount);

    /// <inheritdoc/>
    public static Register32 operator >>>(Register32 value, int shiftAmount) => BroadcastBits(value.Bits >>> shiftAmount);

    /// <inheritdoc/>
    public static Register32 WhereBitsAbove(Register32 a, Register32 b, Register32 then, Register32 otherwise) =>
        a.Bits > b.Bits ? then : otherwise;

    /// <inheritdoc/>
    public void StoreWords(ushort* target) => *target = (ushort)Bits;
}
