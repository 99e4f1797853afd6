using System.Text.Json;

namespace Gestalt.Studio.Api.Reading;

/// <summary>What all requests that generate text may say about how tokens are drawn. The first names are OpenAI's, the last ones those of llama.cpp's server.</summary>
internal abstract record SamplingFields
{
    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public double? FrequencyPenalty { get; init; }

    public double? PresencePenalty { get; init; }

    public Dictionary<string, double>? LogitBias { get; init; }

    public long? Seed { get; init; }

    public JsonElement? Stop { get; init; }

    public int? TopK { get; init; }

    public double? MinP { get; init; }

    public double? TypicalP { get; init; }

    public double? RepeatPenalty { get; init; }

    public int? RepeatLastN { get; init; }
}

/// <summary>What a stream is asked to tell besides.</summary>
internal sealed record StreamOptionsFields
{
    public bool? IncludeUsage { get; init; }

    /// <summary>Padding against those who measure lengths: it is not added, which these clients accept.</summary>
    public bool? IncludeObfuscation { get; init; }
}

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatBody : SamplingFields
{
    public string? Model { get; init; }

    public required JsonElement Messages { get; init; }

    public int? N { get; init; }

    public bool? Stream { get; init; }

    public StreamOptionsFields? StreamOptions { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public JsonElement? ResponseFormat { get; init; }

    public JsonElement? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public string? ReasoningEffort { get; init; }

    /// <summary>Variables of the model's template, by the name that vLLM and llama.cpp's server use.</summary>
    public JsonElement? ChatTemplateKwargs { get; init; }

    public JsonElement? Modalities { get; init; }

    /// <summary>Notes for OpenAI's own bookkeeping: they change no answer, so they are taken and left.</summary>
    public JsonElement? Metadata { get; init; }

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? PromptCacheKey { get; init; }

    public string? PromptCacheRetention { get; init; }

    public string? ServiceTier { get; init; }

    public bool? Store { get; init; }
}

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionBody : SamplingFields
{
    public string? Model { get; init; }

    public JsonElement? Prompt { get; init; }

    public string? Suffix { get; init; }

    public int? MaxTokens { get; init; }

    public int? N { get; init; }

    public int? BestOf { get; init; }

    public bool? Echo { get; init; }

    public int? Logprobs { get; init; }

    public bool? Stream { get; init; }

    public StreamOptionsFields? StreamOptions { get; init; }

    public string? User { get; init; }
}

/// <summary>The body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingBody
{
    public string? Model { get; init; }

    public required JsonElement Input { get; init; }

    public string? EncodingFormat { get; init; }

    public int? Dimensions { get; init; }

    /// <summary>Which hidden states make a vector, which OpenAI has no word for: mean, last or cls.</summary>
    public string? Pooling { get; init; }

    public string? User { get; init; }
}

/// <summary>The body of <c>POST /v1/tokenize</c>: a text, or a conversation as the model reads it.</summary>
internal sealed record TokenizeBody
{
    public string? Model { get; init; }

    public string? Input { get; init; }

    public JsonElement? Messages { get; init; }

    public JsonElement? Tools { get; init; }

    public bool? AddSpecial { get; init; }

    /// <summary>Whether the number alone is wanted: tokens with their bytes are twenty times as long as the text.</summary>
    public bool? CountOnly { get; init; }
}

/// <summary>The body of <c>POST /v1/detokenize</c>.</summary>
internal sealed record DetokenizeBody
{
    public string? Model { get; init; }

    public required List<int> Tokens { get; init; }
}

/// <summary>The body of <c>POST /v1/responses</c>.</summary>
internal sealed record ResponseBody
{
    public string? Model { get; init; }

    public JsonElement? Input { get; init; }

    public string? Instructions { get; init; }

    public string? PreviousResponseId { get; init; }

    public bool? Stream { get; init; }

    public StreamOptionsFields? StreamOptions { get; init; }

    public bool? Store { get; init; }

    public int? MaxOutputTokens { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? TopLogprobs { get; init; }

    public JsonElement? Include { get; init; }

    public JsonElement? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public int? MaxToolCalls { get; init; }

    public JsonElement? Text { get; init; }

    public JsonElement? Reasoning { get; init; }

    public string? Truncation { get; init; }

    public bool? Background { get; init; }

    /// <summary>Kept with the response and told again.</summary>
    public JsonElement? Metadata { get; init; }

    public string? User { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? PromptCacheKey { get; init; }

    public string? PromptCacheRetention { get; init; }

    public string? ServiceTier { get; init; }
}
