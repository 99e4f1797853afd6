using System.Globalization;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Training;

namespace Gestalt.Cli.Terminal;

/// <summary>Training progress in words.</summary>
internal static class TrainingText
{
    /// <summary>Everything on one line, for logs and pipes.</summary>
    public static string Line(TrainingProgress now)
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{now.Stage}  step {now.Step:N0} of {now.Steps:N0} ({Percent(now):0} %)  loss {now.Loss:0.000}");
        if (now.ValidationBitsPerByte is double bits) text += string.Create(CultureInfo.InvariantCulture, $"  {bits:0.000} bits/byte held out");
        return text + "  " + Speed(now) + (now.Step < now.Steps ? $"  {Time(now.Remaining)} left" : $"  took {Time(now.Elapsed)}");
    }

    /// <summary>What a finished training came to.</summary>
    public static string Outcome(TrainingOutcome outcome) => string.Create(CultureInfo.InvariantCulture, $"{outcome.Steps:N0} steps, {outcome.Tokens / 1e6:0.00} M tokens, loss {outcome.Loss:0.000}")
        + (outcome.BitsPerByte is double bits ? string.Create(CultureInfo.InvariantCulture, $", {bits:0.000} bits per byte held out") : "");

    /// <summary>Tokens per second and what share of the machine's ceiling that is.</summary>
    public static string Speed(TrainingProgress now) => string.Create(CultureInfo.InvariantCulture, $"{now.TokensPerSecond:N0} tokens/s")
        + (now.FractionOfPeak > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {now.FractionOfPeak * 100:0} % of the float32 peak") : "");

    /// <summary>A time as minutes and seconds, or hours and minutes.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
        _ => QuantityFormat.Duration(time.TotalSeconds),
    };

    /// <summary>How much of the stage is done.</summary>
    public static double Percent(TrainingProgress now) => now.Steps > 0 ? 100.0 * now.Step / now.Steps : 0;

    /// <summary>What a model dreams, on one line and without anything that would move the cursor.</summary>
    public static string Dream(string sample) =>
        string.Concat(sample.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '·' : c)).Trim();
}
