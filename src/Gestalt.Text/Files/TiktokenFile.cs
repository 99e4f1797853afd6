using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Gestalt.Text;

/// <summary>
/// tiktoken's rank files: a token a line, its bytes in Base64 and its id. There are no merges in them: tiktoken joins two neighbours whenever their bytes together are a
/// token, the one with the lowest id first.
/// </summary>
/// <remarks>
/// Each token is made by exactly one pair: that which is left, just before the end, when the token's own bytes are encoded in this way. (Merging inside the bytes of a
/// token does not depend on what stands around them, so no other pair of neighbours with these bytes ever comes up.) These pairs, ordered by id, are the
/// merges, and the ids that they yield are tiktoken's.
/// </remarks>
public static class TiktokenFile
{
    // The longest of OpenAI's tokens has 128 bytes. Finding how a token is made is quadratic in its length.
    private const int LongestToken = 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="preTokenizer">How text is cut into words; the file does not say.</param>
    /// <param name="specials">Special tokens and their ids; the file does not hold them. Ids between that no token has are unused.</param>
    /// <exception cref="InvalidDataException">The file is not a rank file, or ids are used twice.</exception>
    public static Tokenizer Load(string path, PreTokenizer preTokenizer, params IReadOnlyList<SpecialToken> specials)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), preTokenizer, specials);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the content of a file.</summary>
    /// <inheritdoc cref="Load"/>
    public static Tokenizer Parse(ReadOnlySpan<byte> content, PreTokenizer preTokenizer, params IReadOnlyList<SpecialToken> specials)
    {
        List<(int Id, byte[] Bytes)> ranks = ReadRanks(content);
        (byte[][] tokens, TokenKind[] kinds) = Arrange(ranks, specials);
        return new Tokenizer(new Vocabulary(tokens, kinds), RecoverMerges(ranks), preTokenizer, wholeWordsFirst: true);
    }

    private static List<(int Id, byte[] Bytes)> ReadRanks(ReadOnlySpan<byte> content)
    {
        var ranks = new List<(int, byte[])>();
        int number = 0;
        foreach (Range range in content.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = content[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
            {
                continue;
            }

            int blank = line.IndexOf((byte)' ');
            var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(line.Length)];
            if (blank < 0
                || Base64.DecodeFromUtf8(line[..blank], bytes, out _, out int length) != OperationStatus.Done
                || length is 0 or > LongestToken
                || !int.TryParse(line[(blank + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                throw new InvalidDataException($"Line {number} is not a token (in Base64, 1 to {LongestToken} bytes), a blank and its id.");
            }

            ranks.Add((id, bytes[..length]));
        }

        return ranks;
    }

    private static (byte[][] Tokens, TokenKind[] Kinds) Arrange(List<(int Id, byte[] Bytes)> ranks, IReadOnlyList<SpecialToken> specials)
    {
        long size = ranks.Select(rank => rank.Id).Concat(specials.Select(special => special.Id)).DefaultIfEmpty(-1).Max() + 1L;
        if (size > 2L * (ranks.Count + specials.Count) + 4096 || specials.Any(special => special.Id < 0))
        {
            throw new InvalidDataException($"The highest id is {size - 1} but there are only {ranks.Count + specials.Count} tokens, or an id is below 0.");
        }

        var tokens = new byte[size][];
        var kinds = new TokenKind[size];
        foreach ((int id, byte[] bytes, TokenKind kind) in ranks.Select(rank => (rank.Id, rank.Bytes, TokenKind.Normal))
            .Concat(specials.Select(special => (special.Id, Encoding.UTF8.GetBytes(special.Text), TokenKind.Control))))
        {
            if (tokens[id] is not null)
            {
                throw new InvalidDataException($"Two tokens have the id {id}.");
            }

            (tokens[id], kinds[id]) = (bytes, kind);
        }

        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is null)
            {
                (tokens[id], kinds[id]) = (Encoding.UTF8.GetBytes(Vocabulary.UnusedName(id)), TokenKind.Unused);
            }
        }

        return (tokens, kinds);
    }

    /// <summary>The merges of a vocabulary in which the ids of the ordinary tokens are their ranks.</summary>
    internal static List<Merge> RecoverMerges(Vocabulary vocabulary) =>
        RecoverMerges([.. vocabulary.OfKind(TokenKind.Normal).Select(token => (token.Id, token.Bytes.ToArray()))]);

    private static List<Merge> RecoverMerges(List<(int Id, byte[] Bytes)> ranks)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((int id, byte[] bytes) in ranks)
        {
            if (!ids.TryAdd(Encoding.Latin1.GetString(bytes), id))
            {
                throw new InvalidDataException($"The token with the id {id} is there twice.");
            }
        }

        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<Merge>(ranks.Count);
        foreach ((string token, int id) in ids.OrderBy(token => token.Value))
        {
            if (token.Length > 1 && LastPair(token, lookup) is (int left, int right))
            {
                merges.Add(new Merge(left, right, id));
            }
        }

        return merges;
    }

    /// <summary>The two tokens that are left before the last merge of a token's own bytes; null when merging does not get there.</summary>
    private static (int Left, int Right)? LastPair(string token, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids)
    {
        List<int> borders = [.. Enumerable.Range(0, token.Length + 1)];
        while (borders.Count > 3)
        {
            int best = -1, lowest = int.MaxValue;
            for (int i = 0; i + 2 < borders.Count; i++)
            {
                if (ids.TryGetValue(token.AsSpan(borders[i]..borders[i + 2]), out int id) && id < lowest)
                {
                    (best, lowest) = (i, id);
                }
            }

            if (best < 0)
            {
                return null;
            }

            borders.RemoveAt(best + 1);
        }

        return ids.TryGetValue(token.AsSpan(..borders[1]), out int left) && ids.TryGetValue(token.AsSpan(borders[1]..), out int right) ? (left, right) : null;
    }
}
