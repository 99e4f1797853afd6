using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Gestalt.Text;

namespace Gestalt.Store;

/// <summary>A conversation with the name and the version under which it is kept.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">How often it was put.</param>
/// <param name="Created">When it was first put.</param>
/// <param name="Updated">When it was last put.</param>
/// <param name="Conversation">What was said.</param>
public sealed record StoredConversation(string Id, long Version, DateTimeOffset Created, DateTimeOffset Updated, SavedConversation Conversation);

/// <summary>The conversations of a store.</summary>
/// <param name="store">The store.</param>
public sealed class Conversations(IStore store)
{
    /// <summary>The kind of their documents.</summary>
    public const string Kind = "conversation";

    /// <summary>Keeps a new conversation.</summary>
    /// <param name="conversation">What was said.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">Its messages are no tree.</exception>
    public Task<StoredConversation> AddAsync(SavedConversation conversation, CancellationToken cancellation = default) =>
        PutAsync(Guid.CreateVersion7().ToString("N"), conversation, expectedVersion: 0, cancellation);

    /// <summary>Keeps a conversation under a name.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="conversation">What was said.</param>
    /// <param name="expectedVersion">The version that it follows on, 0 for none; null to overwrite whatever is there.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreConflictException">It was changed elsewhere meanwhile.</exception>
    /// <exception cref="InvalidDataException">Its messages are no tree.</exception>
    public async Task<StoredConversation> PutAsync(string id, SavedConversation conversation, long? expectedVersion = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        conversation.Check();
        StoredDocument document = await store.PutAsync(Kind, id, StoreJson.Write(conversation), expectedVersion, cancellation).ConfigureAwait(false);
        return new StoredConversation(id, document.Version, document.Created, document.Updated, conversation);
    }

    /// <summary>A conversation; null if there is none.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<StoredConversation?> GetAsync(string id, CancellationToken cancellation = default) =>
        await store.GetAsync(Kind, id, cancellation).ConfigureAwait(false) is { } document ? Read(document) : null;

    /// <summary>Removes a conversation; false if there was none.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<bool> DeleteAsync(string id, CancellationToken cancellation = default) => store.DeleteAsync(Kind, id, cancellation);

    /// <summary>The conversations, the last updated first.</summary>
    /// <param name="search">Words that must each occur in the title, the system message, what is said on any branch or an attached file; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public async IAsyncEnumerable<StoredConversation> ListAsync(string? search = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string[] words = SearchText.Words(search);
        await foreach (StoredDocument document in store.ListAsync(Kind, search, cancellation).ConfigureAwait(false))
        {
            // The store also found ids, roles and names of models.
            StoredConversation conversation = Read(document);
            if (words.Length == 0 || SearchText.Matches(Said(conversation.Conversation), words))
                yield return conversation;
        }
    }

    /// <summary>What is shown of a conversation as a page of Markdown, for people.</summary>
    /// <param name="conversation">The conversation.</param>
    public static string ToMarkdown(SavedConversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var text = new StringBuilder();
        text.Append("# ").Append(conversation.Title.Length == 0 ? "Conversation" : conversation.Title.ReplaceLineEndings(" ")).Append("\n\n");
        if (conversation.Model is { } model)
            text.Append(CultureInfo.InvariantCulture, $"*Model: {model}*\n\n");
        foreach (Message message in conversation.AsShown().Messages)
        {
            string who = message.Role switch { Roles.User => "You", Roles.System => "System", Roles.Tool => "Tool", _ => "Assistant" };
            text.Append(CultureInfo.InvariantCulture, $"## {who}\n\n");
            if (message.Content.Length > 0)
                text.Append(message.Role == Roles.Tool ? Fenced(message.Content, "") : message.Content).Append("\n\n");
            foreach (ToolCall call in message.ToolCalls)
                text.Append(CultureInfo.InvariantCulture, $"Calls `{call.Name}`:\n\n").Append(Fenced(call.Arguments, "json")).Append("\n\n");
        }
        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>What is shown of a conversation as a line of JSONL, for fine-tuning: <see cref="ConversationFile"/>.</summary>
    /// <param name="conversation">The conversation.</param>
    public static string ToJsonLine(SavedConversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return ConversationFile.ToLine(conversation.AsShown()) + "\n";
    }

    private static StoredConversation Read(StoredDocument document) =>
        new(document.Id, document.Version, document.Created, document.Updated, StoreJson.Read<SavedConversation>(document));

    private static string Said(SavedConversation conversation) => string.Join('\n',
        conversation.Messages.SelectMany(message => message.Attachments.SelectMany(file => new[] { file.Name, file.Text }).Append(message.Content)).Prepend(conversation.System).Prepend(conversation.Title));

    /// <summary>A code block whose fence is longer than any within.</summary>
    private static string Fenced(string text, string language)
    {
        string fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal))
            fence += "`";
        return $"{fence}{language}\n{text.TrimEnd('\n')}\n{fence}";
    }
}
