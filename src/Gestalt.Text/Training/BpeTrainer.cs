using System.Text;

namespace Gestalt.Text;

/// <summary>How far training of a vocabulary has come.</summary>
/// <param name="BytesRead">The bytes of text whose words have been handed out for counting.</param>
/// <param name="Merges">The merges found; 0 while words are still counted.</param>
/// <param name="MergesWanted">The merges to find; 0 while words are still counted.</param>
public readonly record struct BpeProgress(long BytesRead, int Merges, int MergesWanted);

/// <summary>Says that a text has too few repeated pairs for a vocabulary as large as was asked for.</summary>
/// <param name="wanted">The size asked for, in tokens.</param>
/// <param name="possible">The largest size that the text supports, in tokens.</param>
public sealed class VocabularyTooLargeException(int wanted, int possible)
    : Exception($"The text supports a vocabulary of at most {possible} tokens, {wanted} were asked for. Ask for {possible} or fewer, or give more text.")
{
    /// <summary>The size asked for, in tokens.</summary>
    public int Wanted => wanted;

    /// <summary>The largest size that the text supports, in tokens.</summary>
    public int Possible => possible;
}

/// <summary>
/// Learns a byte-level BPE vocabulary from text (Sennrich, Haddow and Birch, arXiv 1508.07909; over bytes as in GPT-2): starting from the 256 bytes, the pair of
/// neighbouring tokens that is most frequent within words becomes a new token, until there are enough.
/// </summary>
/// <remarks>
/// The result is exact, that of counting all pairs anew for each merge, and depends on the text alone, not on threads or the order of the documents:
/// of pairs equally frequent the one with the smaller left id comes first, then the one with the smaller right id. In a run such as <c>aaa</c> both pairs count, and
/// merging goes from left to right. Ids 0 to 255 are the bytes by value, then come the merges in their order, then the special tokens.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>A pair must occur this often to become a token, unless the caller says otherwise: a token seen once teaches nothing.</summary>
    public const int DefaultMinimumCount = 2;

    private const int Bytes = 256;

    /// <summary>Trains a vocabulary.</summary>
    /// <param name="documents">The texts as UTF-8 (any bytes are allowed). They are fetched one at a time, by whichever thread needs one, and must keep
    /// their bytes until training is done. No word spans two of them.</param>
    /// <param name="vocabularySize">The number of tokens, special ones included.</param>
    /// <param name="preTokenizer">How text is cut into words; null for <see cref="PreTokenizer.Qwen2"/>.</param>
    /// <param name="specials">The names of the special tokens; null for <see cref="SpecialTokens.DefaultNames"/>.</param>
    /// <param name="threads">How many threads count words; 0 for one per processor. The result does not depend on it.</param>
    /// <param name="progress">Is told how far things are, from several threads.</param>
    /// <param name="minimumCount">How often a pair must occur to become a token.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The size has no room for the 256 bytes and the special tokens, or two of these have the same name.</exception>
    /// <exception cref="VocabularyTooLargeException">The text has too few pairs.</exception>
    public static Tokenizer Train(
        IEnumerable<ReadOnlyMemory<byte>> documents,
        int vocabularySize,
        PreTokenizer? preTokenizer = null,
        IReadOnlyList<string>? specials = null,
        int threads = 0,
        IProgress<BpeProgress>? progress = null,
        int minimumCount = DefaultMinimumCount,
        CancellationToken cancellation = default)
    {
        preTokenizer ??= PreTokenizer.Qwen2;
        specials ??= SpecialTokens.DefaultNames;
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumCount);
        CheckSpecials(specials);
        if (vocabularySize < Bytes + specials.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(vocabularySize), vocabularySize, $"A vocabulary has at least {Bytes + specials.Count} tokens: {Bytes} bytes and {specials.Count} special tokens.");
        }

        using var counter = new WordCounter(documents, preTokenizer, progress);
        WordTable words = counter.Count(threads == 0 ? Environment.ProcessorCount : threads, cancellation);

        // Each merge shortens at least one word by one token, so there are fewer of them than bytes.
        int wanted = vocabularySize - Bytes - specials.Count;
        var search = new MergeSearch(words, Bytes + Math.Min(wanted, words.TotalBytes), minimumCount);
        var merges = new List<Merge>();
        while (merges.Count < wanted && search.TryNext(Bytes + merges.Count) is Merge merge)
        {
            merges.Add(merge);
            if (merges.Count % 64 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new BpeProgress(counter.BytesRead, merges.Count, wanted));
            }
        }

        return merges.Count == wanted
            ? new Tokenizer(Assemble(merges, specials), merges, preTokenizer)
            : throw new VocabularyTooLargeException(vocabularySize, Bytes + merges.Count + specials.Count);
    }

    private static void CheckSpecials(IReadOnlyList<string> specials)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in specials)
        {
            if (name.Length == 0 || !seen.Add(name))
            {
                throw new ArgumentException(name.Length == 0 ? "A special token has an empty name." : $"The special token {name} is listed twice.", nameof(specials));
            }
        }
    }

    private static Vocabulary Assemble(List<Merge> merges, IReadOnlyList<string> specials)
    {
        var tokens = new List<byte[]>(Bytes + merges.Count + specials.Count);
        for (int value = 0; value < Bytes; value++)
        {
            tokens.Add([(byte)value]);
        }

        foreach (Merge merge in merges)
        {
            tokens.Add([.. tokens[merge.Left], .. tokens[merge.Right]]);
        }

        int ordinary = tokens.Count;
        tokens.AddRange(specials.Select(Encoding.UTF8.GetBytes));
        return new Vocabulary(tokens, [.. tokens.Select((_, id) => id < ordinary ? TokenKind.Normal : TokenKind.Control)]);
    }
}
