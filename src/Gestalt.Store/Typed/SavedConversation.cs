using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Text;

namespace Gestalt.Store;

/// <summary>
/// A conversation as Studio keeps it: a tree. Editing a message or asking again grows a branch beside the old one, and nothing is lost; what is shown is one path from the root to a leaf.
/// Properties that are not known here are kept as they are.
/// </summary>
public sealed record SavedConversation
{
    /// <summary>What a person calls it.</summary>
    public string Title { get; init; } = "";

    /// <summary>The model that answers; null until one is chosen.</summary>
    public string? Model { get; init; }

    /// <summary>The system message; empty for none.</summary>
    public string System { get; init; } = "";

    /// <summary>How answers are sampled: an object of the API's parameters.</summary>
    public JsonElement? Sampling { get; init; }

    /// <summary>The messages of all branches, parents before their children.</summary>
    public IReadOnlyList<SavedMessage> Messages { get; init; } = [];

    /// <summary>Which child is shown of each message that has several, by id; of "" the first message.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; init; } = new Dictionary<string, string>();

    /// <summary>What else stands in the document.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; init; }

    /// <summary>The messages that may follow one, the oldest first.</summary>
    /// <param name="parent">Its id; null for those that may begin.</param>
    public IEnumerable<SavedMessage> Children(string? parent) => Messages.Where(message => message.Parent == parent);

    /// <summary>The messages that are shown, in their order: of each message's children the chosen one, or else the newest.</summary>
    public IReadOnlyList<SavedMessage> Path()
    {
        ILookup<string, SavedMessage> children = Messages.ToLookup(message => message.Parent ?? "");
        var path = new List<SavedMessage>();
        for (string parent = ""; children[parent].LastOrDefault() is { } newest && path.Count < Messages.Count; parent = path[^1].Id)
            path.Add(Chosen.TryGetValue(parent, out string? chosen) && children[parent].FirstOrDefault(message => message.Id == chosen) is { } shown ? shown : newest);
        return path;
    }

    /// <summary>What is shown, as a model reads it.</summary>
    public Conversation AsShown()
    {
        IEnumerable<Message> messages = Path().Select(message => message.AsMessage());
        return Conversation.Of(string.IsNullOrWhiteSpace(System) ? messages : messages.Prepend(new Message(Roles.System, System)));
    }

    /// <summary>Sees that the messages are a tree.</summary>
    /// <exception cref="InvalidDataException">Two have one id, a parent is missing or comes later, or a role is none; the message says which.</exception>
    public void Check()
    {
        var ids = new HashSet<string>();
        foreach (SavedMessage message in Messages)
        {
            if (message.Id.Length is 0 or > StoreLimits.NameLength)
                throw new InvalidDataException($"Message {ids.Count + 1} has an id of {message.Id.Length} characters; ids have 1 to {StoreLimits.NameLength}.");
            if (message.Role is not (Roles.System or Roles.User or Roles.Assistant or Roles.Tool))
                throw new InvalidDataException($"The message '{message.Id}' has the role '{message.Role}'. Roles are system, user, assistant and tool.");
            if (message.Parent is not null && !ids.Contains(message.Parent))
                throw new InvalidDataException($"The message '{message.Id}' follows on '{message.Parent}', which does not stand before it.");
            if (!ids.Add(message.Id))
                throw new InvalidDataException($"Two messages have the id '{message.Id}'.");
        }
    }
}

/// <summary>A message of a <see cref="SavedConversation"/>. Properties that are not known here are kept as they are.</summary>
public sealed record SavedMessage
{
    /// <summary>Its name among the messages of its conversation.</summary>
    public required string Id { get; init; }

    /// <summary>The message that it follows on; null if it begins.</summary>
    public string? Parent { get; init; }

    /// <summary>Who speaks: one of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>What is said.</summary>
    public string Content { get; init; } = "";

    /// <summary>The files that a person sends with it.</summary>
    public IReadOnlyList<SavedAttachment> Attachments { get; init; } = [];

    /// <summary>The tools that an assistant asks for.</summary>
    [JsonPropertyName("toolCalls")]
    public IReadOnlyList<SavedToolCall> ToolCalls { get; init; } = [];

    /// <summary>In a tool's answer, which call it answers.</summary>
    public string? Call { get; init; }

    /// <summary>When it was said.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>What else stands in the document: how many tokens it took, why it ended.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; init; }

    /// <summary>The message as a model reads it: attached files first, then the text.</summary>
    public Message AsMessage() => new(Role, string.Concat(Attachments.Select(file => $"<file name=\"{file.Name.Replace('"', '\'')}\">\n{file.Text}\n</file>\n\n")) + Content)
    {
        ToolCalls = [.. ToolCalls.Select(call => new ToolCall(call.Name, call.Arguments, call.Id))],
        ToolCallId = Call,
    };
}

/// <summary>A text file that was sent with a message.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Text">What it says.</param>
public sealed record SavedAttachment(string Name, string Text);

/// <summary>A tool that an assistant asks for.</summary>
/// <param name="Id">The number under which the answer comes back.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, as JSON text.</param>
public sealed record SavedToolCall(string? Id, string Name, string Arguments);
