using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>
/// A <see cref="LanguageModel"/> as .NET's chat middleware knows one. It keeps nothing between calls (the engine keeps what it has read, so a conversation's next turn costs only
/// what is new in it), and serves any number of callers at once.
/// </summary>
internal sealed class ModelChatClient(LanguageModel model) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("gestalt", defaultModelId: model.Name);
    private readonly ChatRequests _requests = new(model);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatRequest request = _requests.Read(messages, options);
        TextStream stream = model.Generator.Stream(request.Prompt, request.Options, cancellationToken);
        string id = Guid.NewGuid().ToString("N");
        int calls = 0, thought = 0;
        await foreach (string piece in stream.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            thought = request.Thoughts.IsThinking ? stream.GeneratedTokens : thought;
            foreach (AIContent content in Contents(request.Thoughts.Push(piece)))
                yield return Update(content);
        }
        foreach (AIContent content in Contents(request.Thoughts.Flush()).Concat(request.Reader.Flush()))
            yield return Update(content);
        ChatResponseUpdate last = Update(new UsageContent(new UsageDetails
        {
            InputTokenCount = stream.PromptTokens,
            CachedInputTokenCount = stream.CachedTokens,
            OutputTokenCount = stream.GeneratedTokens,
            ReasoningTokenCount = thought > 0 ? thought : null,
            TotalTokenCount = (long)stream.PromptTokens + stream.GeneratedTokens,
        }));
        last.FinishReason = calls > 0 ? ChatFinishReason.ToolCalls : stream.Reason == FinishReason.Stop ? ChatFinishReason.Stop : ChatFinishReason.Length;
        yield return last;

        IEnumerable<AIContent> Contents(IReadOnlyList<AnswerPart> parts) =>
            parts.SelectMany(part => part.IsThought ? [new TextReasoningContent(part.Text)] : request.Reader.Push(part.Text));

        ChatResponseUpdate Update(AIContent content)
        {
            calls += content is FunctionCallContent ? 1 : 0;
            return new ChatResponseUpdate(ChatRole.Assistant, [content]) { ResponseId = id, MessageId = id, ModelId = model.Name, CreatedAt = DateTimeOffset.UtcNow, RawRepresentation = request.Options.LogProbabilities ? stream.TakeTokens() : null };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => ModelServices.Find(serviceType, serviceKey, this, model, _metadata);

    public void Dispose()
    {
        // The model is its maker's.
    }
}
