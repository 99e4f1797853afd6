namespace Gestalt.Kernels;

/// <summary>How keys and values are kept.</summary>
public enum CacheFormat
{
    /// <summary>float32, as they were computed.</summary>
    F32,

    /// <summary>float16: half the memory and half the time to read it. Values beyond ±65,504, which no sound model has, become that.</summary>
    F16,

    /// <summary>8-bit whole numbers with a bfloat16 scale for every 32 values, a quarter of the memory; head widths have to be multiples of 32.</summary>
    Q8_0,
}

/// <summary>The sizes of attention over pages, the same for every sequence of a batch.</summary>
/// <remarks>
/// A page holds <see cref="TokensPerPage"/> tokens of one sequence and one layer: the keys of all key-value heads and then the values, of each head one
/// chunk, so that whoever works on a head reads unbroken kilobytes. In which order a chunk keeps its words depends on the format and is nobody else's business.
/// </remarks>
/// <param name="Heads">H, query heads.</param>
/// <param name="KeyValueHeads">K, key and value heads; divides <paramref name="Heads"/>, and each serves H / K neighbouring query heads.</param>
/// <param name="HeadWidth">D.</param>
/// <param name="Format">How keys and values are kept.</param>
/// <param name="Scale">Factor of the scores, usually 1 / √D.</param>
/// <param name="SoftCap">If positive, scores s become SoftCap * tanh(s / SoftCap) before the softmax.</param>
/// <param name="Window">How many keys back a token sees, itself among them; 0 for all.</param>
public readonly record struct PagedShape(
    int Heads, int KeyValueHeads, int HeadWidth, CacheFormat Format, float Scale, float SoftCap = 0, int Window = 0)
{
    /// <summary>
    /// Tokens of a page: with D = 64 its keys and values of one head, as float32, are what a block of queries works on in the first-level cache.
    /// </summary>
    public const int TokensPerPage = 64;

    /// <summary>Values that share a scale.</summary>
    internal const int ScaleLength = 32;

    /// <summary>Query heads that share a key-value head.</summary>
    public int HeadsPerKeyValueHead => Heads / KeyValueHeads;

    /// <summary>Bytes of one head's keys, or values, in a page.</summary>
    public int ChunkBytes => TokensPerPage * Format switch
    {
        CacheFormat.F32 => HeadWidth * sizeof(float),
        CacheFormat.F16 => HeadWidth * sizeof(ushort),
        _ => HeadWidth + (HeadWidth / ScaleLength * sizeof(ushort)),
    };

    /// <summary>Bytes of a page.</summary>
    public long PageBytes => 2L * KeyValueHeads * ChunkBytes;

    /// <summary>What a product of query and key is multiplied by to become the exponent of a power of two, or with a soft cap the argument of its tanh.</summary>
    internal float ScoreScale => SoftCap > 0 ? Scale / SoftCap : Scale * VectorMath.Log2E;

    /// <summary>Checks that the sizes fit together.</summary>
    /// <exception cref="ArgumentException">They do not; the message says which.</exception>
    public void Validate()
    {
        if (Heads < 1 || KeyValueHeads < 1 || HeadWidth < 1 || Window < 0)
        {
            throw new ArgumentException($"A shape of paged attention has a negative or missing size: {this}.");
        }

        if (Heads % KeyValueHeads != 0)
        {
            throw new ArgumentException($"{Heads} query heads cannot share {KeyValueHeads} key-value heads evenly.");
        }

        if (Format == CacheFormat.Q8_0 && HeadWidth % ScaleLength != 0)
        {
            throw new ArgumentException($"A Q8_0 cache scales {ScaleLength} values together; a head width of {HeadWidth} is not a multiple. Use F16.");
        }
    }
}

/// <summary>One sequence of a ragged batch: its newest tokens ask, all its tokens can be seen.</summary>
public readonly unsafe struct PagedSequence
{
    /// <summary>
    /// Addresses of its pages, one for each <see cref="PagedShape.TokensPerPage"/> tokens from the first one on. Pages that lie wholly outside of
    /// every window may be missing (null).
    /// </summary>
    public required byte** Pages { get; init; }

    /// <summary>Tokens that ask, the last ones of the sequence; at least one.</summary>
    public required int Queries { get; init; }

    /// <summary>Tokens that can be seen, those that ask among them.</summary>
    public required int Keys { get; init; }

    /// <summary>Where the sequence's queries begin among those of the batch, in tokens.</summary>
    public required int FirstQuery { get; init; }
}
