namespace Gestalt.Models;

/// <summary>What a GGUF file says beside the vocabulary itself: how sequences begin, where answers end, how conversations are written.</summary>
internal static class TurnMetadata
{
    /// <summary>Where a chat template stands.</summary>
    public const string TemplateKey = "tokenizer.chat_template";

    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Metadata that name a token after which nothing follows.</summary>
    private static readonly string[] EndKeys = [Prefix + "eos_token_id", Prefix + "eot_token_id", Prefix + "eom_token_id"];

    /// <summary>
    /// Tokens that end a turn in the families' own templates. Many files name only the end of a text, so they are found by their spelling, as other
    /// programs do.
    /// </summary>
    private static readonly string[] EndTexts =
        ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<|end_of_turn|>", "<｜end▁of▁sentence｜>"];

    /// <summary>The chat template, or null.</summary>
    public static string? Template(GgufFile file) => file.TryGet(TemplateKey, out GgufValue template) ? template.AsText() : null;

    /// <summary>The token that sequences begin with, or null.</summary>
    public static int? StartId(GgufFile file) => Id(file, Prefix + "bos_token_id");

    /// <summary>Whether it is always there. Files that do not say follow their family: SentencePiece and Llama 3 vocabularies add it, byte-level ones do not.</summary>
    public static bool AddsStart(GgufFile file)
    {
        if (StartId(file) is null)
            return false;
        if (file.TryGet(Prefix + "add_bos_token", out GgufValue says))
            return says.AsFlag();
        return (file.TryGet(Prefix + "model", out GgufValue model) && model.AsText() is "llama" or "bert")
            || (file.TryGet(Prefix + "pre", out GgufValue pre) && pre.AsText() is "llama3" or "llama-v3" or "llama-bpe");
    }

    /// <summary>The tokens that end an answer, in ascending order.</summary>
    public static int[] StopIds(GgufFile file)
    {
        SortedSet<int> ids = [.. EndKeys.Select(key => Id(file, key)).OfType<int>()];
        if (file.TryGet(Prefix + "tokens", out GgufValue tokens))
        {
            foreach (string text in EndTexts)
            {
                int id = tokens.IndexOfText(text);
                if (id >= 0)
                    ids.Add(id);
            }
        }
        return [.. ids];
    }

    /// <summary>Writes how sequences begin and end, over what a vocabulary alone would suggest.</summary>
    public static void Write(GgufWriter writer, ModelFileOptions options)
    {
        if (options.Template is not null)
        {
            writer.Remove(TemplateKey);
            writer.SetText(TemplateKey, options.Template);
        }
        if (options.StopIds is null)
            return;
        foreach (string key in EndKeys)
            writer.Remove(key);
        for (int i = 0; i < Math.Min(options.StopIds.Count, EndKeys.Length); i++)
            writer.SetUInt32(EndKeys[i], (uint)options.StopIds[i]);
        writer.Remove(Prefix + "bos_token_id");
        if (options.StartId is int start)
            writer.SetUInt32(Prefix + "bos_token_id", (uint)start);
        writer.Remove(Prefix + "add_bos_token");
        writer.SetFlag(Prefix + "add_bos_token", options.StartId is not null && options.StartsWithEndOfText);
    }

    private static int? Id(GgufFile file, string key)
    {
        if (!file.TryGet(key, out GgufValue value))
            return null;
        long id = value.AsInteger(), count = file.TryGet(Prefix + "tokens", out GgufValue tokens) ? tokens.Count : int.MaxValue;
        return id >= 0 && id < count
            ? (int)id
            : throw new ModelFileException(file.Path, $"metadata '{key}' is {id}; the vocabulary has {count} tokens");
    }
}
