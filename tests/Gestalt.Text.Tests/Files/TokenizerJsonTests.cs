using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gestalt.Text.Tests;

public sealed class TokenizerJsonTests
{
    public static TheoryData<string> Rules => Samples.Rules;

    [Theory]
    [Trait("Speed", "Smoke")]
    [MemberData(nameof(Rules))]
    public void A_saved_tokenizer_is_read_back_the_same(string rule)
    {
        string path = Path.Combine(Path.GetTempPath(), $"gestalt-{Guid.NewGuid():N}.json");
        try
        {
            Tokenizer tokenizer = Samples.Tokenizer(rule);
            TokenizerJson.Save(tokenizer, path);
            Tokenizer read = TokenizerJson.Load(path);
            AssertSame(tokenizer, read);
            Assert.False(File.Exists(path + ".new"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Merges_are_read_in_both_syntaxes()
    {
        JsonNode document = Document();
        JsonArray pairs = document["model"]!["merges"]!.AsArray();
        document["model"]!["merges"] = new JsonArray([.. pairs.Select(pair => JsonValue.Create($"{pair![0]} {pair[1]}"))]);
        AssertSame(Samples.Tokenizer(), Parse(document));
    }

    [Fact]
    public void What_a_file_may_leave_out_or_set_to_null_is_not_missed()
    {
        JsonNode document = Document();
        foreach (string name in (string[])["version", "truncation", "padding", "normalizer", "post_processor", "decoder"])
        {
            document.AsObject().Remove(name);
        }

        foreach (string name in (string[])["dropout", "unk_token", "fuse_unk", "byte_fallback", "ignore_merges", "continuing_subword_prefix"])
        {
            document["model"]!.AsObject().Remove(name);
        }

        document["model"]!["end_of_word_suffix"] = "";
        AssertSame(Samples.Tokenizer(), Parse(document));
    }

    [Fact]
    public void The_form_of_Qwen2s_own_file_is_read()
    {
        JsonNode document = Document();
        document["normalizer"] = JsonNode.Parse("""{"type": "NFC"}""");
        document["pre_tokenizer"] = JsonNode.Parse(
            """
            {"type": "Sequence", "pretokenizers": [
              {"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false},
              {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]}
            """);
        Assert.Equal(PreTokenizer.Qwen2, Parse(document).PreTokenizer);
    }

    [Fact]
    public void Ids_between_tokens_are_unused_and_survive_being_written()
    {
        JsonNode document = Document();
        document["added_tokens"]![2]!["id"] = 510;
        Tokenizer tokenizer = Parse(document);
        Assert.Equal(511, tokenizer.VocabularySize);
        Assert.Equal(TokenKind.Unused, tokenizer.KindOf(505));
        Assert.Equal(510, tokenizer.Special.MessageEnd.Id);

        using var stream = new MemoryStream();
        TokenizerJson.Save(tokenizer, stream);
        AssertSame(tokenizer, TokenizerJson.Parse(stream.ToArray()));
    }

    [Fact]
    public void Added_tokens_that_are_not_special_are_user_defined()
    {
        JsonNode document = Document();
        document["added_tokens"]![0]!["special"] = false;
        Tokenizer tokenizer = Parse(document);
        Assert.Equal(TokenKind.UserDefined, tokenizer.KindOf(493));
        Assert.Contains(493, tokenizer.Encode("a<|endoftext|>b"));
        using var stream = new MemoryStream();
        TokenizerJson.Save(tokenizer, stream);
        AssertSame(tokenizer, TokenizerJson.Parse(stream.ToArray()));
    }

    [Fact]
    public void An_added_token_that_is_also_in_the_vocabulary_is_one_token()
    {
        JsonNode document = Document();
        document["model"]!["vocab"]!["<|endoftext|>"] = 497;
        AssertSame(Samples.Tokenizer(), Parse(document));
    }

    [Fact]
    public void Whole_words_come_first_where_the_file_says_so()
    {
        JsonNode document = Document();
        document["model"]!["ignore_merges"] = true;
        document["model"]!["vocab"]!["xqzj"] = 500;
        document["model"]!["vocab"]![new string('q', 100)] = 501;
        Tokenizer tokenizer = Parse(document);
        Assert.Equal([500], tokenizer.Encode("xqzj"));
        Assert.Equal([501], tokenizer.Encode(new string('q', 100)));
        Assert.Equal([500], tokenizer.Encode("xqzj"));
        document["model"]!["ignore_merges"] = false;
        Assert.DoesNotContain(500, Parse(document).Encode("xqzj"));
    }

    [Theory]
    [InlineData("model.type", "\"WordLevel\"", "WordLevel")]
    [InlineData("model.type", "\"WordPiece\"", "no unknown token")]
    [InlineData("model.vocab.a", "-1", "ids are whole numbers")]
    [InlineData("model.vocab.a", "1.5", "ids are whole numbers")]
    [InlineData("model.vocab.a", "2147483647", "The highest id is 2147483647")]
    [InlineData("model.vocab.a", "98", "Two tokens have the id 98")]
    [InlineData("model.vocab.a", "\"x\"", "ids are whole numbers")]
    [InlineData("model.vocab.~", null, "byte 0x7E")]
    [InlineData("model.vocab", "[]", "\"vocab\" should be Object")]
    [InlineData("model.merges", "{}", "\"merges\" should be Array")]
    [InlineData("model.merges", "[\"a\"]", "Merge 0")]
    [InlineData("model.merges", "[\"a b c\"]", "Merge 0")]
    [InlineData("model.merges", "[[\"a\"]]", "Merge 0")]
    [InlineData("model.merges", "[[\"a\", 1]]", "Merge 0")]
    [InlineData("model.merges", "[[\"zq\", \"q\"]]", "needs the token")]
    [InlineData("model.merges", "[\"a a\", \"a a\"]", "repeats merge 0")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "continuing_subword_prefix")]
    [InlineData("model.byte_fallback", "true", "byte_fallback")]
    [InlineData("model.dropout", "0.1", "dropout")]
    [InlineData("model", null, "There is no \"model\"")]
    [InlineData("normalizer", "{\"type\": \"Nmt\"}", "Nmt")]
    [InlineData("normalizer", "3", "should be Object")]
    [InlineData("pre_tokenizer", null, "There is no \"pre_tokenizer\"")]
    [InlineData("pre_tokenizer", "{\"type\": \"UnicodeScripts\"}", "UnicodeScripts")]
    [InlineData("pre_tokenizer.pretokenizers", "[{\"type\": \"Digits\"}, {\"type\": \"ByteLevel\"}]", "add_prefix_space")]
    [InlineData("pre_tokenizer.pretokenizers", "[]", "There is no \"pre_tokenizer\"")]
    [InlineData("added_tokens", "[{\"id\": 497, \"content\": \"\", \"special\": true}]", "empty")]
    [InlineData("added_tokens", "[{\"content\": \"x\"}]", "There is no \"id\"")]
    public void What_cannot_be_read_is_refused_by_name(string place, string? value, string reason)
    {
        JsonNode document = Document();
        string[] path = place.Split('.');
        JsonNode parent = path[..^1].Aggregate(document, (node, name) => node[name]!);
        if (value is null)
        {
            parent.AsObject().Remove(path[^1]);
        }
        else
        {
            parent[path[^1]] = JsonNode.Parse(value);
        }

        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Parse(document)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_merges_would_make_text_special_is_refused()
    {
        JsonNode document = Document();
        document["model"]!["vocab"]!.AsObject().Remove("aa");
        document["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 500, "content": "aa", "special": true}"""));
        Assert.Contains("Control", Assert.Throws<InvalidDataException>(() => Parse(document)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_is_refused_with_its_place()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gestalt-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, "{\"model\": \n nonsense}");
        string message = Assert.Throws<InvalidDataException>(() => TokenizerJson.Load(path)).Message;
        File.Delete(path);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains("line 2", message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Parse(default));
        Assert.Throws<InvalidDataException>(() => TokenizerJson.Parse("[]"u8.ToArray()));
        Assert.Throws<FileNotFoundException>(() => TokenizerJson.Load(path));
    }

    [Fact]
    public void Damaged_files_are_refused_or_read_but_never_crash()
    {
        using var stream = new MemoryStream();
        TokenizerJson.Save(BpeTrainer.Train(Samples.Documents, 280), stream);
        byte[] whole = stream.ToArray();
        var random = new Random(13);
        int refused = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] damaged = Damage(whole, random);
            try
            {
                Tokenizer tokenizer = TokenizerJson.Parse(damaged);
                Assert.Equal(Samples.Text, tokenizer.DecodeText(tokenizer.Encode(Samples.Text)));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, 1499);
    }

    /// <summary>A document with one to three errors in it: other bytes, missing ones, or values in place of others.</summary>
    internal static byte[] Damage(byte[] whole, Random random, byte[][]? others = null)
    {
        byte[][] fragments = others ?? ["null"u8.ToArray(), "-1"u8.ToArray(), "1e400"u8.ToArray(), "99999999999"u8.ToArray(), "\"\\ud800\""u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "\"\""u8.ToArray(), "true"u8.ToArray()];
        List<byte> bytes = [.. whole];
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(10) == 0 ? bytes.Count - at : 0);
                    break;
                default:
                    // A value in place of another: the text from a colon to the next comma.
                    int colon = bytes.IndexOf((byte)':', at), comma = colon < 0 ? -1 : bytes.IndexOf((byte)',', colon);
                    if (comma > 0)
                    {
                        bytes.RemoveRange(colon + 1, comma - colon - 1);
                        bytes.InsertRange(colon + 1, fragments[random.Next(fragments.Length)]);
                    }

                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static JsonNode Document()
    {
        using var stream = new MemoryStream();
        TokenizerJson.Save(Samples.Tokenizer(), stream);
        return JsonNode.Parse(stream.ToArray())!;
    }

    private static Tokenizer Parse(JsonNode document) => TokenizerJson.Parse(JsonSerializer.SerializeToUtf8Bytes(document));

    private static void AssertSame(Tokenizer expected, Tokenizer actual)
    {
        Assert.Equal(expected.Tokens(), actual.Tokens());
        Assert.Equal(expected.Merges(), actual.Merges());
        Assert.Equal(expected.TokenTypes(), actual.TokenTypes());
        Assert.Equal(expected.PreTokenizer, actual.PreTokenizer);
        Assert.Equal([.. expected.Special], [.. actual.Special]);
        Assert.Equal(expected.Encode(Samples.Text), actual.Encode(Samples.Text));
    }
}
