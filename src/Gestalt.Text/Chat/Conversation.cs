namespace Gestalt.Text;

/// <summary>A conversation: messages in their order. Two are equal when their messages are.</summary>
/// <param name="Messages">The messages.</param>
public sealed record Conversation(IReadOnlyList<Message> Messages)
{
    /// <summary>The tools that the assistant may call in it, a JSON array as OpenAI's API has it (see <see cref="TemplateOptions.Tools"/>); null for none.</summary>
    public string? Tools { get; init; }

    /// <summary>A conversation of the given messages.</summary>
    public static Conversation Of(params IEnumerable<Message> messages) => new([.. messages]);

    /// <inheritdoc/>
    public bool Equals(Conversation? other) => other is not null && Tools == other.Tools && Messages.SequenceEqual(other.Messages);

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
