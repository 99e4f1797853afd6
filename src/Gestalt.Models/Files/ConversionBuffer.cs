using System.Runtime.InteropServices;

namespace Gestalt.Models;

/// <summary>A piece of native memory through which tensors are converted on their way into a file.</summary>
internal sealed unsafe class ConversionBuffer(int values) : IDisposable
{
    // Of the largest finite values that still round to a finite half: 65504 plus half a spacing, exclusive.
    private const float HalfLimit = 65520f;

    private byte* _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)values * sizeof(float), 64);

    ~ConversionBuffer() => Free();

    /// <summary>The stored form of up to <c>values</c> float32 values; overwritten by the next call.</summary>
    public ReadOnlySpan<byte> Convert(TensorType type, float* source, int count)
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        TensorConversion.FromFloat32(type, source, _bytes, count);
        return new ReadOnlySpan<byte>(_bytes, (int)type.ByteLength(count));
    }

    /// <summary>The index of the first value that the type cannot hold: not finite, or beyond a half's range; null when all fit.</summary>
    public int? FirstUnstorable(TensorType type, float* source, int count)
    {
        // A Q8_0 block's scale is a half: its largest magnitude may be 127 times a half's.
        float limit = type switch
        {
            TensorType.F16 => HalfLimit,
            TensorType.Q8_0 => HalfLimit * 127,
            _ => float.PositiveInfinity,
        };
        for (int i = 0; i < count; i++)
        {
            if (!(MathF.Abs(source[i]) < limit))
                return i;
        }
        return null;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }
}
