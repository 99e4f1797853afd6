using System.Text.Json;

namespace Gestalt.Text;

/// <summary>
/// What a <c>tokenizer.json</c> of a SentencePiece vocabulary does to text and back, as Transformers' converter writes it: Llama's files prepend and replace, newer ones have Metaspace, Gemma's
/// only replace.
/// </summary>
internal static class SentencePieceJson
{
    /// <summary>Writes the normalizer and the pre-tokenizer.</summary>
    /// <exception cref="NotSupportedException">More is done to text than files can say.</exception>
    public static void WriteText(Utf8JsonWriter json, Tokenizer tokenizer)
    {
        BlankPrefix prefix = tokenizer.Blanks ?? throw new NotSupportedException("The vocabulary changes text in other ways than SentencePiece's blanks; copy the file that it came from.");
        bool cutsAtBlanks = tokenizer.PreTokenizer.Steps is [{ Pattern: "▁", Behavior: SplitBehavior.MergedWithNext }];
        if (!cutsAtBlanks && tokenizer.PreTokenizer != PreTokenizer.SentencePiece && tokenizer.PreTokenizer != PreTokenizer.None)
        {
            throw new NotSupportedException("The vocabulary cuts words by an expression of its own; copy the file that it came from.");
        }

        bool hasMetaspace = cutsAtBlanks || prefix is BlankPrefix.WhenMissing or BlankPrefix.FirstWhenMissing;
        if (hasMetaspace && prefix == BlankPrefix.Always)
        {
            throw new NotSupportedException("The vocabulary cuts words at blanks behind one that is always put before the text; copy the file that it came from.");
        }

        json.WritePropertyName("normalizer");
        if (hasMetaspace)
        {
            json.WriteNullValue();
        }
        else if (prefix == BlankPrefix.Always)
        {
            json.WriteStartObject();
            json.WriteString("type", "Sequence");
            json.WriteStartArray("normalizers");
            json.WriteStartObject();
            json.WriteString("type", "Prepend");
            json.WriteString("prepend", "▁");
            json.WriteEndObject();
            WriteReplace(json, " ", "▁");
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            WriteReplace(json, " ", "▁");
        }

        json.WritePropertyName("pre_tokenizer");
        if (!hasMetaspace)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "Metaspace");
        json.WriteString("replacement", "▁");
        json.WriteString("prepend_scheme", prefix switch { BlankPrefix.WhenMissing => "always", BlankPrefix.FirstWhenMissing => "first", _ => "never" });
        json.WriteBoolean("split", cutsAtBlanks);
        json.WriteEndObject();
    }

    /// <summary>Writes the decoder.</summary>
    public static void WriteDecoder(Utf8JsonWriter json, bool dropsFirstBlank)
    {
        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        WriteReplace(json, "▁", " ");
        WriteType(json, "ByteFallback");
        WriteType(json, "Fuse");
        if (dropsFirstBlank)
        {
            json.WriteStartObject();
            json.WriteString("type", "Strip");
            json.WriteString("content", " ");
            json.WriteNumber("start", 1);
            json.WriteNumber("stop", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReplace(Utf8JsonWriter json, string pattern, string content)
    {
        json.WriteStartObject();
        json.WriteString("type", "Replace");
        json.WriteStartObject("pattern");
        json.WriteString("String", pattern);
        json.WriteEndObject();
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteEndObject();
    }
}
