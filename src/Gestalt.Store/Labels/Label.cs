using System.Security.Cryptography;
using System.Text;

namespace Gestalt.Store.Labels;

/// <summary>What a labeller is asked to do; each is easier than the one before.</summary>
public enum LabelKind
{
    /// <summary>Write the ideal answer.</summary>
    Write,

    /// <summary>Make a model's draft good.</summary>
    Edit,

    /// <summary>Say which of two answers is better.</summary>
    Pick,
}

/// <summary>Which answer is better.</summary>
public enum LabelChoice
{
    /// <summary>The first of the task's answers, wherever it stood.</summary>
    First,

    /// <summary>The second of the task's answers.</summary>
    Second,

    /// <summary>Both are equally good.</summary>
    Tie,

    /// <summary>Both are bad.</summary>
    BothBad,
}

/// <summary>A message of a prompt, as OpenAI's interfaces have it.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What is said.</param>
public sealed record LabelMessage(string Role, string Content);

/// <summary>Something to be labelled.</summary>
/// <param name="Id">Its name in the store.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Prompt">The conversation up to the answer.</param>
/// <param name="Answers">None to write, the draft to edit, two to pick from.</param>
/// <param name="Sources">Whose answers they are, as long as <paramref name="Answers"/>; no labeller is told.</param>
public sealed record LabelTask(string Id, LabelKind Kind, IReadOnlyList<LabelMessage> Prompt, IReadOnlyList<string> Answers, IReadOnlyList<string> Sources)
{
    private const int LongestText = 256 << 10;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Problem =>
        string.IsNullOrWhiteSpace(Id) ? "it has no name"
        : Prompt.Count == 0 || Prompt[^1].Role == "assistant" ? "its prompt does not end with a question"
        : Prompt.Any(message => message.Content.Length > LongestText) || Answers.Any(answer => answer.Length > LongestText) ? $"a text of it has more than {LongestText:N0} characters"
        : Sources.Count != Answers.Count ? "it has as many sources as answers, or should have"
        : (Kind, Answers.Count) is not ((LabelKind.Write, 0) or (LabelKind.Edit, 1) or (LabelKind.Pick, 2)) ? $"it has {Answers.Count} answers: none to write, one to edit, two to pick from"
        : Kind == LabelKind.Pick && Answers[0] == Answers[1] ? "its two answers are equal"
        : null;

    /// <summary>A task with a name of its own.</summary>
    /// <param name="kind">What is to be done.</param>
    /// <param name="prompt">The conversation up to the answer.</param>
    /// <param name="answers">None, a draft, or two answers, with whose they are.</param>
    public static LabelTask Of(LabelKind kind, IReadOnlyList<LabelMessage> prompt, params IReadOnlyList<(string Source, string Text)> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return new LabelTask(Guid.CreateVersion7().ToString("N"), kind, prompt, [.. answers.Select(answer => answer.Text)], [.. answers.Select(answer => answer.Source)]);
    }

    /// <summary>
    /// Whether a labeller sees the second answer first. It looks like chance from task to task and from labeller to labeller, and stays the same when a page is opened again: the first bit of SHA-256 of both names.
    /// </summary>
    /// <param name="labeller">Who labels.</param>
    public bool IsTurnedFor(string labeller) => (Order(labeller) & 1) == 1;

    /// <summary>A number by which a labeller's tasks are put in an order of their own.</summary>
    internal ulong Order(string labeller) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{Id}\n{labeller}")));
}

/// <summary>What a person said of a task.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="By">Who said it.</param>
/// <param name="At">When, UTC.</param>
public sealed record Label(string Task, string By, DateTimeOffset At)
{
    /// <summary>The ideal answer, where one was written or a draft was edited; null else.</summary>
    public string? Answer { get; init; }

    /// <summary>The better answer, where two stood to choice; null else.</summary>
    public LabelChoice? Choice { get; init; }

    /// <summary>Whether the labeller had rather say nothing.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>Why, where a labeller said so; null else.</summary>
    public string? Remark { get; init; }

    /// <summary>What is wrong with it as a label of <paramref name="task"/>; null if nothing is.</summary>
    public string? ProblemFor(LabelTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return string.IsNullOrWhiteSpace(By) ? "a label needs the name of who gave it"
            : IsSkipped ? null
            : task.Kind == LabelKind.Pick ? (Choice is null ? "say which answer is better" : null)
            : string.IsNullOrWhiteSpace(Answer) ? "the answer is empty"
            : null;
    }
}
