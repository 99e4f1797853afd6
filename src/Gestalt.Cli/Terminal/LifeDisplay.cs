using System.Diagnostics;
using Gestalt.Training;
using Gestalt.Training.Life;
using Spectre.Console;

namespace Gestalt.Cli.Terminal;

/// <summary>Shows a life: which stage it is in, how long that takes, and the panel while a model trains.</summary>
internal sealed class LifeDisplay : IDisposable, IProgress<TrainingProgress>
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.25);
    private readonly LiveRegion? _region = LiveRegion.OnStderr();
    private readonly TrainingDisplay _training;
    private readonly Timer? _clock;
    private readonly Lock _gate = new();
    private string? _stage;
    private double _planned;
    private long _begun;

    /// <summary>Begins to watch.</summary>
    public LifeDisplay()
    {
        _training = new TrainingDisplay(_region);
        if (_region is not null) _clock = new Timer(_ => ShowClock(), null, Tick, Tick);
    }

    /// <summary>What a life tells it.</summary>
    public LifeWatcher Watcher => new(Say, Stage, this);

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            _stage = null; // The panel has a clock of its own.
            _training.Report(value);
        }
    }

    /// <summary>Says something that stays.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            _stage = null;
            if (_region is null) Messages.Say(line);
            else _region.Say(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clock?.Dispose();
        lock (_gate)
        {
            _stage = null;
            _region?.Keep();
        }
    }

    private void Stage(string name, double seconds)
    {
        lock (_gate)
        {
            (_stage, _planned, _begun) = (name, seconds, Stopwatch.GetTimestamp());
            if (_region is null) Messages.Say($"{name} ... (about {TrainingText.Time(TimeSpan.FromSeconds(seconds))})");
        }
        ShowClock();
    }

    private void ShowClock()
    {
        lock (_gate)
        {
            if (_stage is null || _region is null) return;
            string time = TrainingText.Time(Stopwatch.GetElapsedTime(_begun)), planned = TrainingText.Time(TimeSpan.FromSeconds(_planned));
            _region.Show(new Markup($" [bold]{Markup.Escape(_stage)}[/] [grey]{time} of about {planned}[/]"));
        }
    }
}
