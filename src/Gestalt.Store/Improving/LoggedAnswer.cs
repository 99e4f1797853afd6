using Gestalt.Text;

namespace Gestalt.Store.Improving;

/// <summary>Why an answer ended.</summary>
public enum AnswerEnd
{
    /// <summary>The model ended it.</summary>
    Stop,

    /// <summary>It reached the longest that was allowed, or the end of the context.</summary>
    Length,

    /// <summary>The model asked for tools.</summary>
    ToolCalls,

    /// <summary>The person stopped it, or went away.</summary>
    Interrupted,
}

/// <summary>An answer that was given, with everything that was said before it.</summary>
/// <param name="Id">Its name in the log; answers of the HTTP interface have the id that the client got.</param>
/// <param name="At">When it ended, UTC.</param>
/// <param name="Model">Whose it is.</param>
/// <param name="Via">Where it was given: <c>chat</c>, <c>serve</c>, <c>ask</c>.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Conversation">What was said, the answer last.</param>
public sealed record LoggedAnswer(string Id, DateTimeOffset At, string Model, string Via, AnswerEnd End, Conversation Conversation)
{
    /// <summary>What was said up to the answer.</summary>
    public Conversation Prompt => Conversation with { Messages = [.. Conversation.Messages.SkipLast(1)] };

    /// <summary>What was asked last: the last message of the person; empty where there is none.</summary>
    public string Question => Conversation.Messages.LastOrDefault(message => message.Role == Roles.User)?.Content ?? "";

    /// <summary>The answer.</summary>
    public Message Answer => Conversation.Messages[^1];

    /// <summary>An answer that was just given.</summary>
    /// <param name="model">Whose it is.</param>
    /// <param name="via">Where it was given.</param>
    /// <param name="end">Why it ended.</param>
    /// <param name="conversation">What was said, the answer last.</param>
    /// <param name="id">Its name; null for a new one.</param>
    public static LoggedAnswer Now(string model, string via, AnswerEnd end, Conversation conversation, string? id = null) =>
        new(id ?? Guid.CreateVersion7().ToString("N"), DateTimeOffset.UtcNow, model, via, end, conversation);

    /// <summary>What is wrong with it as something to learn from; null if nothing is.</summary>
    internal string? Problem =>
        string.IsNullOrWhiteSpace(Id) ? "it has no id"
        : Conversation.Messages.Count < 2 ? "it has fewer than two messages: a question and its answer"
        : Answer.Role != Roles.Assistant ? $"its last message is of the role '{Answer.Role}', not of the assistant"
        : null;
}
