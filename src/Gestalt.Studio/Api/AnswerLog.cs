using Gestalt.Inference;
using Gestalt.Store;
using Gestalt.Store.Improving;
using Gestalt.Studio.Api.Endpoints;
using Gestalt.Studio.Hosting;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api;

/// <summary>Keeps every answer with the conversation before it, if and only if the server was told where (<see cref="StudioOptions.Log"/>); and what people find wrong with them.</summary>
internal sealed class AnswerLog
{
    private readonly ConversationLog? _log;
    private readonly ReviewStore? _review;
    private readonly Action<string>? _warn;
    private int _hasWarned;

    /// <summary>A log for a server; off unless its options name a folder.</summary>
    /// <param name="options">The options.</param>
    public AnswerLog(StudioOptions options)
    {
        _warn = options.Warn;
        if (options.Log is string folder) (_log, _review) = (new ConversationLog(folder, options.Warn), new ReviewStore(folder, options.Warn));
    }

    /// <summary>Whether anything is kept.</summary>
    public bool IsOn => _log is not null;

    /// <summary>The file; null where nothing is kept.</summary>
    public string? Path => _log?.Path;

    /// <summary>Whether the log has an answer of that id.</summary>
    /// <param name="id">The id.</param>
    public bool Has(string id) => _log?.Read().Answers.Any(answer => answer.Id == id) == true;

    /// <summary>Flags of the answers; null where nothing is kept.</summary>
    public ReviewStore? Review => _review;

    /// <summary>Keeps the answers of a request: of those that were not told to their end as much as was. That the disk is full is no reason to fail a conversation; it is said once.</summary>
    /// <param name="id">The answer's id; of several, those behind the first have their number behind it.</param>
    /// <param name="model">Whose answers they are.</param>
    /// <param name="job">What was asked.</param>
    /// <param name="said">The answers.</param>
    public void Keep(string id, string model, ChatJob job, IReadOnlyList<ChatGathering> said)
    {
        if (_log is null) return;
        try
        {
            Conversation asked = LanguageModel.ConversationOf(job.Messages, job.Options);
            _log.Add([.. said.Select((answer, choice) => (answer, choice)).Where(one => one.answer.Text.Length > 0 || one.answer.Calls.Count > 0 || one.answer.Reason is not null)
                .Select(one => LoggedAnswer.Now(model, "serve", EndOf(one.answer.Reason), asked with { Messages = [.. asked.Messages, ToMessage(one.answer)] }, one.choice == 0 ? id : FormattableString.Invariant($"{id}-{one.choice}")))]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (Interlocked.Exchange(ref _hasWarned, 1) == 0) _warn?.Invoke($"an answer could not be logged, and perhaps others cannot: {problem.Message}");
        }
    }

    private static AnswerEnd EndOf(ChatFinishReason? reason) =>
        reason is null ? AnswerEnd.Interrupted
        : reason == ChatFinishReason.Length ? AnswerEnd.Length
        : reason == ChatFinishReason.ToolCalls ? AnswerEnd.ToolCalls
        : AnswerEnd.Stop;

    private static Message ToMessage(ChatGathering answer) => new(Roles.Assistant, answer.Text)
    {
        ReasoningContent = answer.Thought.Length > 0 ? answer.Thought : null,
        ToolCalls = [.. answer.Calls.Select(call => new ToolCall(call.Name, ChatGathering.Arguments(call), call.CallId))],
    };
}
