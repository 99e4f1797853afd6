namespace Gestalt.Store.Labels;

/// <summary>What stands in a <see cref="LabelStore"/>.</summary>
/// <param name="Tasks">The tasks, in the order in which they came.</param>
/// <param name="Labels">The labels that count, the last given last.</param>
/// <param name="Problems">Lines that are neither, a sentence about each; they stay in the file.</param>
public sealed record LabelSet(IReadOnlyList<LabelTask> Tasks, IReadOnlyList<Label> Labels, IReadOnlyList<string> Problems)
{
    private readonly Dictionary<string, LabelTask> _byId = Tasks.ToDictionary(task => task.Id, StringComparer.Ordinal);

    /// <summary>Everybody who labelled, by name.</summary>
    public IReadOnlyList<string> Labellers => [.. Labels.Select(label => label.By).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The task of that name; null if there is none.</summary>
    public LabelTask? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>A task that a labeller has not yet seen; null when all are done. Each labeller has an order of their own, so that the end of a long list is not always labelled by tired people.</summary>
    /// <param name="labeller">Who labels.</param>
    /// <param name="kind">What is to be done; null for anything.</param>
    public LabelTask? Next(string labeller, LabelKind? kind = null)
    {
        HashSet<string> done = Done(labeller);
        return Tasks.Where(task => (kind is null || task.Kind == kind) && !done.Contains(task.Id)).MinBy(task => task.Order(labeller));
    }

    /// <summary>How far a labeller has come.</summary>
    /// <param name="labeller">Who labels.</param>
    /// <param name="kind">What is to be done; null for anything.</param>
    public LabelProgress Progress(string labeller, LabelKind? kind = null)
    {
        HashSet<string> done = Done(labeller);
        LabelTask[] tasks = [.. Tasks.Where(task => kind is null || task.Kind == kind)];
        return new LabelProgress(tasks.Count(task => done.Contains(task.Id)), tasks.Length);
    }

    /// <summary>The last label that a person gave; null before the first.</summary>
    public Label? Last(string labeller) => Labels.LastOrDefault(label => label.By == labeller);

    /// <summary>What people chose on the tasks with two answers that all of them judged: for each task a choice of each, in the order of <paramref name="labellers"/>.</summary>
    /// <param name="labellers">Who.</param>
    public IReadOnlyList<IReadOnlyList<int>> ChoicesOf(IReadOnlyList<string> labellers)
    {
        ArgumentNullException.ThrowIfNull(labellers);
        Dictionary<(string, string), int> choices = Labels.Where(label => label is { IsSkipped: false, Choice: not null }).ToDictionary(label => (label.Task, label.By), label => (int)label.Choice!.Value);
        return [.. Tasks.Where(task => labellers.All(one => choices.ContainsKey((task.Id, one)))).Select(task => (IReadOnlyList<int>)[.. labellers.Select(one => choices[(task.Id, one)])])];
    }

    /// <summary>Ideal answers: each that was written or edited, by whomever, once.</summary>
    public IEnumerable<(LabelTask Task, string Answer)> Written() =>
        Labels.Where(label => label is { IsSkipped: false, Answer: not null }).Select(label => (Task: Find(label.Task)!, Answer: label.Answer!.Trim())).DistinctBy(one => (one.Task.Id, one.Answer));

    /// <summary>
    /// Comparisons: the answer that more people found better, where one is (each voice for a tie is none), and of each edited draft that what came out is better than it was.
    /// </summary>
    public IEnumerable<(LabelTask Task, string Chosen, string Rejected)> Compared()
    {
        ILookup<string, Label> byTask = Labels.Where(label => !label.IsSkipped).ToLookup(label => label.Task, StringComparer.Ordinal);
        foreach (LabelTask task in Tasks)
        {
            if (task.Kind == LabelKind.Pick)
            {
                int lead = byTask[task.Id].Sum(label => label.Choice switch { LabelChoice.First => 1, LabelChoice.Second => -1, _ => 0 });
                if (lead != 0) yield return (task, task.Answers[lead > 0 ? 0 : 1], task.Answers[lead > 0 ? 1 : 0]);
            }
            else if (task.Kind == LabelKind.Edit)
            {
                foreach (string better in byTask[task.Id].Select(label => label.Answer!.Trim()).Distinct().Where(answer => answer != task.Answers[0].Trim() && task.Answers[0].Trim().Length > 0))
                    yield return (task, better, task.Answers[0]);
            }
        }
    }

    private HashSet<string> Done(string labeller) => [.. Labels.Where(label => label.By == labeller).Select(label => label.Task)];
}
