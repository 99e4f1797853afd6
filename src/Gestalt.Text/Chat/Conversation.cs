namespace Gestalt.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: <see cref="Roles.System"/>, <see cref="Roles.User"/>, <see cref="Roles.Assistant"/> or another name.</param>
/// <param name="Content">What is said.</param>
public sealed record Message(string Role, string Content);

/// <summary>The roles that every chat model knows.</summary>
public static class Roles
{
    /// <summary>Sets the scene.</summary>
    public const string System = "system";

    /// <summary>The person.</summary>
    public const string User = "user";

    /// <summary>The model. Only what it says is trained.</summary>
    public const string Assistant = "assistant";
}

/// <summary>A conversation: messages in their order. Two are equal when their messages are.</summary>
/// <param name="Messages">The messages.</param>
public sealed record Conversation(IReadOnlyList<Message> Messages)
{
    /// <summary>A conversation of the given messages.</summary>
    public static Conversation Of(params IEnumerable<Message> messages) => new([.. messages]);

    /// <inheritdoc/>
    public bool Equals(Conversation? other) => other is not null && Messages.SequenceEqual(other.Messages);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Message message in Messages)
        {
            hash.Add(message);
        }

        return hash.ToHashCode();
    }
}
