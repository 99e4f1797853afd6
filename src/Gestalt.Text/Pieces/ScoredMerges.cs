using System.Text;

namespace Gestalt.Text;

/// <summary>
/// SentencePiece's scores as the list of merges that Hugging Face's files hold, and back. SentencePiece joins any two neighbours that together are a piece, the highest score first; a list
/// names each such pair.
/// </summary>
/// <remarks>
/// The list is in the order of Transformers' converter: by the score of the whole, then by the length of the left part and of the right part in characters, all descending, and at last by
/// ids. Departure: only ordinary tokens are joined, for text never becomes a special token. Where scores are equal SentencePiece takes the leftmost place and a list the pair that it names first; so does
/// everyone's converted file.
/// </remarks>
internal static class ScoredMerges
{
    // What a half of a token may be besides a token.
    private const int Nothing = -1;
    private const int LoneCharacter = -2;

    /// <summary>
    /// The merges that scores stand for. A half may be the token of a byte, where a character is in tokens but only known as a byte itself (Gemma's tab): a list has to call it by its character.
    /// </summary>
    /// <exception cref="NotSupportedException">A token can only be reached through a character that has none: a list cannot say that.</exception>
    public static IReadOnlyList<Merge> FromScores(Vocabulary vocabulary, IReadOnlyList<float> scores)
    {
        Dictionary<string, int> pieces = Pieces(vocabulary);
        int[]? bytes = FallbackTokens.FindBytes(vocabulary);
        var found = new List<(Merge Merge, float Score, int Left, int Right)>();
        var halves = new List<(Merge Merge, int Left)>();
        foreach ((string piece, int id) in pieces)
        {
            halves.Clear();
            int characters = 0;
            foreach (int cut in Cuts(piece))
            {
                characters++;
                int left = Half(piece[..cut]), right = left == Nothing ? Nothing : Half(piece[cut..]);
                if (right == Nothing)
                {
                    continue;
                }

                halves.Add(left != LoneCharacter && right != LoneCharacter
                    ? (new Merge(left, right, id), characters)
                    : throw new NotSupportedException(
                        $"Token {id} (\"{Vocabulary.Shorten(piece)}\") begins or ends with a character that is no token, which a list of merges cannot say."));
            }

            found.AddRange(halves.OrderBy(half => half.Merge.Left).ThenBy(half => half.Merge.Right).Select(half => (half.Merge, scores[id], half.Left, characters + 1 - half.Left)));
        }

        return [.. found.OrderByDescending(merge => merge.Score).ThenByDescending(merge => merge.Left).ThenByDescending(merge => merge.Right).Select(merge => merge.Merge)];

        int Half(string half)
        {
            if (pieces.TryGetValue(half, out int id))
            {
                return id;
            }

            return half is [< '\x80' and char one] && bytes is not null && bytes[one] >= 0 ? bytes[one]
                : half.Length == 1 || (half.Length == 2 && char.IsHighSurrogate(half[0])) ? LoneCharacter
                : Nothing;
        }
    }

    /// <summary>The scores for which a list of merges stands: the higher, the earlier a token is made.</summary>
    /// <exception cref="NotSupportedException">The list does not follow from scores; the message names a pair that shows it.</exception>
    public static float[] ToScores(Vocabulary vocabulary, IReadOnlyList<Merge> merges)
    {
        Dictionary<string, int> pieces = Pieces(vocabulary);
        var listed = new HashSet<(int, int)>();
        var places = new Dictionary<int, (int First, int Last)>();
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (int left, int right, int whole) = merges[rank];
            listed.Add((left, right));
            places[whole] = (places.TryGetValue(whole, out (int First, int Last) place) ? place.First : rank, rank);
        }

        foreach ((string piece, int id) in pieces)
        {
            foreach (int cut in Cuts(piece))
            {
                if (pieces.TryGetValue(piece[..cut], out int left) && pieces.TryGetValue(piece[cut..], out int right) && !listed.Contains((left, right)))
                {
                    throw new NotSupportedException(
                        $"The vocabulary's merges do not follow from scores: \"{Vocabulary.Shorten(piece[..cut])}\" and \"{Vocabulary.Shorten(piece[cut..])}\" are tokens, and so are both together, but they are never joined.");
                }
            }
        }

        return Scores(vocabulary.Count, places);
    }

    /// <summary>The cheapest scores that are the same for tokens whose merges mix, and fall from group to group.</summary>
    private static float[] Scores(int count, Dictionary<int, (int First, int Last)> places)
    {
        var scores = new float[count];
        int group = 0, end = -1;
        foreach ((int whole, (int first, int last)) in places.OrderBy(place => place.Value.First))
        {
            group += first > end ? 1 : 0;
            end = Math.Max(end, last);
            scores[whole] = -group;
        }

        return scores;
    }

    /// <summary>Where a piece can be cut in two, in UTF-16 units.</summary>
    private static IEnumerable<int> Cuts(string piece)
    {
        for (int cut = 1; cut < piece.Length; cut++)
        {
            if (!char.IsLowSurrogate(piece[cut]))
            {
                yield return cut;
            }
        }
    }

    private static Dictionary<string, int> Pieces(Vocabulary vocabulary)
    {
        var pieces = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Kind(id) == TokenKind.Normal)
            {
                pieces.TryAdd(vocabulary.Piece(id), id);
            }
        }

        return pieces;
    }
}
