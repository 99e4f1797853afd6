using Gestalt.Inference;
using Gestalt.Text;

namespace Gestalt.Tasks.Tools;

/// <summary>What an assistant said with its tools at hand.</summary>
/// <param name="Said">Its messages, with calls and results among them; the last is the answer.</param>
/// <param name="Ended">Whether it ended by itself, rather than for want of room or with too many calls.</param>
public sealed record ToolReply(IReadOnlyList<Message> Said, bool Ended)
{
    /// <summary>The answer: what its last message says.</summary>
    public string Answer => Said.LastOrDefault(message => message.Role == Roles.Assistant)?.Content ?? "";

    /// <summary>The calls that it made.</summary>
    public IEnumerable<ToolCall> Calls => Said.SelectMany(message => message.ToolCalls);
}

/// <summary>
/// Lets an assistant use tools, many conversations at once: a call that it writes is run, the result enters its context as a message that it did not write, and it goes on, until it answers.
/// </summary>
/// <param name="generator">The assistant.</param>
/// <param name="tools">The tools.</param>
public sealed class ToolConversation(TextGenerator generator, ToolBox tools)
{
    /// <summary>With less room than this in its context, it cannot answer any more.</summary>
    private const int LeastTokens = 16;

    /// <summary>How often it may call tools before it has to have answered.</summary>
    public const int Rounds = 4;

    /// <summary>Answers the last message of each conversation.</summary>
    /// <param name="conversations">The conversations; each is told of all tools.</param>
    /// <param name="options">How one message is generated.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The replies in the order of the conversations.</returns>
    public IReadOnlyList<ToolReply> Reply(IReadOnlyList<Conversation> conversations, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(conversations);
        ArgumentNullException.ThrowIfNull(options);
        List<Message>[] said = [.. conversations.Select(_ => new List<Message>())];
        bool[] ended = new bool[conversations.Count];
        List<int> open = [.. Enumerable.Range(0, conversations.Count)];
        for (int round = 0; open.Count > 0 && round <= Rounds; round++)
        {
            (int Index, int[] Prompt)[] prompts = [.. open.Select(i => (i, PromptOf(conversations[i], said[i]))).Where(pair => pair.Item2.Length + LeastTokens <= generator.Engine.Context)];
            TextGeneration[] texts = AnswerAll(generator, [.. prompts.Select(pair => pair.Prompt)], options, cancellation);
            open = [];
            for (int n = 0; n < prompts.Length; n++)
            {
                Message message = ToolText.Read(texts[n].Text);
                int i = prompts[n].Index;
                said[i].Add(message);
                said[i].AddRange(message.ToolCalls.Select(call => new Message(Roles.Tool, tools.Run(call)) { Name = call.Name }));
                ended[i] = message.ToolCalls.Count == 0 && texts[n].Reason == FinishReason.Stop;
                if (message.ToolCalls.Count > 0)
                {
                    open.Add(i);
                }
            }
        }

        return [.. said.Select((messages, i) => new ToolReply(messages, ended[i]))];
    }

    /// <summary>Answers with as many tokens as fit behind the longest prompt, at most those that were asked for.</summary>
    internal static TextGeneration[] AnswerAll(TextGenerator generator, IReadOnlyList<int[]> prompts, GenerationOptions options, CancellationToken cancellation)
    {
        if (prompts.Count == 0)
        {
            return [];
        }

        int room = generator.Engine.Context - prompts.Max(prompt => prompt.Length);
        return generator.AnswerAll(prompts, options with { MaxTokens = Math.Min(options.MaxTokens ?? room, room) }, cancellation: cancellation);
    }

    private int[] PromptOf(Conversation conversation, List<Message> said) =>
        generator.PromptIds(new Conversation([.. conversation.Messages, .. said]) { Tools = tools.Definitions }, generator.TemplateOptions with { Tools = tools.Definitions });
}
