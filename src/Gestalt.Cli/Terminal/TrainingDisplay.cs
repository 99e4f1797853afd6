using Gestalt.Training;

namespace Gestalt.Cli.Terminal;

/// <summary>Shows training as it happens: a live panel for a person, a line every few seconds for a log.</summary>
internal sealed class TrainingDisplay : IProgress<TrainingProgress>
{
    private readonly LiveRegion? _region;
    private readonly TrainingLog? _log;
    private TrainingPanel? _panel;
    private string _stage = "";

    /// <summary>Shows in a region, or line by line on stderr where there is none.</summary>
    public TrainingDisplay(LiveRegion? region)
    {
        _region = region;
        if (region is null) _log = new TrainingLog(Console.Error);
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress now)
    {
        _log?.Report(now);
        if (_region is null) return;
        if (_stage != now.Stage) (_stage, _panel) = (now.Stage, new TrainingPanel());
        _panel!.Report(now);
        _region.Show(_panel.Render(LiveRegion.Width));
        if (now.Step == now.Steps) _region.Keep();
    }
}
