using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gestalt.Text.Tests;

/// <summary>SentencePiece's scores to the merges of a <c>tokenizer.json</c> and back: the ids stay.</summary>
public sealed class SentencePieceConversionTests
{
    private static readonly string[] Texts =
    [
        "", " ", "  ", "a", " a", "the cat sat", "\tx\t\ty\t", "\n", "\n\n\nx\n", "     five", new string(' ', 40) + "x", "é 東京 \U0001F600 ▁x", "<s> [INST] </s>", "<table><tr>x</tr>", "1 + 1 = 2.0", "A\u0301 \0 z",
    ];

    [Theory]
    [InlineData("ggml-vocab-llama-spm.gguf", false)]
    [InlineData("ggml-vocab-phi-3.gguf", false)]
    [InlineData("ggml-vocab-llama-spm.gguf", true)]
    public void Ids_stay_on_the_way_to_a_folder_and_back(string name, bool asGemma)
    {
        string path = SharedData.Path("vocab/" + name);
        StoredVocabulary stored = new GgufVocabulary(path).ToStored();
        Tokenizer original = (asGemma ? Gemma(stored) : stored).ToTokenizer();
        Tokenizer json = ThroughJson(original), back = json.ToStoredSentencePieces().ToTokenizer(), again = ThroughJson(back);
        string book = File.ReadAllText(Path.Combine(SharedData.Path("books"), Directory.GetFiles(SharedData.Path("books"), "*.txt").Order().First()))[..100_000];
        string[] texts = [.. File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n"), .. Texts, book];
        foreach (string text in texts)
        {
            int[] expected = original.Encode(text);
            Assert.Equal(expected, json.Encode(text));
            Assert.Equal(expected, back.Encode(text));
            Assert.Equal(expected, again.Encode(text));
            Assert.Equal(original.DecodeText(expected), json.DecodeText(expected));
            Assert.Equal(original.DecodeText(expected), back.DecodeText(expected));
        }
        Assert.Equal(json.Merges(), again.Merges());
        Assert.Equal(original.Prefix, back.Prefix);
        Assert.Equal(original.Special.Unknown, back.Special.Unknown);
        if (!asGemma)
        {
            Assert.Equal(original.Tokens(), back.Tokens());
            Assert.Equal(TypesOf(original), TypesOf(back));
        }
    }

    [Fact]
    public void Merges_are_those_of_Transformers_converter()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            StoredVocabulary stored = WithA(SmallPieces.Random(seed));
            JsonElement model = Json(stored.ToTokenizer()).GetProperty("model");
            string[] merges = [.. model.GetProperty("merges").EnumerateArray().Select(merge => merge[0].GetString() + " " + merge[1].GetString())];
            Assert.Equal(Converted(stored), merges);
            Assert.True(model.GetProperty("byte_fallback").GetBoolean());
            Assert.Equal("<unk>", model.GetProperty("unk_token").GetString());
            Assert.Equal(stored.Tokens.Count, model.GetProperty("vocab").EnumerateObject().Count());
        }
    }

    [Fact]
    public void Scores_of_listed_merges_give_the_same_merges_in_the_same_order()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            StoredVocabulary stored = SmallPieces.Random(seed);
            Tokenizer json = ThroughJson(stored.ToTokenizer());
            Tokenizer back = json.ToStoredSentencePieces().ToTokenizer();
            Assert.Equal(json.Merges().Order(StringComparer.Ordinal), ThroughJson(back).Merges().Order(StringComparer.Ordinal));
            Assert.Equal(SmallPieces.Merge(stored, " abab bé aab"), stored.ToTokenizer().Encode("abab bé aab"));
        }
    }

    [Fact]
    public void A_blank_only_before_the_first_text_has_a_form_in_both()
    {
        Tokenizer llama = ThroughJson(SmallPieces.Random(3).ToTokenizer());
        JsonNode document = JsonNode.Parse(Bytes(llama))!;
        document["normalizer"] = null;
        foreach (string scheme in (string[])["first", "always", "never"])
        {
            document["pre_tokenizer"] = JsonNode.Parse($$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": false}""");
            Tokenizer json = TokenizerJson.Parse(Encoding.UTF8.GetBytes(document.ToJsonString())), back = json.ToStoredSentencePieces().ToTokenizer(), again = ThroughJson(back);
            foreach (string text in (string[])["ab", " ab", "  ab", "ba ab"])
            {
                Assert.Equal(json.Encode(text), back.Encode(text));
                Assert.Equal(json.Encode(text), again.Encode(text));
            }
            Assert.Equal(json.Encode(" ab").Length == json.Encode("ab").Length, scheme != "never");
        }
    }

    [Fact]
    public void What_has_no_form_is_refused_with_what_stands_against_it()
    {
        StoredVocabulary stored = SmallPieces.Random(1);
        StoredVocabulary lone = stored with { Tokens = [.. stored.Tokens, "öö"], TokenTypes = [.. stored.TokenTypes!, 1], Scores = [.. stored.Scores!, -1] };
        Assert.Contains("\"öö\") begins or ends with a character that is no token", Assert.Throws<NotSupportedException>(() => Bytes(lone.ToTokenizer())).Message);

        JsonNode document = JsonNode.Parse(Bytes(stored.ToTokenizer()))!;
        document["model"]!["merges"]!.AsArray().RemoveAt(0);
        Tokenizer gap = TokenizerJson.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));
        Assert.Contains("but they are never joined", Assert.Throws<NotSupportedException>(() => gap.ToStoredSentencePieces()).Message);

        document = JsonNode.Parse(Bytes(stored.ToTokenizer()))!;
        document["normalizer"] = JsonNode.Parse("""{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""");
        Tokenizer normal = TokenizerJson.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));
        Assert.Contains("in other ways than SentencePiece's blanks", Assert.Throws<NotSupportedException>(() => normal.ToStoredSentencePieces()).Message);
        Assert.Throws<NotSupportedException>(() => Bytes(normal));
    }

    /// <summary>Gemma's way: no blank before text, runs of blanks and of line ends and tags as tokens of their own, and a token of tabs whose single one is only a byte.</summary>
    private static StoredVocabulary Gemma(StoredVocabulary llama)
    {
        string[] owned = [.. Enumerable.Range(2, 30).Select(length => new string('▁', length)).Where(run => !llama.Tokens.Contains(run)), "\n\n", "\n\n\n", "<table>", "</tr>"];
        int[] types = [.. llama.TokenTypes!];
        for (int id = 0; id < types.Length; id++)
        {
            if (llama.Tokens[id] is ['▁', '▁', ..] run && run.Trim('▁').Length == 0)
            {
                types[id] = (int)TokenKind.UserDefined;
            }
        }

        return llama with
        {
            Tokens = [.. llama.Tokens, .. owned, "\t\t"],
            TokenTypes = [.. types, .. owned.Select(_ => (int)TokenKind.UserDefined), (int)TokenKind.Normal],
            Scores = [.. llama.Scores!, .. owned.Select(_ => 0f), -0.5f],
            Flags = new Dictionary<string, bool>(llama.Flags) { ["add_space_prefix"] = false },
        };
    }

    /// <summary>The converter's own steps, one by one: all ways to cut each piece, in the order of its halves' ids, then sorted from the highest score and the longest halves on.</summary>
    private static IEnumerable<string> Converted(StoredVocabulary vocabulary)
    {
        Dictionary<string, int> ids = vocabulary.Tokens.Select((piece, id) => (piece, id)).Where(token => vocabulary.TokenTypes![token.id] == 1).ToDictionary(token => token.piece, token => token.id);
        var merges = new List<(string Left, string Right, float Score)>();
        foreach ((string piece, int id) in ids)
        {
            var local = new List<(string Left, string Right, float Score)>();
            for (int cut = 1; cut < piece.Length; cut++)
            {
                if (ids.ContainsKey(piece[..cut]) && ids.ContainsKey(piece[cut..]))
                {
                    local.Add((piece[..cut], piece[cut..], vocabulary.Scores![id]));
                }
            }

            merges.AddRange(local.OrderBy(merge => ids[merge.Left]).ThenBy(merge => ids[merge.Right]));
        }

        return merges.OrderByDescending(merge => (merge.Score, merge.Left.Length, merge.Right.Length)).Select(merge => $"{merge.Left} {merge.Right}");
    }

    // The converter knows no characters that are only bytes.
    private static StoredVocabulary WithA(StoredVocabulary stored) =>
        stored.Tokens.Contains("a") ? stored : stored with { Tokens = [.. stored.Tokens, "a"], TokenTypes = [.. stored.TokenTypes!, 1], Scores = [.. stored.Scores!, -50] };

    // A tokenizer.json says "special" of both.
    private static IEnumerable<int> TypesOf(Tokenizer tokenizer) => tokenizer.TokenTypes().Select(type => type == (int)TokenKind.Unknown ? (int)TokenKind.Control : type);

    private static Tokenizer ThroughJson(Tokenizer tokenizer) => TokenizerJson.Parse(Bytes(tokenizer));

    private static JsonElement Json(Tokenizer tokenizer) => JsonDocument.Parse(Bytes(tokenizer)).RootElement;

    private static byte[] Bytes(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        TokenizerJson.Save(tokenizer, stream);
        return stream.ToArray();
    }
}
