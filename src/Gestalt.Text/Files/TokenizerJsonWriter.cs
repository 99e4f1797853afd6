using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Writes a <c>tokenizer.json</c> that Hugging Face's tokenizers reads to the same ids.</summary>
internal static class TokenizerJsonWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the whole document.</summary>
    public static void Write(Tokenizer tokenizer, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json, tokenizer);
        json.WriteNull("normalizer");
        WritePreTokenizer(json, tokenizer.PreTokenizer);
        json.WriteNull("post_processor");
        json.WritePropertyName("decoder");
        WriteByteLevel(json, usesPattern: true);
        WriteModel(json, tokenizer);
        json.WriteEndObject();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        Dictionary<int, AddedToken> added = tokenizer.AddedList.DistinctBy(token => token.Id).ToDictionary(token => token.Id);
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.KindOf(id) is TokenKind.Normal or TokenKind.Byte)
            {
                continue;
            }

            AddedToken? token = added.GetValueOrDefault(id);
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", tokenizer.Piece(id));
            json.WriteBoolean("single_word", token is { StandsAlone: true });
            json.WriteBoolean("lstrip", token is { TakesBlanksBefore: true });
            json.WriteBoolean("rstrip", token is { TakesBlanksAfter: true });
            json.WriteBoolean("normalized", token is { IsNormalized: true });
            json.WriteBoolean("special", tokenizer.KindOf(id) != TokenKind.UserDefined);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, PreTokenizer rule)
    {
        json.WritePropertyName("pre_tokenizer");
        if (rule == PreTokenizer.Gpt2)
        {
            WriteByteLevel(json, usesPattern: true);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        if (rule == PreTokenizer.Gpt2Digits)
        {
            json.WriteStartObject();
            json.WriteString("type", "Digits");
            json.WriteBoolean("individual_digits", true);
            json.WriteEndObject();
        }
        else
        {
            foreach (SplitStep step in rule.Steps)
            {
                WriteSplit(json, step);
            }
        }

        WriteByteLevel(json, usesPattern: rule == PreTokenizer.Gpt2Digits);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSplit(Utf8JsonWriter json, SplitStep step)
    {
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", step.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", step.Behavior.ToString());
        json.WriteBoolean("invert", step.IsInverted);
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, bool usesPattern)
    {
        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", usesPattern);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", tokenizer.WholeWordsFirst);
        json.WriteStartObject("vocab");
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.KindOf(id) is TokenKind.Normal or TokenKind.Byte)
            {
                json.WriteNumber(tokenizer.Piece(id), id);
            }
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (Merge merge in tokenizer.MergeList)
        {
            json.WriteStartArray();
            json.WriteStringValue(tokenizer.Piece(merge.Left));
            json.WriteStringValue(tokenizer.Piece(merge.Right));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
