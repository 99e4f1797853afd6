using System.Text.Json;

namespace Gestalt.Store.Labels;

/// <summary>How far a labeller has come.</summary>
/// <param name="Done">Tasks that were labelled or skipped.</param>
/// <param name="All">All tasks.</param>
public readonly record struct LabelProgress(int Done, int All);

/// <summary>
/// Tasks and labels, in one plain file of JSON lines that terminals and Studio share and that any editor opens: <c>{"task": {...}}</c> or <c>{"label": {...}}</c> a line, only ever added to. Of several labels
/// that a person gave to a task the last one counts. Safe for threads and for programs side by side.
/// </summary>
public sealed class LabelStore
{
    /// <summary>The file's name where only a folder is named.</summary>
    public const string FileName = "labels.jsonl";

    private readonly LineFile _file;

    /// <summary>Opens a store; nothing is written until something is added.</summary>
    /// <param name="path">The file, or the folder in which it lies.</param>
    /// <param name="warn">Told about what a killed program left; null for nobody.</param>
    public LabelStore(string path, Action<string>? warn = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _file = new LineFile(Directory.Exists(path) || !path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? System.IO.Path.Combine(path, FileName) : path, "a label", warn);
    }

    private sealed record Line(LabelTask? Task = null, Label? Label = null);

    /// <summary>The file that goes with a store: <c>GESTALT_LABELS</c>, or beside the store's folder; for a database, where programs keep data on this system.</summary>
    /// <param name="store">A folder, or the connection string of a database.</param>
    public static string Beside(string store)
    {
        ArgumentException.ThrowIfNullOrEmpty(store);
        if (Environment.GetEnvironmentVariable("GESTALT_LABELS") is { Length: > 0 } named) return named;
        string folder = PostgresAddress.Parse(store) is not null
            ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "gestalt")
            : System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(store))) ?? store;
        return System.IO.Path.Combine(folder, FileName);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>Adds tasks.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <exception cref="ArgumentException">One cannot be labelled; nothing is written.</exception>
    public void Add(IReadOnlyList<LabelTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        foreach (LabelTask task in tasks)
            if (task.Problem is string problem) throw new ArgumentException($"The task cannot be labelled: {problem}.", nameof(tasks));
        _file.Append(tasks.Select(task => StoreJson.Write(new Line(task, null))));
    }

    /// <summary>Adds a label.</summary>
    /// <param name="label">The label.</param>
    /// <exception cref="ArgumentException">There is no such task, or the label says nothing about it; nothing is written.</exception>
    public void Add(Label label)
    {
        ArgumentNullException.ThrowIfNull(label);
        LabelTask task = Read().Find(label.Task) ?? throw new ArgumentException($"There is no task '{label.Task}' here.", nameof(label));
        if (label.ProblemFor(task) is string problem) throw new ArgumentException($"The label cannot be kept: {problem}.", nameof(label));
        _file.Append(StoreJson.Write(new Line(null, label)));
    }

    /// <summary>Everything that stands in the file now.</summary>
    public LabelSet Read()
    {
        var tasks = new Dictionary<string, LabelTask>(StringComparer.Ordinal);
        var labels = new Dictionary<(string Task, string By), Label>();
        var problems = new List<string>();
        foreach ((int number, string text) in _file.Lines())
        {
            try
            {
                Line line = JsonSerializer.Deserialize<Line>(text, StoreJson.Options) ?? throw new JsonException("it is null");
                if (line is { Task: LabelTask task, Label: null } && task.Problem is null) tasks.TryAdd(task.Id, task);
                else if (line is { Label: Label label, Task: null } && tasks.TryGetValue(label.Task, out LabelTask? about) && label.ProblemFor(about) is null)
                {
                    // A label that was given anew takes its place at the end.
                    labels.Remove((label.Task, label.By));
                    labels[(label.Task, label.By)] = label;
                }
                else problems.Add($"{Path}, line {number}: it is neither a task nor a label of one");
            }
            catch (JsonException)
            {
                problems.Add($"{Path}, line {number}: it is no JSON of a task or a label");
            }
        }

        return new LabelSet([.. tasks.Values], [.. labels.Values.OrderBy(label => label.At)], problems);
    }
}
