using System.Globalization;
using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Small vocabularies of characters, as GGUF files hold them.</summary>
internal static class SmallPieces
{
    /// <summary>Random pieces over a few letters, with scores of which some are the same, and with all bytes.</summary>
    public static StoredVocabulary Random(int seed, bool hasBytes = true, string letters = "ab▁é")
    {
        var random = new Random(seed);
        var pieces = new List<string> { "<unk>", "<s>", "</s>" };
        if (hasBytes)
        {
            pieces.AddRange(Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")));
        }

        int firstPiece = pieces.Count;
        var known = new HashSet<string>(letters.Skip(1).Select(letter => letter.ToString()));
        for (int i = 0; i < 60; i++)
        {
            string piece = string.Concat(Enumerable.Range(0, random.Next(2, 6)).Select(_ => letters[random.Next(letters.Length)]));
            known.Add(random.Next(3) == 0 ? "▁" + piece.Replace("▁", "", StringComparison.Ordinal) : piece.TrimStart('▁').Replace('▁', 'a'));
        }

        pieces.AddRange(known.Where(piece => piece.Length > 0).Order(StringComparer.Ordinal));
        return new StoredVocabulary
        {
            Model = "llama",
            Tokens = pieces,
            TokenTypes = [.. pieces.Select((_, id) => id == 0 ? 2 : id < 3 ? 3 : id < firstPiece ? 6 : 1)],
            Scores = [.. pieces.Select((_, id) => id < firstPiece ? 0f : -random.Next(30))],
        };
    }

    /// <summary>A small vocabulary of WordPiece as GGUF marks it.</summary>
    public static StoredVocabulary Bert(params string[] words)
    {
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. words];
        return new StoredVocabulary
        {
            Model = "bert",
            Tokens = tokens,
            TokenTypes = [.. tokens.Select((_, id) => id is 1 ? 2 : id < 4 ? 3 : 1)],
            Ids = new Dictionary<string, long> { ["unknown_token_id"] = 1, ["bos_token_id"] = 2, ["seperator_token_id"] = 3, ["padding_token_id"] = 0 },
        };
    }

    /// <summary>
    /// SentencePiece's merging word for word: of all neighbours that together are a piece, join those whose piece has the highest score, the leftmost first; what is no piece at
    /// last falls back to bytes, or to the unknown token, which is not repeated.
    /// </summary>
    public static List<int> Merge(StoredVocabulary vocabulary, string text)
    {
        Dictionary<string, int> ids = vocabulary.Tokens.Select((piece, id) => (piece, id)).Where(token => vocabulary.TokenTypes![token.id] == 1).ToDictionary(token => token.piece, token => token.id);
        Dictionary<string, int> bytes = vocabulary.Tokens.Select((piece, id) => (piece, id)).Where(token => vocabulary.TokenTypes![token.id] == 6).ToDictionary(token => token.piece, token => token.id);
        List<string> symbols = [.. text.Replace(' ', '▁').EnumerateRunes().Select(rune => rune.ToString())];
        while (true)
        {
            int best = -1;
            float highest = float.NegativeInfinity;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (ids.TryGetValue(symbols[i] + symbols[i + 1], out int id) && vocabulary.Scores![id] > highest)
                {
                    (best, highest) = (i, vocabulary.Scores[id]);
                }
            }

            if (best < 0)
            {
                break;
            }

            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }

        var result = new List<int>();
        foreach (string symbol in symbols)
        {
            if (ids.TryGetValue(symbol, out int id))
            {
                result.Add(id);
            }
            else if (bytes.Count > 0)
            {
                result.AddRange(Encoding.UTF8.GetBytes(symbol).Select(value => bytes[string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")]));
            }
            else if (result.Count == 0 || result[^1] != 0)
            {
                result.Add(0);
            }
        }

        return result;
    }
}
