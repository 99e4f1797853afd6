using System.Text;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Collects the tokens of a <c>tokenizer.json</c>: those of the model and those that were added.</summary>
internal sealed class JsonVocabulary
{
    // Padding leaves gaps between ids; a file of a few bytes must not make us allocate for billions.
    private const int MostUnusedPerToken = 2;
    private const int MostUnused = 1 << 16;

    private readonly List<(int Id, string Piece)> _tokens = [];
    private readonly List<(int Id, string Text, TokenKind Kind)> _added = [];
    private readonly List<AddedToken> _addedTokens = [];

    /// <summary>The added tokens.</summary>
    public IReadOnlyList<AddedToken> Added => _addedTokens;

    /// <summary>The tokens by id, and their kinds.</summary>
    public (string[] Pieces, int[] Types) Arranged { get; private set; } = ([], []);

    /// <summary>Reads an object of tokens with their ids.</summary>
    public void ReadObject(JsonElement vocabulary)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty token in vocabulary.EnumerateObject())
        {
            if (!seen.Add(token.Name))
            {
                throw JsonFields.Invalid($"The token \"{Vocabulary.Shorten(token.Name)}\" is there twice.");
            }

            _tokens.Add((JsonFields.Id(token.Value, $"the token \"{Vocabulary.Shorten(token.Name)}\""), token.Name));
        }
    }

    /// <summary>Reads a list of tokens with their scores, whose places are their ids.</summary>
    public double[] ReadScored(JsonElement vocabulary)
    {
        var scores = new double[vocabulary.GetArrayLength()];
        int id = 0;
        foreach (JsonElement token in vocabulary.EnumerateArray())
        {
            bool isPair = token.ValueKind == JsonValueKind.Array && token.GetArrayLength() == 2 && token[0].ValueKind == JsonValueKind.String && token[1].ValueKind == JsonValueKind.Number;
            if (!isPair || !token[1].TryGetDouble(out scores[id]))
            {
                throw JsonFields.Invalid($"Token {id} of the vocabulary is not a text with its score.");
            }

            _tokens.Add((id, token[0].GetString()!));
            id++;
        }

        return scores;
    }

    /// <summary>Reads the added tokens.</summary>
    public void ReadAdded(JsonElement root)
    {
        if (!JsonFields.TryMember(root, "added_tokens", out JsonElement tokens))
        {
            return;
        }

        JsonFields.Expect(tokens, JsonValueKind.Array, "\"added_tokens\"");
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            JsonFields.Expect(token, JsonValueKind.Object, "Each of \"added_tokens\"");
            string text = JsonFields.Text(token, "content");
            int id = JsonFields.Id(JsonFields.Member(token, "id", JsonValueKind.Number), $"the added token \"{Vocabulary.Shorten(text)}\"");
            if (text.Length == 0)
            {
                throw JsonFields.Invalid($"The added token {id} is empty.");
            }

            bool isSpecial = JsonFields.Flag(token, "special");
            _added.Add((id, text, isSpecial ? TokenKind.Control : TokenKind.UserDefined));
            _addedTokens.Add(new AddedToken(
                id,
                Encoding.UTF8.GetBytes(text),
                TakesBlanksBefore: JsonFields.Flag(token, "lstrip"),
                TakesBlanksAfter: JsonFields.Flag(token, "rstrip"),
                StandsAlone: JsonFields.Flag(token, "single_word"),
                IsNormalized: JsonFields.Flag(token, "normalized", otherwise: !isSpecial)));
        }
    }

    /// <summary>Puts all tokens in the order of their ids.</summary>
    /// <param name="hasBytes">Whether <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> stand for bytes.</param>
    public void Arrange(bool hasBytes)
    {
        long size = _tokens.Select(token => token.Id).Concat(_added.Select(token => token.Id)).DefaultIfEmpty(-1).Max() + 1L;
        long most = MostUnused + (1L + MostUnusedPerToken) * (_tokens.Count + _added.Count);
        if (size > most)
        {
            throw JsonFields.Invalid($"The highest id is {size - 1} but there are only {_tokens.Count + _added.Count} tokens.");
        }

        var pieces = new string[size];
        var types = new int[size];
        foreach ((int id, string piece) in _tokens)
        {
            if (types[id] != 0)
            {
                throw JsonFields.Invalid($"Two tokens have the id {id}: \"{Vocabulary.Shorten(pieces[id])}\" and \"{Vocabulary.Shorten(piece)}\".");
            }

            bool isByte = hasBytes && FallbackTokens.TryParseByte(piece, out _);
            (pieces[id], types[id]) = (piece, (int)(isByte ? TokenKind.Byte : TokenKind.Normal));
        }

        foreach ((int id, string text, TokenKind kind) in _added)
        {
            (pieces[id], types[id]) = (text, (int)(text == Vocabulary.UnusedName(id) ? TokenKind.Unused : kind));
        }

        for (int id = 0; id < pieces.Length; id++)
        {
            if (types[id] == 0)
            {
                (pieces[id], types[id]) = (Vocabulary.UnusedName(id), (int)TokenKind.Unused);
            }
        }

        _addedTokens.RemoveAll(token => types[token.Id] == (int)TokenKind.Unused);
        Arranged = (pieces, types);
    }

    /// <summary>The id of a token by its text; null when there is none.</summary>
    public int? Find(string? text)
    {
        int id = text is null ? -1 : Array.IndexOf(Arranged.Pieces, text);
        return id < 0 ? null : id;
    }
}
