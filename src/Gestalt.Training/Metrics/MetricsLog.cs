using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Gestalt.Training.Metrics;

/// <summary>
/// Writes <c>metrics.jsonl</c>: one object a line, one line a step. A run that goes on from a checkpoint drops the lines of the steps
/// that it is about to repeat, so that the file reads as if nothing had happened.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const double FlushSeconds = 5;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly FileStream _file;
    private long _flushed = Stopwatch.GetTimestamp();

    /// <summary>Opens the log of a folder.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="afterStep">Lines of later steps are dropped.</param>
    public MetricsLog(string folder, int afterStep)
    {
        Directory.CreateDirectory(folder);
        _json = new Utf8JsonWriter(_line);
        string path = PathIn(folder);
        IReadOnlyList<StepMetrics> kept = [.. Read(folder).TakeWhile(line => line.Step <= afterStep)];
        string part = path + ".part";
        using (_file = File.Create(part))
            foreach (StepMetrics line in kept) Append(line);
        File.Move(part, path, overwrite: true);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
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
        Append(step);
        if (step.Sample is null && Stopwatch.GetElapsedTime(_flushed).TotalSeconds < FlushSeconds) return;
        _file.Flush();
        _flushed = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _json.Dispose();
    }

    /// <summary>Written by hand, into one buffer, because this happens every step.</summary>
    private void Append(StepMetrics step)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step.Step);
        _json.WriteNumber("seconds"u8, step.Seconds);
        _json.WriteNumber("tokens"u8, step.Tokens);
        _json.WriteNumber("loss"u8, step.Loss);
        _json.WriteNumber("gradient_norm"u8, step.GradientNorm);
        _json.WriteNumber("learning_rate"u8, step.LearningRate);
        _json.WriteNumber("tokens_per_second"u8, step.TokensPerSecond);
        _json.WriteNumber("fraction_of_peak"u8, step.FractionOfPeak);
        if (step.BitsPerByte is { } bits) _json.WriteNumber("bits_per_byte"u8, bits);
        if (step.Sample is { } sample) _json.WriteString("sample"u8, sample);
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        _file.Write(_line.WrittenSpan);
    }
}
