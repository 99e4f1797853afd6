using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Byte-pair encoding word for word as the paper describes it, with no thought of speed.</summary>
internal static class Naive
{
    /// <summary>Trains by counting all pairs anew for each merge. Tokens are written as Latin-1, a character a byte.</summary>
    public static List<(string Left, string Right)> Train(IEnumerable<byte[]> documents, PreTokenizer rule, int merges, int minimumCount)
    {
        var words = new Dictionary<string, long>();
        foreach (byte[] document in documents)
        {
            foreach (Range range in rule.Words(document))
            {
                string word = Encoding.Latin1.GetString(document[range]);
                words[word] = words.GetValueOrDefault(word) + 1;
            }
        }

        var ids = Enumerable.Range(0, 256).ToDictionary(value => ((char)value).ToString(), value => value);
        List<(List<string> Symbols, long Count)> split = [.. words.Select(word => (word.Key.Select(c => c.ToString()).ToList(), word.Value))];
        var found = new List<(string, string)>();
        while (found.Count < merges)
        {
            var counts = new Dictionary<(string Left, string Right), long>();
            foreach ((List<string> symbols, long count) in split)
            {
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    counts[(symbols[i], symbols[i + 1])] = counts.GetValueOrDefault((symbols[i], symbols[i + 1])) + count;
                }
            }

            List<(string Left, string Right)> best = [.. counts.Where(pair => pair.Value >= minimumCount)
                .OrderByDescending(pair => pair.Value).ThenBy(pair => ids[pair.Key.Left]).ThenBy(pair => ids[pair.Key.Right]).Select(pair => pair.Key).Take(1)];
            if (best.Count == 0)
            {
                break;
            }

            // Adding fails if two pairs ever spelled the same bytes; they cannot, see TiktokenFile.
            (string left, string right) = best[0];
            found.Add((left, right));
            ids.Add(left + right, 255 + found.Count);
            foreach ((List<string> symbols, _) in split)
            {
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (symbols[i] == left && symbols[i + 1] == right)
                    {
                        symbols[i] = left + right;
                        symbols.RemoveAt(i + 1);
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Encodes by looking, before each merge, for the leftmost pair of the lowest rank.</summary>
    public static List<int> Encode(Tokenizer tokenizer, byte[] text)
    {
        string[] tokens = tokenizer.Tokens();
        int[] types = tokenizer.TokenTypes();
        var ids = new Dictionary<string, int>();
        for (int id = 0; id < tokens.Length; id++)
        {
            if (types[id] == (int)TokenKind.Normal)
            {
                ids.TryAdd(tokens[id], id);
            }
        }

        Dictionary<string, int> ranks = tokenizer.Merges().Select((merge, rank) => (merge, rank)).ToDictionary(pair => pair.merge, pair => pair.rank);
        var result = new List<int>();
        foreach (Range range in tokenizer.PreTokenizer.Words(text))
        {
            List<string> symbols = [.. ByteAlphabet.FromBytes(text[range]).Select(c => c.ToString())];
            while (true)
            {
                int best = -1, lowest = int.MaxValue;
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (ranks.TryGetValue($"{symbols[i]} {symbols[i + 1]}", out int rank) && rank < lowest)
                    {
                        (best, lowest) = (i, rank);
                    }
                }

                if (best < 0)
                {
                    break;
                }

                symbols[best] += symbols[best + 1];
                symbols.RemoveAt(best + 1);
            }

            result.AddRange(symbols.Select(symbol => ids[symbol]));
        }

        return result;
    }
}
