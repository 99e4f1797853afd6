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
        IReadOnlyList<Merge> merges = tokenizer.Kind == TokenizerKind.SentencePieceBpe ? tokenizer.ListedMerges() : tokenizer.MergeList;
        var names = new TokenNames(tokenizer, merges);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json, tokenizer, names);
        if (tokenizer.Kind == TokenizerKind.SentencePieceBpe)
        {
            SentencePieceJson.WriteText(json, tokenizer);
        }
        else
        {
            json.WriteNull("normalizer");
            WritePreTokenizer(json, tokenizer.PreTokenizer);
        }

        WriteTemplate(json, tokenizer);
        json.WritePropertyName("decoder");
        if (tokenizer.Kind == TokenizerKind.SentencePieceBpe)
        {
            SentencePieceJson.WriteDecoder(json, tokenizer.DropsFirstBlank);
        }
        else
        {
            WriteByteLevel(json, usesPattern: true);
        }

        WriteModel(json, tokenizer, merges, names);
        json.WriteEndObject();
    }

    /// <summary>The special tokens around every sequence.</summary>
    private static void WriteTemplate(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        if (!tokenizer.AddsStart && !tokenizer.AddsEnd)
        {
            json.WriteNull("post_processor");
            return;
        }

        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        json.WriteStartArray("single");
        WriteSequence("A", 0);
        json.WriteEndArray();
        json.WriteStartArray("pair");
        WriteSequence("A", 0);
        WriteSequence("B", 1);
        json.WriteEndArray();
        json.WriteStartObject("special_tokens");
        foreach (SpecialToken token in tokenizer.Prefix.Concat(tokenizer.Suffix).DistinctBy(token => token.Id))
        {
            json.WriteStartObject(token.Text);
            json.WriteString("id", token.Text);
            json.WriteStartArray("ids");
            json.WriteNumberValue(token.Id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(token.Text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();

        void WriteSequence(string name, int type)
        {
            foreach (SpecialToken token in tokenizer.Prefix)
            {
                WritePart("SpecialToken", token.Text, type);
            }

            WritePart("Sequence", name, type);
            foreach (SpecialToken token in tokenizer.Suffix)
            {
                WritePart("SpecialToken", token.Text, type);
            }
        }

        void WritePart(string kind, string id, int type)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind);
            json.WriteString("id", id);
            json.WriteNumber("type_id", type);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, Tokenizer tokenizer, TokenNames names)
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
            json.WriteString("content", names[id]);
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

    private static void WriteModel(Utf8JsonWriter json, Tokenizer tokenizer, IReadOnlyList<Merge> merges, TokenNames names)
    {
        bool isOfCharacters = tokenizer.Kind == TokenizerKind.SentencePieceBpe;
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", isOfCharacters ? tokenizer.Special.Unknown?.Text : null);
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", isOfCharacters);
        json.WriteBoolean("byte_fallback", isOfCharacters && names.HasBytes);
        json.WriteBoolean("ignore_merges", tokenizer.WholeWordsFirst);
        json.WriteStartObject("vocab");
        for (int id = 0; id < names.InVocabulary; id++)
        {
            json.WriteNumber(names[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (Merge merge in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(names[merge.Left]);
            json.WriteStringValue(names[merge.Right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
