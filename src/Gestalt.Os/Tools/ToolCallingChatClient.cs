using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Gestalt.Os.Tools;

/// <summary>
/// Lets a model use tools: runs the calls that it asks for, gives it their results, and lets it go on, until it answers. All of it streams: text, calls as they are asked for, results as they come.
/// </summary>
/// <param name="inner">The model.</param>
/// <param name="limits">How often it may call tools before it has to answer.</param>
public sealed class ToolCallingChatClient(IChatClient inner, ToolLimits? limits = null) : DelegatingChatClient(inner)
{
    private readonly int _rounds = (limits ?? new ToolLimits()).Rounds;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> said = [.. messages];
        for (int round = 0; ; round++)
        {
            var updates = new List<ChatResponseUpdate>();
            // In the last round the model is told of no tools: it has to answer with what it knows by then.
            ChatOptions? told = round < _rounds ? options : WithoutTools(options);
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(said, told, cancellationToken).ConfigureAwait(false))
            {
                updates.Add(update);
                yield return update;
            }
            ChatResponse response = updates.ToChatResponse();
            FunctionCallContent[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];
            if (calls.Length == 0 || round >= _rounds)
                yield break;
            said.AddRange(response.Messages);
            var results = new ChatMessage(ChatRole.Tool, []);
            foreach (FunctionCallContent call in calls)
            {
                var result = new FunctionResultContent(call.CallId, await RunAsync(call, options, cancellationToken).ConfigureAwait(false));
                results.Contents.Add(result);
                yield return new ChatResponseUpdate(ChatRole.Tool, [result]) { ResponseId = response.ResponseId, MessageId = $"{call.CallId}-result" };
            }
            said.Add(results);
        }
    }

    private static async Task<object?> RunAsync(FunctionCallContent call, ChatOptions? options, CancellationToken cancellation)
    {
        if (options?.Tools?.OfType<AIFunction>().FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
            return $"There is no tool '{call.Name}'.";
        try
        {
            return await tool.InvokeAsync(new AIFunctionArguments(call.Arguments), cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return $"{call.Name} failed: {failure.Message}";
        }
    }

    private static ChatOptions? WithoutTools(ChatOptions? options)
    {
        ChatOptions? without = options?.Clone();
        if (without is not null)
            without.Tools = null;
        return without;
    }
}
