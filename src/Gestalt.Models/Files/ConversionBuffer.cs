using System.Runtime.InteropServices;

namespace Gestalt.Models;

/// <summary>A piece of native memory through which tensors are converted on their way into a file.</summary>
internal sealed unsafe class ConversionBuffer(int values) : IDisposable
{
    private byte* _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)values * sizeof(float), 64);

    ~ConversionBuffer() => Free();

    /// <summary>The stored form of up to <c>values</c> float32 values; overwritten by the next call.</summary>
    public ReadOnlySpan<byte> Convert(TensorType type, float* source, int count)
    {
        ObjectDisposedException.ThrowIf(_bytes == null, this);
        TensorConversion.FromFloat32(type, source, _bytes, count);
        return new ReadOnlySpan<byte>(_bytes, (int)type.ByteLength(count));
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
