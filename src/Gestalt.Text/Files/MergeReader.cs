namespace Gestalt.Text;

/// <summary>Turns merges as files write them, pairs of token texts, into pairs of ids.</summary>
internal static class MergeReader
{
    /// <summary>Resolves merges written as two tokens with a blank between them.</summary>
    /// <exception cref="InvalidDataException">A merge is malformed, names a token that the vocabulary lacks, or would make a special token.</exception>
    public static IReadOnlyList<Merge> Resolve(IReadOnlyList<string> pieces, Vocabulary vocabulary, IReadOnlyList<string> merges)
    {
        var pairs = new (string Left, string Right)[merges.Count];
        for (int rank = 0; rank < pairs.Length; rank++)
        {
            pairs[rank] = SplitAtBlank(merges[rank], rank);
        }

        return Resolve(pieces, vocabulary, pairs);
    }

    /// <summary>Resolves merges given as pairs of tokens.</summary>
    /// <exception cref="InvalidDataException">A merge names a token that the vocabulary lacks, or would make a special token.</exception>
    public static IReadOnlyList<Merge> Resolve(IReadOnlyList<string> pieces, Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges)
    {
        var ids = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
        {
            if (vocabulary.Kind(id) is TokenKind.Normal)
            {
                ids.TryAdd(pieces[id], id);
            }
        }

        // A user-defined token stands in the list as plain text, in merges in the byte alphabet.
        for (int id = 0; id < pieces.Count; id++)
        {
            ids.TryAdd(vocabulary.Kind(id) is TokenKind.UserDefined ? ByteAlphabet.FromBytes(vocabulary.Bytes(id)) : pieces[id], id);
        }

        var resolved = new Merge[merges.Count];
        for (int rank = 0; rank < resolved.Length; rank++)
        {
            (string left, string right) = merges[rank];
            resolved[rank] = new Merge(Find(left, rank), Find(right, rank), Find(left + right, rank));
        }

        return resolved;

        int Find(string piece, int rank)
        {
            if (!ids.TryGetValue(piece, out int id))
            {
                throw new InvalidDataException($"Merge {rank} needs the token \"{Vocabulary.Shorten(piece)}\", which the vocabulary does not have.");
            }

            return vocabulary.Kind(id) is TokenKind.Normal or TokenKind.UserDefined
                ? id
                : throw new InvalidDataException(
                    $"Merge {rank} would make text into the token \"{Vocabulary.Shorten(piece)}\", which is {vocabulary.Kind(id)}; only ordinary tokens are merged.");
        }
    }

    /// <summary>Splits <c>left right</c>.</summary>
    /// <exception cref="InvalidDataException">There is not exactly one blank between two tokens.</exception>
    public static (string Left, string Right) SplitAtBlank(string merge, int rank)
    {
        int blank = merge.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && blank < merge.Length - 1 && merge.IndexOf(' ', blank + 1) < 0
            ? (merge[..blank], merge[(blank + 1)..])
            : throw new InvalidDataException($"Merge {rank} is \"{Vocabulary.Shorten(merge)}\"; a merge is two tokens with one blank between them.");
    }
}
