using System.Text.Json;

namespace Gestalt.Text;

/// <summary>Reads what a <c>tokenizer.json</c> puts before and behind every sequence, and how it writes text.</summary>
internal static class JsonProcessors
{
    /// <summary>The tokens before and behind a sequence.</summary>
    /// <exception cref="InvalidDataException">The post_processor is not supported.</exception>
    public static (int[] Prefix, int[] Suffix) Read(JsonElement root, int vocabularySize)
    {
        List<int> prefix = [], suffix = [];
        if (JsonFields.TryMember(root, "post_processor", out JsonElement processor))
        {
            foreach (JsonElement part in JsonFields.Parts(processor, "processors"))
            {
                ReadOne(part, prefix, suffix);
            }
        }

        return prefix.Concat(suffix).FirstOrDefault(id => id >= vocabularySize, -1) is >= 0 and int wrong
            ? throw JsonFields.Invalid($"The post_processor adds the token {wrong}, but the vocabulary has ids 0 to {vocabularySize - 1}.")
            : ((int[] Prefix, int[] Suffix))([.. prefix], [.. suffix]);
    }

    /// <summary>Whether the decoder drops the blank before the first word; and for WordPiece whether it writes no blank before what ends a clause.</summary>
    /// <exception cref="InvalidDataException">The decoder is not supported.</exception>
    public static (bool DropsFirstBlank, bool Cleans) ReadDecoder(JsonElement root, bool prependsMark)
    {
        bool drops = false, cleans = true;
        if (!JsonFields.TryMember(root, "decoder", out JsonElement decoder))
        {
            return (prependsMark, cleans);
        }

        foreach (JsonElement part in JsonFields.Parts(decoder, "decoders"))
        {
            switch (JsonFields.TypeOf(part))
            {
                case "ByteLevel" or "ByteFallback" or "Fuse" or "Replace":
                    break;
                case "Strip":
                    drops |= JsonFields.TextOrNull(part, "content") == " ";
                    break;
                case "Metaspace":
                    drops |= prependsMark;
                    break;
                case "WordPiece":
                    drops = true;
                    cleans = JsonFields.Flag(part, "cleanup", otherwise: true);
                    break;
                case string other:
                    throw JsonFields.Invalid($"The decoder {Vocabulary.Shorten(other)} is not supported; ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, WordPiece and a Sequence of these are.");
            }
        }

        return (drops, cleans);
    }

    private static void ReadOne(JsonElement part, List<int> prefix, List<int> suffix)
    {
        switch (JsonFields.TypeOf(part))
        {
            case "ByteLevel":
                break;
            case "BertProcessing" or "RobertaProcessing":
                prefix.Add(PairId(part, "cls"));
                suffix.Add(PairId(part, "sep"));
                break;
            case "TemplateProcessing":
                ReadTemplate(part, prefix, suffix);
                break;
            case string other:
                throw JsonFields.Invalid($"The post_processor {Vocabulary.Shorten(other)} is not supported; TemplateProcessing, BertProcessing, RobertaProcessing and ByteLevel are.");
        }
    }

    private static int PairId(JsonElement part, string name)
    {
        JsonElement pair = JsonFields.Member(part, name, JsonValueKind.Array);
        return pair.GetArrayLength() == 2 ? JsonFields.Id(pair[1], $"\"{name}\"") : throw JsonFields.Invalid($"\"{name}\" of the post_processor is not a token with its id.");
    }

    private static void ReadTemplate(JsonElement part, List<int> prefix, List<int> suffix)
    {
        JsonElement specials = JsonFields.Member(part, "special_tokens", JsonValueKind.Object);
        bool isBehind = false;
        foreach (JsonElement piece in JsonFields.Member(part, "single", JsonValueKind.Array).EnumerateArray())
        {
            JsonFields.Expect(piece, JsonValueKind.Object, "Each part of a template");
            if (piece.TryGetProperty("Sequence", out _))
            {
                isBehind = !isBehind ? true : throw JsonFields.Invalid("The post_processor's template has the text more than once.");
                continue;
            }

            string name = JsonFields.Text(JsonFields.Member(piece, "SpecialToken", JsonValueKind.Object), "id");
            JsonElement token = JsonFields.Member(specials, name, JsonValueKind.Object);
            foreach (JsonElement id in JsonFields.Member(token, "ids", JsonValueKind.Array).EnumerateArray())
            {
                (isBehind ? suffix : prefix).Add(JsonFields.Id(id, $"the token \"{Vocabulary.Shorten(name)}\" of the post_processor"));
            }
        }
    }
}
