using System.Buffers;
using System.Text;

namespace Gestalt.Text;

/// <summary>All of a vocabulary that encoding needs: how text is cut, the token of each byte, the merges.</summary>
internal sealed class BytePairModel(PreTokenizer preTokenizer, int[] byteIds, MergeTable merges, IReadOnlyDictionary<string, int>? wholeWords)
{
    // Keys are the bytes as Latin-1, one character a byte.
    private readonly Dictionary<string, int>? _wholeWords = wholeWords is null ? null : new(wholeWords, StringComparer.Ordinal);
    private readonly int _longestWholeWord = wholeWords is null ? 0 : wholeWords.Keys.Select(word => word.Length).DefaultIfEmpty().Max();

    /// <summary>How text is cut into words.</summary>
    public PreTokenizer PreTokenizer => preTokenizer;

    /// <summary>The token of each byte.</summary>
    public int[] ByteIds => byteIds;

    /// <summary>The merges.</summary>
    public MergeTable Merges => merges;

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
