using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Training.Metrics;

/// <summary>
/// Writes what a run measures: <c>metrics.jsonl</c>, one object a line, one line a step, and the same for TensorBoard
/// (<see cref="EventFile"/>). A run that goes on from a checkpoint drops the lines of the steps that it is about to repeat,
/// so that the files read as if nothing had happened.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const double FlushSeconds = 5;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StreamWriter lines;
    private readonly EventFile events;
    private long flushed = Stopwatch.GetTimestamp();

    /// <summary>Opens the logs of a folder.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="afterStep">Lines of later steps are dropped, and with them a last line that a kill cut off.</param>
    public MetricsLog(string folder, int afterStep)
    {
        Directory.CreateDirectory(folder);
        string path = PathIn(folder);
        IReadOnlyList<StepMetrics> kept = [.. Read(folder).TakeWhile(line => line.Step <= afterStep)];
        string part = path + ".part";
        using (var rewritten = new StreamWriter(part))
        {
            foreach (StepMetrics line in kept)
                rewritten.WriteLine(JsonSerializer.Serialize(line, Json));
        }

        File.Move(part, path, overwrite: true);
        events = new EventFile(folder, afterStep);
        lines = new StreamWriter(path, append: true);
    }

    /// <summary>Where a stage's metrics lie.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "metrics.jsonl");

    /// <summary>Reads the lines of a folder's log up to the first that is damaged.</summary>
    public static IEnumerable<StepMetrics> Read(string folder)
    {
        string path = PathIn(folder);
        if (!File.Exists(path))
            yield break;
        foreach (string line in File.ReadLines(path))
        {
            StepMetrics? step;
            try
            {
                step = JsonSerializer.Deserialize<StepMetrics>(line, Json);
            }
            catch (JsonException)
            {
                yield break;
            }

            if (step is not null)
                yield return step;
        }
    }

    /// <summary>Reads one line, without its end; null for an empty one.</summary>
    /// <param name="line">The line as UTF-8.</param>
    /// <exception cref="JsonException">It is damaged.</exception>
    public static StepMetrics? ReadLine(ReadOnlySpan<byte> line) => line.IsEmpty ? null : JsonSerializer.Deserialize<StepMetrics>(line, Json);

    /// <summary>Writes what a step measured; it reaches the disk within seconds.</summary>
    public void Write(StepMetrics step)
    {
        lines.WriteLine(JsonSerializer.Serialize(step, Json));
        events.Write(
            step.Step,
            ("train/loss", step.Loss),
            ("train/gradient_norm", step.GradientNorm),
            ("train/learning_rate", step.LearningRate),
            ("speed/tokens_per_second", step.TokensPerSecond),
            ("speed/fraction_of_peak", step.FractionOfPeak));
        if (step.BitsPerByte is { } bits)
            events.Write(step.Step, ("validation/bits_per_byte", bits));
        if (step.Reinforcement is { } reinforcement)
            events.Write(
                step.Step,
                ("reinforce/reward", reinforcement.Reward),
                ("reinforce/pass_rate", reinforcement.PassRate),
                ("reinforce/length", reinforcement.Length),
                ("reinforce/entropy", reinforcement.Entropy),
                ("reinforce/clip_fraction", reinforcement.ClipFraction),
                ("reinforce/gap", reinforcement.Gap));
        if (step.SelfPlay is { } selfPlay)
            events.Write(
                step.Step,
                ("self_play/first_wins", selfPlay.FirstWins),
                ("self_play/draws", selfPlay.Draws),
                ("self_play/illegal", selfPlay.Illegal),
                ("self_play/length", selfPlay.Length),
                ("self_play/entropy", selfPlay.Entropy));
        if (step.Sample is { } sample)
            events.Write(step.Step, "sample", sample);
        bool notable = step.BitsPerByte is not null || step.Sample is not null;
        if (notable || Stopwatch.GetElapsedTime(flushed).TotalSeconds >= FlushSeconds)
            Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lines.Dispose();
        events.Dispose();
    }

    private void Flush()
    {
        lines.Flush();
        events.Flush();
        flushed = Stopwatch.GetTimestamp();
    }
}
