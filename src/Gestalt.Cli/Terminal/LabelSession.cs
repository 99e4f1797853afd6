using Gestalt.Cli.Errors;
using Gestalt.Store.Labels;
using Spectre.Console;
using SpectreText = Spectre.Console.Text;

namespace Gestalt.Cli.Terminal;

/// <summary>
/// A person who labels in the terminal: tasks one after the other, a key for each choice. Answers are written in the editor that <c>VISUAL</c> or <c>EDITOR</c> names, or line by line up to one with a
/// single full stop. Where the input is no terminal, each key is a line of it.
/// </summary>
/// <param name="store">Where tasks and labels are.</param>
/// <param name="labeller">Who labels.</param>
/// <param name="kind">What is to be done; null for anything.</param>
internal sealed class LabelSession(LabelStore store, string labeller, LabelKind? kind)
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>Goes on until all tasks are done, the person leaves, or the input ends.</summary>
    public void Run()
    {
        LabelSet set = store.Read();
        foreach (string problem in set.Problems.Take(5)) Messages.Warn(problem);
        if (set.Progress(labeller, kind).All == 0) throw new UserError(ExitCode.Missing, $"there is no {(kind is null ? "" : $"'{kind.ToString()!.ToLowerInvariant()}' ")}task at '{store.Path}'. Make some: gestalt label add --data PROMPTS");
        LabelTask? again = null;
        while ((again ?? set.Next(labeller, kind)) is LabelTask task)
        {
            again = null;
            Show(task, set.Progress(labeller, kind));
            Label? label;
            switch (task.Kind == LabelKind.Pick ? Keyboard.Key("l left, r right, t both good, b both bad, s skip, u undo, q leave", "lrtbsuq")
                : Keyboard.Key($"{(task.Kind == LabelKind.Edit ? "e edit, k keep as it is" : "w write")}, s skip, u undo, q leave", task.Kind == LabelKind.Edit ? "eksuq" : "wsuq"))
            {
                case 'l': label = Choose(task, task.IsTurnedFor(labeller) ? LabelChoice.Second : LabelChoice.First); break;
                case 'r': label = Choose(task, task.IsTurnedFor(labeller) ? LabelChoice.First : LabelChoice.Second); break;
                case 't': label = Choose(task, LabelChoice.Tie); break;
                case 'b': label = Choose(task, LabelChoice.BothBad); break;
                case 'k': label = Of(task) with { Answer = task.Answers[0] }; break;
                case 'w' or 'e': label = Keyboard.Write(task.Kind == LabelKind.Edit ? task.Answers[0] : "") is { Length: > 0 } answer ? Of(task) with { Answer = answer } : null; break;
                case 's': label = Of(task) with { IsSkipped = true }; break;
                case 'u':
                    again = set.Last(labeller) is Label last ? set.Find(last.Task) : null;
                    if (again is null) Messages.Say("There is nothing to undo yet.");
                    continue;
                default: return;
            }

            if (label is null)
            {
                Messages.Say("Nothing was written; the task stays.");
                again = task;
                continue;
            }

            store.Add(label);
            set = store.Read();
        }

        Messages.Say($"All {set.Progress(labeller, kind).All} tasks are done. Thank you, {labeller}! See how far you agree with others: gestalt label agreement");
    }

    private Label Of(LabelTask task) => new(task.Id, labeller, DateTimeOffset.UtcNow);

    private Label Choose(LabelTask task, LabelChoice choice) => Of(task) with { Choice = choice };

    private void Show(LabelTask task, LabelProgress progress)
    {
        _console.Write(new Rule(Markup.Escape($"{progress.Done + 1} of {progress.All}")) { Justification = Justify.Left });
        foreach (LabelMessage message in task.Prompt)
            _console.Write(new Panel(new SpectreText(message.Content)) { Header = new PanelHeader(Markup.Escape(message.Role)), Expand = true });
        if (task.Kind == LabelKind.Pick)
        {
            (int left, int right) = task.IsTurnedFor(labeller) ? (1, 0) : (0, 1);
            var sides = new Grid { Expand = true };
            sides.AddColumn().AddColumn();
            sides.AddRow(Side("left", task.Answers[left]), Side("right", task.Answers[right]));
            _console.Write(sides);
        }
        else if (task.Kind == LabelKind.Edit) _console.Write(Side("draft", task.Answers[0]));

        static Panel Side(string name, string text) => new(new SpectreText(text)) { Header = new PanelHeader(name), Border = BoxBorder.Rounded, Expand = true };
    }
}
