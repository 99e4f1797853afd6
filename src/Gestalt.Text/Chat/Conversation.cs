namespace Gestalt.Text;

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
