using System.Runtime.InteropServices;

namespace Gestalt.Models.Tests.Files;

/// <summary>Unmanaged float32 values for tests, as the code under test takes them.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    public NativeFloats(ReadOnlySpan<float> values)
        : this(values.Length) => values.CopyTo(Span);

    public NativeFloats(long count)
    {
        Length = count;
        Data = (float*)NativeMemory.AllocZeroed((nuint)Math.Max(count, 1), sizeof(float));
    }

    public float* Data { get; }

    public long Length { get; }

    public Span<float> Span => new(Data, checked((int)Length));

    public static NativeFloats Random(int seed, int count, double scale = 1)
    {
        var random = new Random(seed);
        var floats = new NativeFloats(count);
        foreach (ref float value in floats.Span)
            value = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return floats;
    }

    public void Dispose() => NativeMemory.Free(Data);
}
