using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Training.Metrics;

/// <summary>
/// Writes <c>metrics.jsonl</c>: one object a line, one line a step. A run that goes on from a checkpoint drops the lines of the steps
/// that it is about to repeat, so that the file reads as if nothing had happened.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const double FlushSeconds = 5;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly StreamWriter _writer;
    private long _flushed = Stopwatch.GetTimestamp();

    /// <summary>Opens the log of a folder.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="afterStep">Lines of later steps are dropped.</param>
    public MetricsLog(string folder, int afterStep)
    {
        Directory.CreateDirectory(folder);
        string path = PathIn(folder);
        IReadOnlyList<StepMetrics> kept = [.. Read(folder).TakeWhile(line => line.Step <= afterStep)];
        string part = path + ".part";
        using (var rewritten = new StreamWriter(part))
            foreach (StepMetrics line in kept) rewritten.WriteLine(JsonSerializer.Serialize(line, Json));
        File.Move(part, path, overwrite: true);
        _writer = new StreamWriter(path, append: true);
    }

    /// <summary>Where a stage's metrics lie.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, "metrics.jsonl");

    /// <summary>Reads the lines of a folder's log; a last line that was cut off is ignored.</summary>
    public static IEnumerable<StepMetrics> Read(string folder)
    {
        string path = PathIn(folder);
        if (!File.Exists(path)) yield break;
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

            if (step is not null) yield return step;
        }
    }

    /// <summary>Writes a line; it reaches the disk within seconds.</summary>
    public void Write(StepMetrics step)
    {
        _writer.WriteLine(JsonSerializer.Serialize(step, Json));
        if (step.Sample is null && Stopwatch.GetElapsedTime(_flushed).TotalSeconds < FlushSeconds) return;
        _writer.Flush();
        _flushed = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
