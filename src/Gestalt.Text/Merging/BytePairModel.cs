using System.Buffers;
using System.Text;

namespace Gestalt.Text;

/// <summary>Byte-level BPE: the token of each byte, and the merges (arXiv 1508.07909).</summary>
internal sealed class BytePairModel(PreTokenizer preTokenizer, int[] byteIds, MergeTable merges, IReadOnlyDictionary<string, int>? wholeWords) : SubwordModel(preTokenizer)
{
    // Keys are the bytes as Latin-1, one character a byte.
    private readonly Dictionary<string, int>? _wholeWords = wholeWords is null ? null : new(wholeWords, StringComparer.Ordinal);
    private readonly int _longestWholeWord = wholeWords is null ? 0 : wholeWords.Keys.Select(word => word.Length).DefaultIfEmpty().Max();

    /// <summary>The token of each byte.</summary>
    public int[] ByteIds => byteIds;

    /// <inheritdoc/>
    public override MergeTable Merges => merges;

    /// <inheritdoc/>
    public override WordEncoder CreateEncoder() => new BytePairEncoder(this);

    /// <inheritdoc/>
    public override WordTrace Trace(ReadOnlySpan<byte> word, TraceRecorder recorder)
    {
        if (TryWholeWord(word, out int whole))
        {
            return recorder.Whole(TraceMethod.WholeWord, whole);
        }

        var symbols = new List<int>(word.Length);
        foreach (byte value in word)
        {
            if (byteIds[value] is >= 0 and int id)
            {
                symbols.Add(id);
                recorder.Begin(id);
            }
        }

        recorder.Merge(merges, symbols);
        return recorder.Finish(TraceMethod.BytePairs);
    }

    /// <summary>The token of a whole word, where the vocabulary prefers it to what merging yields; false otherwise.</summary>
    public bool TryWholeWord(ReadOnlySpan<byte> word, out int id)
    {
        id = -1;
        if (word.Length > _longestWholeWord)
        {
            return false;
        }

        char[] characters = ArrayPool<char>.Shared.Rent(word.Length);
        Encoding.Latin1.GetChars(word, characters);
        bool found = _wholeWords!.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters.AsSpan(0, word.Length), out id);
        ArrayPool<char>.Shared.Return(characters);
        return found;
    }
}
