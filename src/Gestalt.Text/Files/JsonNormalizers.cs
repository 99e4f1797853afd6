using System.Text;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reads what a <c>tokenizer.json</c> does to text first.</summary>
internal static class JsonNormalizers
{
    private const string Supported = "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, BertNormalizer, Precompiled and a Sequence of these are";

    /// <summary>The normalizers of a document, in their order.</summary>
    /// <param name="root">The document.</param>
    /// <param name="isByteLevel">Whether one of them turns text into bytes, as the pre-tokenizer ByteLevel does.</param>
    public static List<TextNormalizer> Read(JsonElement root, out bool isByteLevel)
    {
        var steps = new List<TextNormalizer>();
        isByteLevel = false;
        if (!JsonFields.TryMember(root, "normalizer", out JsonElement normalizer))
        {
            return steps;
        }

        foreach (JsonElement part in JsonFields.Parts(normalizer, "normalizers"))
        {
            if (JsonFields.TypeOf(part) == "ByteLevel")
            {
                isByteLevel = true;
            }
            else
            {
                steps.Add(One(part));
            }
        }

        return steps;
    }

    private static TextNormalizer One(JsonElement part)
    {
        string type = JsonFields.TypeOf(part);
        switch (type)
        {
            case "NFC": return new UnicodeNormalizer(NormalizationForm.FormC);
            case "NFD": return new UnicodeNormalizer(NormalizationForm.FormD);
            case "NFKC": return new UnicodeNormalizer(NormalizationForm.FormKC);
            case "NFKD": return new UnicodeNormalizer(NormalizationForm.FormKD);
            case "Lowercase": return new LowercaseNormalizer();
            case "StripAccents": return new StripAccentsNormalizer();
            case "Strip": return new StripNormalizer(JsonFields.Flag(part, "strip_left"), JsonFields.Flag(part, "strip_right"));
            case "Prepend": return new PrependNormalizer(Encoding.UTF8.GetBytes(JsonFields.Text(part, "prepend")));
            case "Replace": return Replace(part);
            case "Precompiled": return Precompiled(part);
            case "BertNormalizer":
                bool lowers = JsonFields.Flag(part, "lowercase", otherwise: true);
                return new BertNormalizer(
                    JsonFields.Flag(part, "clean_text", otherwise: true),
                    JsonFields.Flag(part, "handle_chinese_chars", otherwise: true),
                    JsonFields.Flag(part, "strip_accents", otherwise: lowers),
                    lowers);
            default:
                throw JsonFields.Invalid($"The normalizer {Vocabulary.Shorten(type)} is not supported: it would change the text. {Supported}.");
        }
    }

    private static TextNormalizer Replace(JsonElement part)
    {
        string pattern = JsonFields.Pattern(part), content = JsonFields.Text(part, "content");
        return pattern == " " && content == "▁"
            ? new BlankNormalizer(BlankPrefix.Never)
            : new ReplaceNormalizer(new PatternScanner(pattern), Encoding.UTF8.GetBytes(content));
    }

    private static CharacterMapNormalizer Precompiled(JsonElement part)
    {
        JsonElement map = JsonFields.Member(part, "precompiled_charsmap", JsonValueKind.String);
        return map.TryGetBytesFromBase64(out byte[]? table)
            ? new CharacterMapNormalizer(table)
            : throw JsonFields.Invalid("The precompiled_charsmap is not Base64.");
    }
}
