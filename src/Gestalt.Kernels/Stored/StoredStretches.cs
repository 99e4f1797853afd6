namespace Gestalt.Kernels.Stored;

/// <summary>
/// How the rows of one or several matrices are shared among threads that stream them from memory: stretches of bytes, as if the matrices lay one behind
/// the other, cut between rows.
/// </summary>
/// <remarks>
/// Long stretches of memory are read fastest, so the first ones, one for each thread, are long; each further round of them takes the same share of what is left, so that
/// threads end at about the same time (guided self-scheduling: Polychronopoulos and Kuck, 1987).
/// </remarks>
internal readonly unsafe struct StoredStretches
{
    /// <summary>The share of what is left that a round of stretches takes.</summary>
    private const double RoundShare = 0.75;

    /// <summary>Bytes of a stretch below which no smaller ones are made: read in some 2 µs.</summary>
    private const long SmallBytes = 64 << 10;

    private const int MostRounds = 8;

    private readonly StoredMatrix* _matrices;
    private readonly int _count;
    private readonly int _threads;
    private readonly long _bytes;
    private readonly int _rounds;

    public StoredStretches(StoredMatrix* matrices, int count, int threads)
    {
        _matrices = matrices;
        _count = count;
        _threads = threads;
        for (int i = 0; i < count; i++)
        {
            _bytes += matrices[i].Bytes;
        }

        _rounds = 1;
        for (double left = _bytes; threads > 1 && _rounds < MostRounds && (left *= 1 - RoundShare) / threads > SmallBytes;)
        {
            _rounds++;
        }
    }

    /// <summary>Parts of the work.</summary>
    public int Parts => _threads * _rounds;

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

    /// <summary>Where a part begins; the last round takes all that is left.</summary>
    private long Boundary(int part)
    {
        double left = _bytes;
        int round = part / _threads;
        for (int i = 0; i < Math.Min(round, _rounds); i++)
        {
            left *= 1 - RoundShare;
        }

        if (round == _rounds)
        {
            return _bytes;
        }

        double share = round == _rounds - 1 ? 1 : RoundShare;
        return _bytes - (long)(left * (1 - (share * (part % _threads) / _threads)));
    }

    private int Row(int matrix, long at)
    {
        ref readonly StoredMatrix w = ref _matrices[matrix];
        return at <= 0 ? 0 : at >= w.Bytes ? w.Rows : (int)(at / w.RowBytes);
    }
}
