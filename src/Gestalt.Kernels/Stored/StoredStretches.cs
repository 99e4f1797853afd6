namespace Gestalt.Kernels.Stored;

/// <summary>
/// How the rows of one or several matrices are shared among threads that stream them from memory: stretches of bytes, as if the matrices lay one behind
/// the other, cut between rows.
/// </summary>
/// <remarks>
/// One long stretch for each thread comes first, since long stretches of memory are read fastest; what is left is cut small, so that threads end at about
/// the same time.
/// </remarks>
internal readonly unsafe struct StoredStretches
{
    /// <summary>The share of the bytes in the long stretches.</summary>
    private const double LongShare = 0.7;

    /// <summary>Bytes of the small stretches: read in about 1.5 µs.</summary>
    private const long SmallBytes = 32 << 10;

    private const int MostSmall = 64;

    private readonly StoredMatrix* _matrices;
    private readonly int _count;
    private readonly int _threads;
    private readonly long _bytes;
    private readonly long _longBytes;
    private readonly int _small;

    public StoredStretches(StoredMatrix* matrices, int count, int threads)
    {
        _matrices = matrices;
        _count = count;
        _threads = threads;
        for (int i = 0; i < count; i++)
        {
            _bytes += matrices[i].Bytes;
        }

        _longBytes = (long)(LongShare * _bytes / threads);
        long rest = _bytes - (_longBytes * threads);
        _small = threads == 1 ? 1 : (int)Math.Clamp(rest / SmallBytes, threads, MostSmall);
    }

    /// <summary>Parts of the work.</summary>
    public int Parts => _threads + _small;

    /// <summary>Matrices.</summary>
    public int Count => _count;

    /// <summary>The rows of a matrix that belong to a part.</summary>
    public (int Begin, int End) Rows(int part, int matrix)
    {
        long before = 0;
        for (int i = 0; i < matrix; i++)
        {
            before += _matrices[i].Bytes;
        }

        return (Row(matrix, Boundary(part) - before), Row(matrix, Boundary(part + 1) - before));
    }

    private long Boundary(int part) => part <= _threads
        ? part * _longBytes
        : (_threads * _longBytes) + (long)((double)(_bytes - (_threads * _longBytes)) * (part - _threads) / _small);

    private int Row(int matrix, long at)
    {
        ref readonly StoredMatrix w = ref _matrices[matrix];
        return at <= 0 ? 0 : at >= w.Bytes ? w.Rows : (int)(at / w.RowBytes);
    }
}
