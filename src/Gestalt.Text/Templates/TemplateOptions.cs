namespace Gestalt.Text;

/// <summary>What a chat template is told besides the conversation.</summary>
public sealed record TemplateOptions
{
    /// <summary>The tools that the model may call: a JSON array as in OpenAI's API, <c>[{"type": "function", "function": {"name": ..., "parameters": ...}}, ...]</c>. Null for none.</summary>
    public string? Tools { get; init; }

    /// <summary>End where the assistant's next message begins, for the model to go on.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>The name of the token with which a sequence begins (<c>bos_token</c>); null if the vocabulary has none.</summary>
    public string? BosText { get; init; }

    /// <summary>The name of the token with which a turn or text ends (<c>eos_token</c>); null if the vocabulary has none.</summary>
    public string? EosText { get; init; }

    /// <summary>The time for templates that tell the model what day it is; now if null.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>
    /// More that a certain template knows, such as <c>enable_thinking</c>: booleans, numbers, texts, null and <see cref="System.Text.Json.JsonElement"/>. Texts count as
    /// content: they never become special tokens.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Variables { get; init; } = new Dictionary<string, object?>();

    /// <summary>The same with the names by which a vocabulary begins and ends sequences, where they are not said.</summary>
    /// <param name="tokenizer">The model's vocabulary.</param>
    public TemplateOptions For(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return this with
        {
            BosText = BosText ?? Templates.TemplateFamily.StartName(tokenizer),
            EosText = EosText ?? (tokenizer.Special.HasEndOfText ? tokenizer.Special.EndOfText.Text : null),
        };
    }
}
