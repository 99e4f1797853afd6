using System.Diagnostics;
using Gestalt.Training;

namespace Gestalt.Cli.Terminal;

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
