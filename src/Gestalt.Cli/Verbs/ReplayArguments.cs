using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Terminal;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary>Conversations that are learned from beside something else, so that a model keeps what it was taught.</summary>
internal static class ReplayArguments
{
    /// <summary>The option that names them.</summary>
    /// <param name="what">What is learned besides: "the problems".</param>
    public static Option<string?> Create(string what) => new("--replay")
    {
        Description = $"Conversations (JSONL) that are learned from beside {what}, so that the model keeps what it was taught besides; none for none [default: conversations.jsonl beside the model]",
        HelpName = "FILE",
    };

    /// <summary>Reads them; null for none.</summary>
    /// <param name="path">What was asked for.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="what">What is learned besides.</param>
    public static Conversation[]? Read(string? path, string model, string what)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, "conversations.jsonl");
        if (path == "none" || (path is null && !File.Exists(beside))) return null;
        path ??= beside;
        if (!File.Exists(path)) throw new UserError(ExitCode.Missing, $"there is no file '{path}' of conversations.");
        Conversation[] all = [.. ConversationFile.Read(path)];
        Messages.Say($"beside {what}: {all.Length} conversations of {path}");
        return all;
    }
}
