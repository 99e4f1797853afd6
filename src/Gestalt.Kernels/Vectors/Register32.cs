using System.Runtime.CompilerServices;

namespace Gestalt.Kernels;

/// <summary>One value: the plain arithmetic of processors without vectors, and the simplest thing to compare the wider ones with.</summary>
internal readonly unsafe partial struct Register32(float value) : IRegister<Register32>
{
    private readonly float _value = value;

    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static bool HasThirtyTwoRegisters => false;

    /// <inheritdoc/>
    public static Register32 Zero => default;

    /// <inheritdoc/>
    public static Register32 operator +(Register32 left, Register32 right) => new(left._value + right._value);

    /// <inheritdoc/>
    public static Register32 operator -(Register32 left, Register32 right) => new(left._value - right._value);

    /// <inheritdoc/>
    public static Register32 operator *(Register32 left, Register32 right) => new(left._value * right._value);

    /// <inheritdoc/>
    public static Register32 operator /(Register32 left, Register32 right) => new(left._value / right._value);

    /// <inheritdoc/>
    public static Register32 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    public static Register32 Load(float* source) => new(*source);

    /// <inheritdoc/>
    public static Register32 LoadPartial(float* source, int count) => default;

    /// <inheritdoc/>
    public static Register32 MultiplyAdd(Register32 a, Register32 b, Register32 c) => new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    /// <inheritdoc/>
    public static Register32 Max(Register32 a, Register32 b) => a._value > b._value ? a : b;

    /// <inheritdoc/>
    public static Register32 Min(Register32 a, Register32 b) => a._value < b._value ? a : b;

    /// <inheritdoc/>
    public static Register32 Sqrt(Register32 value) => new(MathF.Sqrt(value._value));

    /// <inheritdoc/>
    public static Register32 Round(Register32 value) => new(MathF.Round(value._value));

    /// <inheritdoc/>
    public static Register32 ScaleByPowerOfTwo(Register32 value, Register32 exponent) =>
        new(value._value * BitConverter.Int32BitsToSingle(((int)exponent._value + 127) << 23));

    /// <inheritdoc/>
    public static Register32 WhereAtLeast(Register32 a, Register32 b, Register32 then, Register32 otherwise) => a._value >= b._value ? then : otherwise;

    /// <inheritdoc/>
    public static Register32 First(Register32 value, int count) => count > 0 ? value : default;

    /// <inheritdoc/>
    public static float Sum(Register32 value) => value._value;

    /// <inheritdoc/>
    public static void StoreSums(Register32 a, Register32 b, Register32 c, Register32 d, float* target)
    {
        target[0] = a._value;
        target[1] = b._value;
        target[2] = c._value;
        target[3] = d._value;
    }

    /// <inheritdoc/>
    public static float Maximum(Register32 value) => value._value;

    /// <inheritdoc/>
    public static void Transpose(float* source, long sourceStride, float* target, long targetStride) => *target = *source;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => *target = _value;

    /// <inheritdoc/>
    public void StorePartial(float* target, int count)
    {
    }
}
