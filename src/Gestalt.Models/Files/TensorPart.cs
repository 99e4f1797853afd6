using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>A matrix or vector on its way into a file, in whatever form it is now; the owner of the bytes keeps them alive until it is written.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="format">How its values are stored now.</param>
/// <param name="data">The first row.</param>
/// <param name="shape">Sizes, slowest first.</param>
internal readonly unsafe struct TensorPart(string name, WeightFormat format, byte* data, params long[] shape)
{
    public string Name { get; } = name;

    public WeightFormat Format { get; } = format;

    public byte* Data { get; } = data;

    /// <summary>Sizes, slowest first.</summary>
    public long[] Shape { get; } = shape;

    /// <summary>In which order its rows are written; as they are if null.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>How much the error of each column matters, or null if all matter alike.</summary>
    public float[]? Importance { get; init; }

    /// <summary>Values that stay together; a vector is a single row, or one of single values where these are put in order.</summary>
    public int Columns => Shape.Length == 1 && Order is not null ? 1 : (int)Shape[^1];

    public long Rows
    {
        get
        {
            long values = 1;
            foreach (long size in Shape)
                values = checked(values * size);
            return values / Math.Max(Columns, 1);
        }
    }

    public long Length => checked(Rows * Columns);

    /// <summary>A parameter's values, wherever they are.</summary>
    public static TensorPart Of(Parameter parameter)
    {
        long[] shape = [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => (long)parameter.Shape[axis])];
        return parameter.Stored is { } stored
            ? new TensorPart(parameter.Name, stored.Format, stored.Data, shape)
            : new TensorPart(parameter.Name, WeightFormat.F32, (byte*)parameter.Data, shape);
    }

    /// <summary>Values in memory.</summary>
    public static TensorPart Of(NamedBuffer buffer) => new(buffer.Name, WeightFormat.F32, (byte*)buffer.Data, buffer.Shape.ToArray());

    /// <summary>The row that is written in a place.</summary>
    public byte* Row(long place) => Data + ((Order?.Source(place) ?? place) * Format.ByteLength(Columns));
}

/// <summary>Puts the rows of queries or keys in the order that the other kind of rotary pairs wants.</summary>
/// <param name="HeadWidth">D: rows of a head, of which all turn.</param>
/// <param name="Pairs">Which values turn together in what is written; the source has the other kind.</param>
internal readonly record struct RowOrder(int HeadWidth, RotaryPairs Pairs)
{
    /// <summary>The source's row that comes to a place.</summary>
    public long Source(long place)
    {
        (long head, long row) = Math.DivRem(place, HeadWidth);
        int half = HeadWidth / 2;
        long source = Pairs == RotaryPairs.Neighbours ? (row % 2 * half) + (row / 2) : (row % half * 2) + (row / half);
        return (head * HeadWidth) + source;
    }
}
