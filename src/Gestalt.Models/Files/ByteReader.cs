using System.Buffers.Binary;
using System.Text;

namespace Gestalt.Models;

/// <summary>Reads little-endian fields of a mapped file one after the other; what does not fit in the file is a <see cref="ModelFileException"/>.</summary>
internal struct ByteReader(MappedFile file)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where the next field starts.</summary>
    public long Position { get; private set; }

    private readonly long Remaining => file.Length - Position;

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>A 64-bit count of things of at least so many bytes each, which must be possible in what is left of the file.</summary>
    public int Count(string what, int maximum, int minimumBytesEach)
    {
        long start = Position;
        ulong count = UInt64($"the number of {what}");
        if (count > (ulong)maximum || count > (ulong)(Remaining / minimumBytesEach))
            throw Error($"claims {count} {what}, more than its {file.Length} bytes can hold or any model has", start, "The file is damaged; fetch or export it again.");
        return (int)count;
    }

    /// <summary>A string with a 64-bit length before it.</summary>
    public string Text(string what, int maximumBytes)
    {
        long start = Position;
        ulong length = UInt64($"the length of {what}");
        if (length > (ulong)maximumBytes)
            throw Error($"gives {what} a length of {length} bytes; {maximumBytes} is the most", start, "The file is damaged; fetch or export it again.");
        ReadOnlySpan<byte> utf8 = Take((int)length, what);
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException problem)
        {
            throw new ModelFileException(file.Path, $"holds {what} that is not UTF-8", start, "The file is damaged; fetch or export it again.", problem);
        }
    }

    /// <summary>Steps over a string with a 64-bit length before it.</summary>
    public void SkipText(string what)
    {
        long start = Position;
        ulong length = UInt64(what);
        if (length > (ulong)Remaining)
            throw Error($"gives {what} a length of {length} bytes, past the end of the file", start, "The file is cut short or damaged; fetch or export it again.");
        Position += (long)length;
    }

    public void Skip(long bytes, string what)
    {
        if (bytes > Remaining)
            throw CutShort(what);
        Position += bytes;
    }

    public readonly ModelFileException Error(string problem, long offset, string? advice = null) => new(file.Path, problem, offset, advice);

    private ReadOnlySpan<byte> Take(int bytes, string what)
    {
        if (bytes > Remaining)
            throw CutShort(what);
        ReadOnlySpan<byte> taken = file.Span(Position, bytes);
        Position += bytes;
        return taken;
    }

    private readonly ModelFileException CutShort(string what) =>
        Error($"is cut short: it ends inside {what}", Position, "Fetch or export it again.");
}
