using System.Globalization;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reads the document of a <c>tokenizer.json</c>, trusting nothing in it.</summary>
internal sealed class TokenizerJsonReader(JsonElement root)
{
    // Padding leaves gaps between ids; a file of a few bytes must not make us allocate for billions.
    private const int MostUnusedPerToken = 2;
    private const int MostUnused = 1 << 16;

    private readonly List<(int Id, string Piece)> _vocabulary = [];
    private readonly List<(int Id, string Text, TokenKind Kind)> _added = [];

    /// <summary>Builds the tokenizer.</summary>
    public Tokenizer Read()
    {
        Expect(root, JsonValueKind.Object, "The file");
        CheckNormalizer();
        PreTokenizer preTokenizer = ReadPreTokenizer();
        JsonElement model = Member(root, "model", JsonValueKind.Object);
        CheckModel(model);
        ReadVocabulary(Member(model, "vocab", JsonValueKind.Object));
        ReadAddedTokens();

        (string[] pieces, int[] types) = Arrange();
        Vocabulary vocabulary = Vocabulary.FromPieces(pieces, types);
        IReadOnlyList<(string, string)> merges = ReadMerges(Member(model, "merges", JsonValueKind.Array));
        return new Tokenizer(vocabulary, MergeReader.Resolve(pieces, vocabulary, merges), preTokenizer, Flag(model, "ignore_merges"));
    }

    private static InvalidDataException Invalid(string message) => new(message);

    private static void Expect(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw Invalid($"{what} should be {kind} but is {element.ValueKind}.");
        }
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out JsonElement element))
        {
            throw Invalid($"There is no \"{name}\".");
        }

        Expect(element, kind, $"\"{name}\"");
        return element;
    }

    private static bool TryMember(JsonElement parent, string name, out JsonElement element) =>
        parent.TryGetProperty(name, out element) && element.ValueKind != JsonValueKind.Null;

    private static bool Flag(JsonElement parent, string name, bool otherwise = false) => !TryMember(parent, name, out JsonElement element)
        ? otherwise
        : element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Invalid($"\"{name}\" should be true or false."),
        };

    private static string TypeOf(JsonElement element)
    {
        Expect(element, JsonValueKind.Object, "Each part of the tokenizer");
        return Member(element, "type", JsonValueKind.String).GetString()!;
    }

    private static int Id(JsonElement element, string what) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id >= 0
        ? id
        : throw Invalid(string.Create(CultureInfo.InvariantCulture, $"The id of {what} is {Vocabulary.Shorten(element.GetRawText())}; ids are whole numbers from 0 up."));

    private void CheckNormalizer()
    {
        if (TryMember(root, "normalizer", out JsonElement normalizer) && TypeOf(normalizer) is var type and not "NFC"
            && !(type == "Sequence" && Member(normalizer, "normalizers", JsonValueKind.Array).GetArrayLength() == 0))
        {
            throw Invalid($"The normalizer {Vocabulary.Shorten(type)} is not supported: it would change the text. Only none and NFC are.");
        }
    }

    private PreTokenizer ReadPreTokenizer()
    {
        if (!TryMember(root, "pre_tokenizer", out JsonElement preTokenizer))
        {
            throw Invalid("There is no \"pre_tokenizer\"; a byte-level BPE tokenizer has one of type ByteLevel, or Split and ByteLevel in a Sequence.");
        }

        if (TypeOf(preTokenizer) == "ByteLevel")
        {
            CheckByteLevel(preTokenizer, usesPattern: true);
            return PreTokenizer.Gpt2;
        }

        if (TypeOf(preTokenizer) != "Sequence")
        {
            throw Invalid($"The pre_tokenizer {Vocabulary.Shorten(TypeOf(preTokenizer))} is not supported; ByteLevel, and Split with ByteLevel in a Sequence, are.");
        }

        JsonElement parts = Member(preTokenizer, "pretokenizers", JsonValueKind.Array);
        if (parts.GetArrayLength() != 2 || TypeOf(parts[0]) is not ("Split" or "Digits") || TypeOf(parts[1]) != "ByteLevel")
        {
            throw Invalid("The pre_tokenizer is a Sequence of other parts than Split or Digits and ByteLevel, which is not supported.");
        }

        bool digits = TypeOf(parts[0]) == "Digits";
        CheckByteLevel(parts[1], usesPattern: digits);
        return !digits ? ReadSplit(parts[0])
            : Flag(parts[0], "individual_digits") ? PreTokenizer.Gpt2Digits
            : throw Invalid("The pre_tokenizer Digits keeps digits together, which is not supported; set individual_digits.");
    }

    private static void CheckByteLevel(JsonElement byteLevel, bool usesPattern)
    {
        if (Flag(byteLevel, "add_prefix_space"))
        {
            throw Invalid("The pre_tokenizer adds a blank before each text (add_prefix_space), so decoding would not return the text. Set it to false.");
        }

        if (Flag(byteLevel, "use_regex", otherwise: true) != usesPattern)
        {
            throw Invalid($"ByteLevel has use_regex {!usesPattern}, which is not supported here.");
        }
    }

    private static PreTokenizer ReadSplit(JsonElement split)
    {
        string pattern = Member(Member(split, "pattern", JsonValueKind.Object), "Regex", JsonValueKind.String).GetString()!;
        if (Flag(split, "invert") || Member(split, "behavior", JsonValueKind.String).GetString() != "Isolated")
        {
            throw Invalid("Split has another behavior than Isolated, or is inverted, which is not supported.");
        }

        return PreTokenizer.All.FirstOrDefault(rule => rule.Patterns is [string only] && only == pattern) ?? new PreTokenizer("custom", [new SplitStep(pattern)]);
    }

    private static void CheckModel(JsonElement model)
    {
        string type = TryMember(model, "type", out JsonElement element) && element.ValueKind == JsonValueKind.String ? element.GetString()! : "BPE";
        if (type != "BPE")
        {
            throw Invalid($"The model is of type {Vocabulary.Shorten(type)}; only BPE is supported.");
        }

        foreach (string name in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (TryMember(model, name, out JsonElement text) && (text.ValueKind != JsonValueKind.String || text.GetString() != ""))
            {
                throw Invalid($"The model has a {name}, which is not supported.");
            }
        }

        if (Flag(model, "byte_fallback") || (TryMember(model, "dropout", out JsonElement dropout) && !(dropout.TryGetDouble(out double share) && share == 0)))
        {
            throw Invalid("The model uses byte_fallback or dropout, which are not supported.");
        }
    }

    private void ReadVocabulary(JsonElement vocabulary)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty token in vocabulary.EnumerateObject())
        {
            if (!seen.Add(token.Name))
            {
                throw Invalid($"The token \"{Vocabulary.Shorten(token.Name)}\" is there twice.");
            }

            _vocabulary.Add((Id(token.Value, $"the token \"{Vocabulary.Shorten(token.Name)}\""), token.Name));
        }
    }

    private void ReadAddedTokens()
    {
        if (!TryMember(root, "added_tokens", out JsonElement tokens))
        {
            return;
        }

        Expect(tokens, JsonValueKind.Array, "\"added_tokens\"");
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            Expect(token, JsonValueKind.Object, "Each of \"added_tokens\"");
            string text = Member(token, "content", JsonValueKind.String).GetString()!;
            int id = Id(Member(token, "id", JsonValueKind.Number), $"the added token \"{Vocabulary.Shorten(text)}\"");
            TokenKind kind = Flag(token, "special") ? TokenKind.Control : TokenKind.UserDefined;
            if (text.Length == 0)
            {
                throw Invalid($"The added token {id} is empty.");
            }

            if (kind == TokenKind.UserDefined && (Flag(token, "lstrip") || Flag(token, "rstrip") || Flag(token, "single_word")))
            {
                throw Invalid($"The added token \"{Vocabulary.Shorten(text)}\" takes blanks or word borders into account (lstrip, rstrip, single_word), which is not supported.");
            }

            _added.Add((id, text, kind));
        }
    }

    private (string[] Pieces, int[] Types) Arrange()
    {
        long size = _vocabulary.Select(token => token.Id).Concat(_added.Select(token => token.Id)).DefaultIfEmpty(-1).Max() + 1L;
        long most = MostUnused + (1L + MostUnusedPerToken) * (_vocabulary.Count + _added.Count);
        if (size > most)
        {
            throw Invalid($"The highest id is {size - 1} but there are only {_vocabulary.Count + _added.Count} tokens.");
        }

        var pieces = new string[size];
        var types = new int[size];
        foreach ((int id, string piece) in _vocabulary)
        {
            if (types[id] != 0)
            {
                throw Invalid($"Two tokens have the id {id}: \"{Vocabulary.Shorten(pieces[id])}\" and \"{Vocabulary.Shorten(piece)}\".");
            }

            (pieces[id], types[id]) = (piece, (int)TokenKind.Normal);
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

        return (pieces, types);
    }

    private static (string, string)[] ReadMerges(JsonElement merges)
    {
        var pairs = new (string, string)[merges.GetArrayLength()];
        int rank = 0;
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            pairs[rank] = merge.ValueKind switch
            {
                JsonValueKind.String => MergeReader.SplitAtBlank(merge.GetString()!, rank),
                JsonValueKind.Array when merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String
                    => (merge[0].GetString()!, merge[1].GetString()!),
                _ => throw Invalid($"Merge {rank} is neither a string nor a list of two strings."),
            };
            rank++;
        }

        return pairs;
    }
}
