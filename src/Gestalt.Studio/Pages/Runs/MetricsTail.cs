using System.Text;
using System.Text.Json;
using Gestalt.Training.Metrics;

namespace Gestalt.Studio.Pages.Runs;

/// <summary>
/// Follows a stage's <c>metrics.jsonl</c> while it grows: each line is read once. A file that was written anew, as by a run that goes on from its checkpoint, is read from its beginning.
/// </summary>
/// <param name="folder">The stage's folder.</param>
internal sealed class MetricsTail(string folder)
{
    private readonly Lock _gate = new();
    private readonly List<StepMetrics> _lines = [];
    private long _read;
    private string _firstLine = "";

    /// <summary>The lines that there are by now. A last line that is not whole yet is left for later.</summary>
    public IReadOnlyList<StepMetrics> Lines()
    {
        lock (_gate)
        {
            string path = MetricsLog.PathIn(folder);
            if (!File.Exists(path))
            {
                Forget();
                return [];
            }
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length < _read || !BeginsAsBefore(file))
                Forget();
            ReadOn(file);
            return [.. _lines];
        }
    }

    private void Forget()
    {
        _lines.Clear();
        (_read, _firstLine) = (0, "");
    }

    private bool BeginsAsBefore(FileStream file)
    {
        byte[] start = new byte[Encoding.UTF8.GetByteCount(_firstLine)];
        file.Position = 0;
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && Encoding.UTF8.GetString(start) == _firstLine;
    }

    private void ReadOn(FileStream file)
    {
        file.Position = _read;
        byte[] fresh = new byte[file.Length - _read];
        int count = file.ReadAtLeast(fresh, fresh.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> rest = fresh.AsSpan(0, count);
        while (rest.IndexOf((byte)'\n') is >= 0 and int end)
        {
            if (_read == 0)
                _firstLine = Encoding.UTF8.GetString(rest[..end]);
            try
            {
                StepMetrics? line = MetricsLog.ReadLine(rest[..end]);
                // A run that went on from a checkpoint repeats the steps after it; what was measured last counts.
                while (line is not null && _lines.Count > 0 && _lines[^1].Step >= line.Step)
                    _lines.RemoveAt(_lines.Count - 1);
                if (line is not null)
                    _lines.Add(line);
            }
            catch (JsonException)
            {
                // A line that a kill cut off: the run drops it when it goes on.
            }
            _read += end + 1;
            rest = rest[(end + 1)..];
        }
    }
}
