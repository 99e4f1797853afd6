using System.Diagnostics;

namespace Gestalt.Training;

/// <summary>Keeps a loop's time: how fast it goes, how long it will take, when a report or a checkpoint is due.</summary>
internal sealed class SpeedMeter(TrainingState state, TrainingOptions options, double flopsPerToken, double flopsPeak)
{
    private const double ReportSeconds = 1;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly int _firstStep = state.Step;
    private long _stepBegun, _lastReport, _lastCheckpoint = Stopwatch.GetTimestamp();
    private double _secondsPerStep, _tokensPerStep = options.TokensPerStep;

    /// <summary>Time in this stage, earlier sessions included.</summary>
    public double Seconds => state.EarlierSeconds + Stopwatch.GetElapsedTime(_begun).TotalSeconds;

    /// <summary>Recent speed.</summary>
    public double TokensPerSecond => _secondsPerStep > 0 ? _tokensPerStep / _secondsPerStep : 0;

    /// <summary>Recent arithmetic over the peak; 0 if the peak is unknown.</summary>
    public double FractionOfPeak => flopsPeak > 0 ? TokensPerSecond * flopsPerToken / flopsPeak : 0;

    /// <summary>Whether a report is due.</summary>
    public bool ReportDue => Stopwatch.GetElapsedTime(_lastReport).TotalSeconds >= ReportSeconds;

    /// <summary>Whether a checkpoint is due.</summary>
    public bool CheckpointDue => Stopwatch.GetElapsedTime(_lastCheckpoint).TotalSeconds >= options.CheckpointSeconds;

    /// <summary>A step begins; what happened since the last one ended (validation, dreams, checkpoints) is not training.</summary>
    public void Begin() => _stepBegun = Stopwatch.GetTimestamp();

    /// <summary>A step has been done.</summary>
    /// <param name="tokens">How many tokens it read, where that is not the same for each step.</param>
    public void Tick(int? tokens = null)
    {
        double took = Stopwatch.GetElapsedTime(_stepBegun).TotalSeconds;
        // The first steps compile; a slow average over the rest forgets them.
        int steps = state.Step - _firstStep;
        double share = steps <= 2 ? 1 : Math.Max(0.02, 1.0 / steps);
        _secondsPerStep += (took - _secondsPerStep) * share;
        _tokensPerStep += ((tokens ?? options.TokensPerStep) - _tokensPerStep) * share;
    }

    /// <summary>Notes that a checkpoint is being written, and the time that it should say.</summary>
    public double CheckpointTaken()
    {
        _lastCheckpoint = Stopwatch.GetTimestamp();
        return Seconds;
    }

    /// <summary>What to tell whoever watches.</summary>
    public TrainingProgress Progress(string stage, string? sample)
    {
        _lastReport = Stopwatch.GetTimestamp();
        return new TrainingProgress(stage, state.Step, options.Steps, state.SmoothedLoss, state.BitsPerByte, TokensPerSecond, FractionOfPeak,
            TimeSpan.FromSeconds(Seconds), TimeSpan.FromSeconds((options.Steps - state.Step) * _secondsPerStep), sample);
    }
}
