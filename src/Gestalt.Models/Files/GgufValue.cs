using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Gestalt.Models;

/// <summary>The types of GGUF metadata, by the format's numbering.</summary>
public enum GgufValueType : uint
{
    /// <summary>Unsigned byte.</summary>
    UInt8 = 0,

    /// <summary>Signed byte.</summary>
    Int8 = 1,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 2,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 3,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 4,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 5,

    /// <summary>Single precision.</summary>
    Float32 = 6,

    /// <summary>A byte, 0 or 1.</summary>
    Bool = 7,

    /// <summary>UTF-8 with a 64-bit length before it.</summary>
    String = 8,

    /// <summary>Element type, 64-bit count, elements.</summary>
    Array = 9,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 10,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 11,

    /// <summary>Double precision.</summary>
    Float64 = 12,
}

/// <summary>
/// One metadata value of an open <see cref="GgufFile"/>: a checked view of the file's bytes that becomes a .NET value only when it is
/// asked for, so that opening a file with a vocabulary of 150,000 tokens allocates none of them. Valid while the file is open.
/// </summary>
public readonly struct GgufValue
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MappedFile _file;
    private readonly long _offset;
    private readonly int _byteLength;

    internal GgufValue(MappedFile file, string key, GgufValueType type, GgufValueType elementType, int count, long offset, int byteLength)
    {
        _file = file;
        Key = key;
        Type = type;
        ElementType = elementType;
        Count = count;
        _offset = offset;
        _byteLength = byteLength;
    }

    /// <summary>The value's name, such as <c>general.architecture</c>.</summary>
    public string Key { get; }

    /// <summary>The stored type.</summary>
    public GgufValueType Type { get; }

    /// <summary>The type of an array's elements; for anything else <see cref="Type"/> itself.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Number of elements: 1 unless this is an array.</summary>
    public int Count { get; }

    /// <summary>The stored bytes: the scalar, the string without its length, or the array's elements.</summary>
    public ReadOnlySpan<byte> Bytes => _file.Span(_offset, _byteLength);

    /// <summary>A string.</summary>
    /// <exception cref="ModelFileException">It is not a string, or not UTF-8.</exception>
    public string AsText() => Type == GgufValueType.String ? Decode(Bytes, _offset) : throw Wrong("a string");

    /// <summary>A boolean.</summary>
    /// <exception cref="ModelFileException">It is not a boolean.</exception>
    public bool AsFlag() => Type == GgufValueType.Bool ? Bytes[0] != 0 : throw Wrong("a boolean");

    /// <summary>An integer of any width.</summary>
    /// <exception cref="ModelFileException">It is not an integer, or past 2^63.</exception>
    public long AsInteger() => Type == GgufValueType.Array ? throw Wrong("an integer") : Integer(Bytes);

    /// <summary>A number, integer or not.</summary>
    /// <exception cref="ModelFileException">It is not a number.</exception>
    public double AsNumber() => Type switch
    {
        GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Bytes),
        GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Bytes),
        _ => AsInteger(),
    };

    /// <summary>An array of strings.</summary>
    /// <exception cref="ModelFileException">It is not one, or one of them is not UTF-8.</exception>
    public string[] AsTexts()
    {
        if (Type != GgufValueType.Array || ElementType != GgufValueType.String)
            throw Wrong("an array of strings");
        var texts = new string[Count];
        ReadOnlySpan<byte> rest = Bytes;
        for (int i = 0; i < texts.Length; i++)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            texts[i] = Decode(rest.Slice(sizeof(ulong), length), _offset + _byteLength - rest.Length);
            rest = rest[(sizeof(ulong) + length)..];
        }
        return texts;
    }

    /// <summary>The place of a string in an array of strings, or -1; nothing is copied.</summary>
    internal int IndexOfText(string text)
    {
        if (Type != GgufValueType.Array || ElementType != GgufValueType.String)
            throw Wrong("an array of strings");
        ReadOnlySpan<byte> sought = Encoding.UTF8.GetBytes(text), rest = Bytes;
        for (int i = 0; i < Count; i++)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            if (rest.Slice(sizeof(ulong), length).SequenceEqual(sought))
                return i;
            rest = rest[(sizeof(ulong) + length)..];
        }
        return -1;
    }

    /// <summary>An array of integers of any width.</summary>
    /// <exception cref="ModelFileException">It is not one, or an element does not fit in 32 bits.</exception>
    public int[] AsIntegers()
    {
        int width = GgufFile.ScalarBytes(ElementType);
        if (Type != GgufValueType.Array || width == 0 || ElementType is GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.Bool)
            throw Wrong("an array of integers");
        var numbers = new int[Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            long number = Integer(Bytes.Slice(i * width, width));
            numbers[i] = number == (int)number ? (int)number : throw Wrong($"an array of 32-bit integers: element {i} is {number}");
        }
        return numbers;
    }

    /// <summary>An array of single-precision numbers.</summary>
    /// <exception cref="ModelFileException">It is not one.</exception>
    public float[] AsFloats() => Type == GgufValueType.Array && ElementType == GgufValueType.Float32
        ? MemoryMarshal.Cast<byte, float>(Bytes).ToArray()
        : throw Wrong("an array of float32");

    /// <summary>The value for a person: scalars as they are, long strings cut, arrays as their type and count.</summary>
    public override string ToString()
    {
        const int Shown = 60;
        switch (Type)
        {
            case GgufValueType.String:
                string text = Encoding.UTF8.GetString(Bytes[..Math.Min(Bytes.Length, 4 * Shown)]).ReplaceLineEndings("⏎");
                return text.Length <= Shown ? text : string.Concat(text.AsSpan(0, Shown), "…");
            case GgufValueType.Array:
                return $"{ElementType}[{Count}]";
            case GgufValueType.Bool:
                return AsFlag() ? "true" : "false";
            default:
                return FormattableString.Invariant($"{AsNumber()}");
        }
    }

    private long Integer(ReadOnlySpan<byte> bytes)
    {
        switch (ElementType)
        {
            case GgufValueType.UInt8: return bytes[0];
            case GgufValueType.Int8: return (sbyte)bytes[0];
            case GgufValueType.UInt16: return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            case GgufValueType.Int16: return BinaryPrimitives.ReadInt16LittleEndian(bytes);
            case GgufValueType.UInt32: return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            case GgufValueType.Int32: return BinaryPrimitives.ReadInt32LittleEndian(bytes);
            case GgufValueType.Int64: return BinaryPrimitives.ReadInt64LittleEndian(bytes);
            case GgufValueType.UInt64:
                ulong number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                return number <= long.MaxValue ? (long)number : throw Wrong($"an integer below 2^63 (it is {number})");
            default: throw Wrong("an integer");
        }
    }

    private string Decode(ReadOnlySpan<byte> utf8, long offset)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException problem)
        {
            throw new ModelFileException(_file.Path, $"metadata '{Key}' holds a string that is not UTF-8", offset, "The file is damaged; fetch or export it again.", problem);
        }
    }

    private ModelFileException Wrong(string expected) =>
        new(_file.Path, $"metadata '{Key}' should be {expected} but is {(Type == GgufValueType.Array ? $"{ElementType}[{Count}]" : Type)}", _offset);
}
