using System.Text;
using System.Text.Json;
using Gestalt.Inference;
using Gestalt.Studio.Api.Writing;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary>Puts the pieces of one answer together.</summary>
internal sealed class ChatGathering
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thought = new();
    private readonly List<FunctionCallContent> _calls = [];
    private readonly List<GeneratedToken> _tokens = [];
    private bool _hasTokens;

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>What the model thought to itself before it.</summary>
    public string Thought => _thought.ToString();

    /// <summary>The calls that the client is asked to make.</summary>
    public IReadOnlyList<FunctionCallContent> Calls => _calls;

    /// <summary>Why it ended.</summary>
    public ChatFinishReason? Reason { get; private set; }

    /// <summary>Adds a piece.</summary>
    public void Add(ChatResponseUpdate update)
    {
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextReasoningContent thought: _thought.Append(thought.Text); break;
                case TextContent text: _text.Append(text.Text); break;
                case FunctionCallContent call: _calls.Add(call); break;
            }
        }
        if (update.RawRepresentation is IReadOnlyList<GeneratedToken> tokens)
        {
            _hasTokens = true;
            _tokens.AddRange(tokens);
        }
        Reason = update.FinishReason ?? Reason;
    }

    /// <summary>The whole as one of several answers.</summary>
    public ChatChoice ToChoice(int index, ChatRun run) => new(index)
    {
        Message = new AssistantMessage
        {
            Role = "assistant",
            Content = _text.Length > 0 || _calls.Count == 0 ? Text : null,
            ReasoningContent = _thought.Length > 0 ? Thought : null,
            ToolCalls = _calls.Count > 0 ? [.. _calls.Select(Call)] : null,
        },
        Logprobs = _hasTokens ? LogProbabilities(_tokens, run) : null,
        FinishReason = Reason?.Value,
    };

    /// <summary>How likely tokens were; null where nobody asked.</summary>
    public static ChatLogProbabilities? LogProbabilities(object? raw, ChatRun run) =>
        raw is IReadOnlyList<GeneratedToken> tokens ? new ChatLogProbabilities(TokenAnswers.Of(tokens, run.Model.Model.Tokenizer)) : null;

    /// <summary>A call as answers tell it.</summary>
    public static ToolCallAnswer Call(FunctionCallContent call) => new(call.CallId, "function", new FunctionAnswer(call.Name, Arguments(call)));

    /// <summary>A call's arguments as text.</summary>
    public static string Arguments(FunctionCallContent call)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach ((string name, object? value) in call.Arguments ?? new Dictionary<string, object?>())
            {
                json.WritePropertyName(name);
                if (value is JsonElement element)
                    element.WriteTo(json);
                else
                    JsonSerializer.Serialize(json, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value?.GetType() ?? typeof(object)));
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>What a conversation cost, as answers tell it.</summary>
internal static class ChatUsage
{
    public static Usage Of(UsageDetails usage) => new(usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.TotalTokenCount ?? 0)
    {
        PromptTokensDetails = new PromptDetails(usage.CachedInputTokenCount ?? 0),
        CompletionTokensDetails = new CompletionDetails(usage.ReasoningTokenCount ?? 0),
    };
}
