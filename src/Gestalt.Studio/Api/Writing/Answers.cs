using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Studio.Api.Writing;

/// <summary>What went wrong, as OpenAI's clients read it.</summary>
internal sealed record ErrorAnswer(ErrorDetail Error);

/// <inheritdoc cref="ApiException"/>
internal sealed record ErrorDetail(string Message, string Type, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code)
{
    public static ErrorDetail Of(ApiException problem) => new(problem.Message, problem.Type, problem.Param, problem.Code);
}

/// <summary>What a request cost, in tokens.</summary>
internal sealed record Usage(long PromptTokens, long? CompletionTokens, long TotalTokens)
{
    public PromptDetails? PromptTokensDetails { get; init; }

    public CompletionDetails? CompletionTokensDetails { get; init; }
}

/// <summary>Tokens of the prompt that did not have to be read again.</summary>
internal sealed record PromptDetails(long CachedTokens);

/// <summary>Tokens of the answer in which the model thought to itself.</summary>
internal sealed record CompletionDetails(long ReasoningTokens);

/// <summary>An answer of <c>/v1/chat/completions</c>, whole or a piece of a stream.</summary>
internal sealed record ChatAnswer(string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices)
{
    public string SystemFingerprint { get; init; } = Fingerprint.Text;

    public Usage? Usage { get; init; }
}

/// <summary>One of several answers.</summary>
internal sealed record ChatChoice(int Index)
{
    public AssistantMessage? Message { get; init; }

    public AssistantMessage? Delta { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChatLogProbabilities? Logprobs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>What the model says, or a piece of it.</summary>
internal sealed record AssistantMessage
{
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ToolCallAnswer>? ToolCalls { get; init; }
}

/// <summary>A call that the client is asked to make.</summary>
internal sealed record ToolCallAnswer(string Id, string Type, FunctionAnswer Function)
{
    /// <summary>Which of a message's calls, in streams.</summary>
    public int? Index { get; init; }
}

/// <summary>The function and its arguments, a JSON object as text.</summary>
internal sealed record FunctionAnswer(string Name, string Arguments);

/// <summary>How likely the tokens of an answer were.</summary>
internal sealed record ChatLogProbabilities(IReadOnlyList<TokenAnswer> Content);

/// <summary>A token and how likely it was.</summary>
internal sealed record TokenAnswer(string Token, double Logprob, IReadOnlyList<int> Bytes)
{
    /// <summary>Its number in the vocabulary, which OpenAI does not tell, and llama.cpp does.</summary>
    public int? Id { get; init; }

    public IReadOnlyList<TokenAnswer>? TopLogprobs { get; init; }
}

/// <summary>An answer of <c>/v1/completions</c>, whole or a piece of a stream.</summary>
internal sealed record CompletionAnswer(string Id, string Object, long Created, string Model, IReadOnlyList<CompletionChoice> Choices)
{
    public string SystemFingerprint { get; init; } = Fingerprint.Text;

    public Usage? Usage { get; init; }
}

/// <summary>One of several texts.</summary>
internal sealed record CompletionChoice(
    int Index, string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] CompletionLogProbabilities? Logprobs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

/// <summary>How likely the tokens of a text were, in the columns of OpenAI's older interface.</summary>
internal sealed record CompletionLogProbabilities(IReadOnlyList<string> Tokens, IReadOnlyList<double?> TokenLogprobs, IReadOnlyList<Dictionary<string, double>?>? TopLogprobs, IReadOnlyList<int> TextOffset);

/// <summary>Vectors of texts. They are lists of numbers, or base64 of little-endian float32.</summary>
internal sealed record EmbeddingAnswer(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, Usage Usage);

/// <summary>A vector.</summary>
internal sealed record EmbeddingItem(string Object, int Index, JsonElement Embedding);

/// <summary>The models that can be asked for.</summary>
internal sealed record ModelListAnswer(string Object, IReadOnlyList<ModelAnswer> Data);

/// <summary>A model that can be asked for. What follows <see cref="OwnedBy"/> is Gestalt's own.</summary>
internal sealed record ModelAnswer(string Id, string Object, long Created, string OwnedBy, long Bytes, string State)
{
    /// <summary>Tokens that a sequence may have; known while the model is loaded.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Bytes that it takes in memory at most; known while the model is loaded.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Whether it was made to answer; known while the model is loaded.</summary>
    public bool? IsAssistant { get; init; }
}

/// <summary>A text's tokens, or how many there are.</summary>
internal sealed record TokenizeAnswer(string Object, string Model, int Count, IReadOnlyList<int>? Ids, IReadOnlyList<TokenPart>? Tokens);

/// <summary>A token of a text.</summary>
internal sealed record TokenPart(int Id, string Text, IReadOnlyList<int> Bytes, bool IsSpecial);

/// <summary>The text of tokens.</summary>
internal sealed record DetokenizeAnswer(string Object, string Model, string Text);

/// <summary>How the server is.</summary>
internal sealed record HealthAnswer(string Status, string Version, long UptimeSeconds, int Models, int Running, int Waiting);

/// <summary>What runs here, for those who compare answers: another version may write other ones.</summary>
internal static class Fingerprint
{
    /// <summary>Gestalt's version.</summary>
    public static string Version { get; } = typeof(Fingerprint).Assembly.GetName().Version!.ToString(3);

    /// <summary>As answers tell it.</summary>
    public static string Text { get; } = "gestalt-" + Version;
}

/// <summary>How answers are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(CompletionAnswer))]
[JsonSerializable(typeof(EmbeddingAnswer))]
[JsonSerializable(typeof(ModelListAnswer))]
[JsonSerializable(typeof(ModelAnswer))]
[JsonSerializable(typeof(TokenizeAnswer))]
[JsonSerializable(typeof(DetokenizeAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(TokenAnswer[]))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>The context that answers are written with: letters of all languages as they are.</summary>
    public static AnswerJson Readable => Kept ??= new AnswerJson(new JsonSerializerOptions(Default.Options) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static AnswerJson? Kept { get; set; }
}
