using System.Text.Json;

namespace Gestalt.Store.Improving;

/// <summary>
/// Flags and corrections of logged answers, beside the log in one plain file of JSON lines, <c>{"flag": {...}}</c> or <c>{"correction": {...}}</c> a line, only ever added to: what was said once can be
/// read for ever, and the last word counts. Safe for threads and for programs side by side.
/// </summary>
public sealed class ReviewStore
{
    /// <summary>The file's name in its folder.</summary>
    public const string FileName = "review.jsonl";

    private readonly LineFile _file;

    /// <summary>Opens a store; nothing is written until something is added.</summary>
    /// <param name="folder">The folder of the log.</param>
    /// <param name="warn">Told about what a killed program left; null for nobody.</param>
    public ReviewStore(string folder, Action<string>? warn = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _file = new LineFile(System.IO.Path.Combine(folder, FileName), "a flag or a correction", warn, isPrivate: true);
    }

    private sealed record Line(Flag? Flag = null, Correction? Correction = null)
    {
        public string? Problem => this switch { { Flag: Flag flag, Correction: null } => flag.Problem, { Correction: Correction correction, Flag: null } => correction.Problem, _ => "it is neither a flag nor a correction" };
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>Adds flags, and returns when they are on the disk.</summary>
    /// <exception cref="ArgumentException">One does not say whose it is, of which answer, or why; nothing is written.</exception>
    public void Add(params IReadOnlyList<Flag> flags) => Add([.. flags.Select(flag => new Line(Flag: flag))]);

    /// <summary>Adds corrections, and returns when they are on the disk.</summary>
    /// <exception cref="ArgumentException">One is empty, or does not say whose it is or of which answer; nothing is written.</exception>
    public void Add(params IReadOnlyList<Correction> corrections) => Add([.. corrections.Select(correction => new Line(Correction: correction))]);

    /// <summary>Everything that stands in the file now.</summary>
    public ReviewSet Read()
    {
        var reviewed = new Dictionary<string, ReviewedAnswer>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach ((int number, string text) in _file.Lines())
        {
            try
            {
                Line line = JsonSerializer.Deserialize<Line>(text, StoreJson.Options) ?? throw new JsonException("it is null");
                if (line.Problem is string problem) problems.Add($"{Path}, line {number}: {problem}");
                else Take(reviewed, line);
            }
            catch (JsonException problem)
            {
                problems.Add($"{Path}, line {number}: it is no flag and no correction: {problem.Message}");
            }
        }

        return new ReviewSet(reviewed, problems);
    }

    private void Add(Line[] lines)
    {
        foreach (Line line in lines)
            if (line.Problem is string problem) throw new ArgumentException($"The {(line.Flag is null ? "correction" : "flag")} cannot be kept: {problem}.", nameof(lines));
        if (lines.Length > 0) _file.Append(lines.Select(StoreJson.Write));
    }

    private static void Take(Dictionary<string, ReviewedAnswer> reviewed, Line line)
    {
        string id = line.Flag?.Answer ?? line.Correction!.Answer;
        ReviewedAnswer before = reviewed.GetValueOrDefault(id) ?? new ReviewedAnswer(id, [], null, IsCleared: false);
        reviewed[id] = line switch
        {
            { Correction: Correction correction } => before with { Correction = correction },
            { Flag: { IsWithdrawn: true } } => before with { Flags = [], IsCleared = true },
            { Flag: { Rule: not null } } when before.IsCleared => before,
            { Flag: Flag flag } => before with { Flags = [.. before.Flags.Where(other => other.By != flag.By), flag], IsCleared = false },
            _ => before,
        };
    }
}

/// <summary>What stands in a <see cref="ReviewStore"/>.</summary>
/// <param name="Answers">What is said of each answer of which anything is, by its id.</param>
/// <param name="Problems">Lines that are neither flag nor correction, a sentence about each with file and line; they stay in the file.</param>
public sealed record ReviewSet(IReadOnlyDictionary<string, ReviewedAnswer> Answers, IReadOnlyList<string> Problems)
{
    /// <summary>What is said of an answer; nothing, where nothing was.</summary>
    /// <param name="id">The answer's id.</param>
    public ReviewedAnswer Of(string id) => Answers.GetValueOrDefault(id) ?? new ReviewedAnswer(id, [], null, IsCleared: false);
}
