using System.Text;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Store.Improving;

/// <summary>
/// A conversation in a line of JSON with a record's properties before its messages: whoever reads conversations reads it (<see cref="ConversationFile"/>), and who knows the record learns where it comes from.
/// </summary>
internal static class HeadedConversation
{
    /// <summary>Writes a line, without its line feed.</summary>
    /// <param name="heading">The record; none of its properties may be called <c>messages</c> or <c>tools</c>.</param>
    /// <param name="conversation">The conversation.</param>
    public static string Write<T>(T heading, Conversation conversation) =>
        string.Concat(StoreJson.Write(heading).AsSpan()[..^1], ",", ConversationFile.ToLine(conversation).AsSpan(1));

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no JSON of such a record.</exception>
    /// <exception cref="InvalidDataException">It is no conversation.</exception>
    public static (T Heading, Conversation Conversation) Read<T>(string line)
    {
        T heading = JsonSerializer.Deserialize<T>(line, StoreJson.Options) ?? throw new JsonException("it is null");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(line));
        (int _, Conversation? conversation, string? problem) = ConversationFile.ReadAll(stream).Single();
        return (heading, conversation ?? throw new InvalidDataException(problem));
    }
}
