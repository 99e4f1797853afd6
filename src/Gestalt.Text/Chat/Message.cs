namespace Gestalt.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: <see cref="Roles.System"/>, <see cref="Roles.User"/>, <see cref="Roles.Assistant"/>, <see cref="Roles.Tool"/> or another name.</param>
/// <param name="Content">What is said; empty where an assistant only calls tools.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>The name of the speaker, or of the tool that answers; null if it has none.</summary>
    public string? Name { get; init; }

    /// <summary>The tools that an assistant asks for in this message.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>In a tool's answer, which call it answers (<see cref="ToolCall.Id"/>).</summary>
    public string? ToolCallId { get; init; }

    /// <summary>What the assistant thought before it spoke, where it was kept apart.</summary>
    public string? ReasoningContent { get; init; }

    /// <inheritdoc/>
    public bool Equals(Message? other) => other is not null
        && (Role, Content, Name, ToolCallId, ReasoningContent) == (other.Role, other.Content, other.Name, other.ToolCallId, other.ReasoningContent)
        && ToolCalls.SequenceEqual(other.ToolCalls);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Content, Name, ToolCallId, ReasoningContent, ToolCalls.Count);
}

/// <summary>An assistant's wish that a tool be run.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments as JSON text, an object usually. A file that holds the object itself yields it in one line, with a blank after each comma and colon.</param>
/// <param name="Id">The number under which the answer comes back; null if it has none.</param>
public sealed record ToolCall(string Name, string Arguments, string? Id = null);

/// <summary>The roles that every chat model knows.</summary>
public static class Roles
{
    /// <summary>Sets the scene.</summary>
    public const string System = "system";

    /// <summary>The person.</summary>
    public const string User = "user";

    /// <summary>The model. Only what it says is trained.</summary>
    public const string Assistant = "assistant";

    /// <summary>A tool that answers a <see cref="ToolCall"/>.</summary>
    public const string Tool = "tool";
}
