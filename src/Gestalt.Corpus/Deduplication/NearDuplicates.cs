namespace Gestalt.Corpus;

/// <summary>
/// Remembers the documents that were kept and finds the one that a new document nearly repeats. Documents must come in their
/// final order: the first of a group is the one that stays, whatever the number of threads that prepared them.
/// </summary>
/// <remarks>
/// Candidates agree in one of 14 buckets of 8 hashes (a pair of similarity 0.8 is found with probability 0.92). Departure from
/// FineWeb: a candidate must also have an estimated similarity of at least <see cref="MinimumSimilarity"/>, by 112 bytes kept
/// for each document (b-bit minwise hashing, arXiv 0910.3349), since pages written to one pattern about different things
/// agree in a bucket now and then. Memory is bounded: when the budget is used up, later documents are still compared with
/// the remembered ones, but no longer remembered, and <see cref="Full"/> says so.
/// </remarks>
public sealed class NearDuplicates
{
    /// <summary>The similarity that FineWeb's buckets aim at.</summary>
    public const double MinimumSimilarity = 0.75;

    /// <summary>Bytes for each document: 14 dictionary entries of a 64-bit key and an index with their slack, and the short signature.</summary>
    private const int BytesPerDocument = (MinHash.Buckets * 40) + MinHash.SignatureLength;

    private readonly Dictionary<ulong, int>[] buckets = [.. Enumerable.Range(0, MinHash.Buckets).Select(_ => new Dictionary<ulong, int>())];
    private readonly List<byte[]> signatures = [];
    private readonly int capacity;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="maximumBytes">About how much memory it may use.</param>
    public NearDuplicates(long maximumBytes = 1L << 30) => capacity = (int)Math.Clamp(maximumBytes / BytesPerDocument, 1, int.MaxValue / 2);

    /// <summary>True once a document could not be remembered any more.</summary>
    public bool Full { get; private set; }

    /// <summary>How many documents are remembered.</summary>
    public int Count => signatures.Count;

    /// <summary>Looks a document up and, if nothing like it is known, remembers it.</summary>
    /// <param name="signature">The document's <see cref="MinHash.Signature"/>.</param>
    /// <param name="similarity">The estimated similarity to the document that it repeats; 0 when there is none.</param>
    /// <returns>The index, in order of remembering, of the document that it repeats, or -1.</returns>
    public int FindOrAdd(ReadOnlySpan<uint> signature, out double similarity)
    {
        Span<ulong> keys = stackalloc ulong[MinHash.Buckets];
        Span<byte> shortened = stackalloc byte[MinHash.SignatureLength];
        for (int i = 0; i < signature.Length; i++)
            shortened[i] = (byte)signature[i];
        int last = -1;
        for (int bucket = 0; bucket < keys.Length; bucket++)
        {
            keys[bucket] = Key(signature.Slice(bucket * MinHash.HashesPerBucket, MinHash.HashesPerBucket));
            if (!buckets[bucket].TryGetValue(keys[bucket], out int candidate) || candidate == last)
                continue;
            last = candidate;
            similarity = Similarity(shortened, signatures[candidate]);
            if (similarity >= MinimumSimilarity)
                return candidate;
        }

        similarity = 0;
        if (signatures.Count >= capacity)
        {
            Full = true;
            return -1;
        }

        for (int bucket = 0; bucket < keys.Length; bucket++)
            buckets[bucket].TryAdd(keys[bucket], signatures.Count);
        signatures.Add(shortened.ToArray());
        return -1;
    }

    /// <summary>Equal bytes happen by chance once in 256: the estimate takes that off.</summary>
    private static double Similarity(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int equal = 0;
        for (int i = 0; i < first.Length; i++)
            equal += first[i] == second[i] ? 1 : 0;
        double share = (double)equal / first.Length;
        return Math.Max(0, (share - (1 / 256.0)) / (1 - (1 / 256.0)));
    }

    private static ulong Key(ReadOnlySpan<uint> hashes)
    {
        ulong key = 0;
        foreach (uint hash in hashes)
            key = TextView.Mix(key + hash);
        return key;
    }
}
