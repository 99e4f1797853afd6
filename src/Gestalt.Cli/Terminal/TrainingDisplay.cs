using System.Diagnostics;
using Gestalt.Training;
using Spectre.Console;

namespace Gestalt.Cli.Terminal;

/// <summary>Shows a training stage as it happens: a live panel for a person, a line every few seconds for a log.</summary>
internal static class TrainingDisplay
{
    /// <summary>Runs the work and shows what it reports.</summary>
    /// <param name="work">The training; it reports through what it is given, from its own thread.</param>
    public static T Run<T>(Func<IProgress<TrainingProgress>, T> work)
    {
        if (!Messages.Watched) return work(new TrainingLog(Console.Error));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!console.Profile.Capabilities.Ansi) return work(new TrainingLog(Console.Error));
        var panel = new TrainingPanel(console.Profile.Width);
        return console.Live(panel.Render()).AutoClear(false).Start(live =>
        {
            panel.Changed = () =>
            {
                live.UpdateTarget(panel.Render());
                live.Refresh();
            };
            return work(panel);
        });
    }
}

/// <summary>A line when something is new: a validation, a dream, some seconds passed, the end.</summary>
internal sealed class TrainingLog(TextWriter output) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private long? _last;
    private double? _validation;

    /// <inheritdoc/>
    public void Report(TrainingProgress now)
    {
        bool due = _last is not long last || Stopwatch.GetElapsedTime(last) >= Between;
        bool validated = now.ValidationBitsPerByte != _validation;
        if (due || validated || now.Step == now.Steps)
        {
            _last = Stopwatch.GetTimestamp();
            _validation = now.ValidationBitsPerByte;
            output.WriteLine(TrainingText.Line(now));
        }
        if (!string.IsNullOrWhiteSpace(now.Sample)) output.WriteLine("  dreams: " + TrainingText.Dream(now.Sample));
    }
}
