using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>Writes tensors in the form that is wanted, some rows at a time: copied where they have it, else decoded and encoded on all threads.</summary>
internal sealed unsafe class TensorStream : IDisposable
{
    /// <summary>Values converted at a time: 2 MiB of float32, enough rows for all threads.</summary>
    private const int ChunkValues = 1 << 19;

    // Of the largest finite values that still round to a finite half: 65504 plus half a spacing, exclusive.
    private const float HalfLimit = 65520f;

    private readonly Stream _stream;
    private readonly string? _path;
    private readonly WorkerPool _pool = WorkerPool.Shared;
    private AlignedMemory _values = new(0), _bytes = new(0);

    /// <summary>Starts writing.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="path">The file's name in messages about values that cannot be stored; null to store infinities and NaN as such.</param>
    public TensorStream(Stream stream, string? path = null) => (_stream, _path) = (stream, path);

    /// <summary>Writes one matrix.</summary>
    /// <param name="part">The matrix.</param>
    /// <param name="type">The form wanted.</param>
    /// <exception cref="ModelFileException">A value is not finite, or too large for the form.</exception>
    public void Write(in TensorPart part, WeightFormat type)
    {
        if (part.Length == 0)
            return;
        if (part.Format == type && part.Order is null)
            Copy(part, type);
        else
            Convert(part, type);
    }

    public void Dispose()
    {
        _values.Dispose();
        _bytes.Dispose();
    }

    private void Copy(in TensorPart part, WeightFormat type)
    {
        const int Piece = 1 << 22;
        long bytes = type.ByteLength(part.Length);
        for (long done = 0; done < bytes; done += Piece)
        {
            int count = (int)Math.Min(Piece, bytes - done);
            if (type == WeightFormat.F32)
                Check(part, type, (float*)(part.Data + done), done / sizeof(float), count / sizeof(float));
            _stream.Write(new ReadOnlySpan<byte>(part.Data + done, count));
        }
    }

    private void Convert(in TensorPart part, WeightFormat type)
    {
        int columns = part.Columns;
        long rowBytes = type.ByteLength(columns);
        int rows = (int)Math.Clamp(ChunkValues / columns, 1, part.Rows);
        Reserve((long)rows * columns, rows * rowBytes);
        fixed (float* weights = part.Importance)
        {
            for (long first = 0; first < part.Rows; first += rows)
            {
                int count = (int)Math.Min(rows, part.Rows - first);
                var work = new RowWork(part, type, first, _values.Floats, _bytes.Pointer, rowBytes, weights);
                _pool.Run(count, ref work);
                Check(part, type, _values.Floats, first * columns, count * columns);
                _stream.Write(new ReadOnlySpan<byte>(_bytes.Pointer, checked((int)(count * rowBytes))));
            }
        }
    }

    private void Check(in TensorPart part, WeightFormat type, float* from, long first, int count)
    {
        if (_path is null)
            return;

        // A Q8_0 block's scale is a half: its largest magnitude may be 127 times a half's; of fewer bits, that much less.
        float limit = type switch
        {
            WeightFormat.F32 or WeightFormat.BF16 => float.PositiveInfinity,
            WeightFormat.Q8_0 => HalfLimit * 127,
            _ => HalfLimit,
        };
        var values = new ReadOnlySpan<float>(from, count);
        for (int i = 0; i < values.Length; i++)
        {
            if (!(MathF.Abs(values[i]) < limit))
            {
                throw new ModelFileException(
                    _path,
                    FormattableString.Invariant($"value {first + i} of tensor '{part.Name}' is {values[i]}, which {type} cannot hold"),
                    advice: float.IsFinite(values[i]) ? "Export as BF16 or F32." : "The model has diverged; go back to an earlier checkpoint.");
            }
        }
    }

    private void Reserve(long values, long bytes)
    {
        if (_values.Bytes < values * sizeof(float))
        {
            _values.Dispose();
            _values = AlignedMemory.OfFloats(values);
        }
        if (_bytes.Bytes < bytes)
        {
            _bytes.Dispose();
            _bytes = new AlignedMemory(bytes);
        }
    }

    private readonly struct RowWork(TensorPart part, WeightFormat type, long first, float* values, byte* bytes, long rowBytes, float* importance) : IWork
    {
        public void Execute(int row)
        {
            byte* from = part.Row(first + row), to = bytes + (row * rowBytes);
            float* decoded = values + ((long)row * part.Columns);
            TensorConversion.ToFloat32(part.Format.ToTensorType(), from, decoded, part.Columns);
            if (importance is null)
                TensorConversion.FromFloat32(type.ToTensorType(), decoded, to, part.Columns);
            else
                WeightCodec.Encode(type, decoded, to, part.Columns, importance);
        }
    }
}
