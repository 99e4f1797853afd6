namespace Gestalt.Corpus;

/// <summary>
/// Remembers the documents that were kept and finds the one that a new document nearly repeats. Documents must come in their
/// final order: the first of a group is the one that stays, whatever the number of threads that prepared them.
/// </summary>
/// <remarks>
/// Departures from FineWeb's 14 buckets of 8 hashes (arXiv 2406.17557, section 3.5): a document is a candidate when it agrees in half a bucket, four hashes,
/// and a candidate must have an estimated similarity of at least <see cref="MinimumSimilarity"/>, by 112 bytes kept for each
/// document (b-bit minwise hashing, arXiv 0910.3349). Whole buckets alone miss a third of the copies of short pages, in which a few changed
/// words touch many runs of five; half buckets alone would take pages of one pattern for copies. Together they found 96 % of the small
/// internet's near-copies and no other page (docs/log/2026-11-corpus.md). Memory is bounded: when the budget is used up,
/// later documents are still compared with the remembered ones, but no longer remembered, and <see cref="Full"/> says so.
/// </remarks>
public sealed class NearDuplicates
{
    /// <summary>Below this, pages have a pattern in common rather than a text.</summary>
    public const double MinimumSimilarity = 0.6;

    /// <summary>Hashes that must agree at once for a candidate: half a bucket.</summary>
    private const int HashesPerKey = MinHash.HashesPerBucket / 2;

    private const int Keys = MinHash.SignatureLength / HashesPerKey;

    /// <summary>Bytes for each document: 28 dictionary entries of a 32-bit key and an index with their slack, and the short signature.</summary>
    private const int BytesPerDocument = (Keys * 32) + MinHash.SignatureLength;

    private readonly Dictionary<uint, int>[] firstWithKey = [.. Enumerable.Range(0, Keys).Select(_ => new Dictionary<uint, int>())];
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
        Span<uint> keys = stackalloc uint[Keys];
        Span<byte> shortened = stackalloc byte[MinHash.SignatureLength];
        for (int i = 0; i < signature.Length; i++)
            shortened[i] = (byte)signature[i];
        int last = -1;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = Key(signature.Slice(i * HashesPerKey, HashesPerKey));
            if (!firstWithKey[i].TryGetValue(keys[i], out int candidate) || candidate == last)
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

        for (int i = 0; i < keys.Length; i++)
            firstWithKey[i].TryAdd(keys[i], signatures.Count);
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

    private static uint Key(ReadOnlySpan<uint> hashes)
    {
        ulong key = 0;
        foreach (uint hash in hashes)
            key = TextView.Mix(key + hash);
        return (uint)(key >> 32);
    }
}
