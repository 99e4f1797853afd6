using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Corpus;

/// <summary>
/// MinHash signatures (Broder 1997) over the runs of five words of a text: the share of equal entries in two signatures
/// estimates the Jaccard similarity of the two texts' sets of runs.
/// </summary>
/// <remarks>
/// The shape is FineWeb's (arXiv 2406.17557, section 3.5): 5-grams, 14 buckets of 8 hashes. Words compare in lower case and
/// without punctuation. The 112 hash functions are one 64-bit hash of the run, folded to 32 bits, then xor and multiply by
/// fixed odd numbers and a final stir; all 112 are computed side by side in vector registers.
/// </remarks>
public static class MinHash
{
    /// <summary>Words in a run.</summary>
    public const int NgramWords = 5;

    /// <summary>Buckets of a signature.</summary>
    public const int Buckets = 14;

    /// <summary>Hashes in a bucket.</summary>
    public const int HashesPerBucket = 8;

    /// <summary>Entries of a signature.</summary>
    public const int SignatureLength = Buckets * HashesPerBucket;

    private static readonly uint[] Masks = Constants(0x6765_7374_616c_7401, odd: false);
    private static readonly uint[] Factors = Constants(0x6765_7374_616c_7402, odd: true);

    /// <summary>The signature of a text; of a text with fewer than five words, that of all its words as one run.</summary>
    /// <param name="text">The text.</param>
    /// <returns><see cref="SignatureLength"/> minima.</returns>
    public static uint[] Signature(string text)
    {
        var signature = new uint[SignatureLength];
        Array.Fill(signature, uint.MaxValue);
        foreach (uint shingle in Shingles(text))
            Lower(signature, shingle);
        return signature;
    }

    /// <summary>The share of equal entries of two signatures, an estimate of the texts' Jaccard similarity.</summary>
    public static double Similarity(ReadOnlySpan<uint> first, ReadOnlySpan<uint> second)
    {
        int equal = 0;
        for (int i = 0; i < SignatureLength; i++)
            equal += first[i] == second[i] ? 1 : 0;
        return (double)equal / SignatureLength;
    }

    /// <summary>A hash for each run of five words, in the order of the text, repeats included.</summary>
    internal static uint[] Shingles(string text)
    {
        List<ulong> words = WordHashes(text);
        if (words.Count == 0)
            return [];
        int n = Math.Min(NgramWords, words.Count);
        var shingles = new uint[words.Count - n + 1];
        for (int i = 0; i < shingles.Length; i++)
        {
            ulong hash = 0;
            for (int j = i; j < i + n; j++)
                hash = (hash * 0x9E3779B97F4A7C15) + words[j];
            shingles[i] = (uint)(TextView.Mix(hash) >> 32);
        }

        return shingles;
    }

    private static List<ulong> WordHashes(string text)
    {
        var words = new List<ulong>(text.Length / 5 + 1);
        ulong hash = 0;
        bool inside = false;
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                hash = (hash ^ char.ToLowerInvariant(c)) * 0x100000001B3;
                inside = true;
            }
            else if (inside && c is not ('\'' or '’'))
            {
                words.Add(TextView.Mix(hash));
                hash = 0;
                inside = false;
            }
        }

        if (inside)
            words.Add(TextView.Mix(hash));
        return words;
    }

    private static void Lower(uint[] signature, uint shingle)
    {
        ref uint minima = ref MemoryMarshal.GetArrayDataReference(signature);
        ref uint masks = ref MemoryMarshal.GetArrayDataReference(Masks);
        ref uint factors = ref MemoryMarshal.GetArrayDataReference(Factors);
        Vector256<uint> value = Vector256.Create(shingle);
        Vector256<uint> stir = Vector256.Create(0x846CA68Bu);
        for (nuint i = 0; i < SignatureLength; i += (nuint)Vector256<uint>.Count)
        {
            Vector256<uint> hash = (value ^ Vector256.LoadUnsafe(ref masks, i)) * Vector256.LoadUnsafe(ref factors, i);
            hash = (hash ^ (hash >>> 16)) * stir;
            hash ^= hash >>> 15;
            Vector256.Min(hash, Vector256.LoadUnsafe(ref minima, i)).StoreUnsafe(ref minima, i);
        }
    }

    private static uint[] Constants(ulong seed, bool odd)
    {
        var constants = new uint[SignatureLength];
        for (int i = 0; i < constants.Length; i++)
            constants[i] = (uint)TextView.Mix(seed + ((ulong)i * 0x9E3779B97F4A7C15)) | (odd ? 1u : 0u);
        return constants;
    }
}
