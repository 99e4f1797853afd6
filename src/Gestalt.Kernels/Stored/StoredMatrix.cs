namespace Gestalt.Kernels;

/// <summary>A weight matrix where and how it is stored: usually bytes of a mapped file. It owns nothing.</summary>
/// <param name="data">First byte; any alignment. Rows follow each other without gaps.</param>
/// <param name="format">How values are stored.</param>
/// <param name="rows">Outputs of the linear layer.</param>
/// <param name="columns">Inputs of the linear layer: values in a row, whole blocks of the format.</param>
public readonly unsafe struct StoredMatrix(byte* data, WeightFormat format, int rows, int columns)
{
    /// <summary>First byte.</summary>
    public byte* Data { get; } = data;

    /// <summary>How values are stored.</summary>
    public WeightFormat Format { get; } = format;

    /// <summary>Outputs of the linear layer.</summary>
    public int Rows { get; } = rows;

    /// <summary>Inputs of the linear layer: values in a row.</summary>
    public int Columns { get; } = columns;

    /// <summary>Bytes of one row.</summary>
    /// <exception cref="ArgumentException">A row is not whole blocks of the format.</exception>
    public long RowBytes => Format.ByteLength(Columns);

    /// <summary>Bytes of the whole matrix.</summary>
    /// <exception cref="ArgumentException">A row is not whole blocks of the format.</exception>
    public long Bytes => checked(Rows * RowBytes);

    /// <summary>First byte of a row.</summary>
    /// <param name="row">Which row.</param>
    public byte* Row(int row) => Data + (row * RowBytes);

    /// <summary>Reads one row, as an embedding does.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="destination">Receives <see cref="Columns"/> values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void DecodeRow(int row, float* destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        WeightCodec.Decode(Format, Row(row), destination, Columns);
    }
}
