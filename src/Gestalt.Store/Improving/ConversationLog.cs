using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Store.Improving;

/// <summary>
/// What people and a model said to each other, in one local file of JSON lines to which lines are only ever added, by any number of programs at once; a kill costs at most the line that was being
/// written. Nothing is logged unless somebody makes one of these. Each line is also a conversation as fine-tuning reads it (<see cref="ConversationFile"/>), with <c>id</c>, <c>at</c>, <c>model</c>,
/// <c>via</c> and <c>end</c> beside its messages. Where the system knows such rights, only this user can read the file.
/// </summary>
public sealed class ConversationLog
{
    /// <summary>The file's name in its folder.</summary>
    public const string FileName = "log.jsonl";

    private readonly LineFile _file;
    private readonly Lock _gate = new();

    /// <summary>Opens a log; nothing is written until something is added.</summary>
    /// <param name="folder">The folder in which it lies.</param>
    /// <param name="warn">Told about what a killed program left; null for nobody.</param>
    public ConversationLog(string folder, Action<string>? warn = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _file = new LineFile(System.IO.Path.Combine(folder, FileName), "an answer", warn, isPrivate: true);
    }

    private sealed record Heading(string Id, DateTimeOffset At, string Model, string Via, AnswerEnd End);

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>Adds answers, and returns when they are on the disk.</summary>
    /// <param name="answers">The answers.</param>
    /// <exception cref="ArgumentException">One has no question before it; nothing is written.</exception>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public void Add(params IReadOnlyList<LoggedAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        foreach (LoggedAnswer answer in answers)
            if (answer.Problem is string problem) throw new ArgumentException($"The answer cannot be logged: {problem}.", nameof(answers));
        lock (_gate) _file.Append(answers.Select(ToLine));
    }

    /// <summary>Everything that stands in the file now.</summary>
    /// <returns>The answers in their order, and a sentence about each line that is none, with file and line; such lines stay in the file.</returns>
    public (IReadOnlyList<LoggedAnswer> Answers, IReadOnlyList<string> Problems) Read()
    {
        var answers = new Dictionary<string, LoggedAnswer>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach ((int number, string text) in _file.Lines())
        {
            try
            {
                LoggedAnswer answer = Parse(text);
                if (answer.Problem is string problem) problems.Add($"{Path}, line {number}: {problem}");
                else if (!answers.TryAdd(answer.Id, answer)) problems.Add($"{Path}, line {number}: its id '{answer.Id}' stands in an earlier line, too");
            }
            catch (Exception problem) when (problem is JsonException or InvalidDataException)
            {
                problems.Add($"{Path}, line {number}: it is no logged answer: {problem.Message}");
            }
        }

        return ([.. answers.Values], problems);
    }

    private static string ToLine(LoggedAnswer answer) => HeadedConversation.Write(new Heading(answer.Id, answer.At, answer.Model, answer.Via, answer.End), answer.Conversation);

    private static LoggedAnswer Parse(string line)
    {
        (Heading heading, Conversation conversation) = HeadedConversation.Read<Heading>(line);
        return new LoggedAnswer(heading.Id, heading.At, heading.Model, heading.Via, heading.End, conversation);
    }
}
