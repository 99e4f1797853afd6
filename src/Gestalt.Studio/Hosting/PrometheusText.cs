using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Gestalt.Studio.Hosting;

/// <summary>
/// Collects the instruments of a meter and writes them as Prometheus reads them (text format 0.0.4): counters end in <c>_total</c>, histograms have a bucket for each bound, seconds and bytes
/// are named.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Begins to collect.</summary>
    /// <param name="meter">The meter.</param>
    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Note((Family)family!, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Note((Family)family!, value, tags));
        _listener.Start();
    }

    /// <summary>All that was measured.</summary>
    public string Write()
    {
        lock (_gate)
        {
            foreach (Family family in _families.Values.Where(family => family.Kind == "gauge"))
                family.Series.Clear(); // a model that went takes its gauges along
        }
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach ((string name, Family family) in _families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {family.Help}\n# TYPE {name} {family.Kind}\n");
                foreach ((string labels, Series series) in family.Series)
                    series.Write(text, name, labels, family);
            }
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private Family FamilyOf(Instrument instrument)
    {
        string kind = instrument switch
        {
            Counter<long> or Counter<double> => "counter",
            Histogram<long> or Histogram<double> => "histogram",
            _ => "gauge",
        };
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        string name = instrument.Name.Replace('.', '_').Replace("_duration", "", StringComparison.Ordinal) + unit + (kind == "counter" ? "_total" : "");
        var family = new Family(kind, instrument.Description ?? "", (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? []);
        lock (_gate)
            return _families[name] = family;
    }

    private void Note(Family family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = Labels(tags);
        lock (_gate)
        {
            if (!family.Series.TryGetValue(labels, out Series? series))
                family.Series[labels] = series = new Series(family.Bounds.Length);
            series.Note(value, family);
        }
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach ((string key, object? value) in tags)
        {
            string escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{key}=\"{escaped}\"");
        }
        return text.ToString();
    }

    private sealed record Family(string Kind, string Help, double[] Bounds)
    {
        public SortedDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Series(int bounds)
    {
        private readonly long[] _counts = new long[bounds];
        private double _sum;
        private long _count;

        public void Note(double value, Family family)
        {
            _count++;
            _sum = family.Kind == "gauge" ? value : _sum + value;
            int bucket = Array.FindIndex(family.Bounds, bound => value <= bound);
            if (bucket >= 0)
                _counts[bucket]++;
        }

        public void Write(StringBuilder text, string name, string labels, Family family)
        {
            string braced = labels.Length > 0 ? $"{{{labels}}}" : "";
            if (family.Kind != "histogram")
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{braced} {_sum}\n");
                return;
            }
            string comma = labels.Length > 0 ? "," : "";
            long below = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                below += _counts[i];
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{family.Bounds[i]}\"}} {below}\n");
            }
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {_count}\n{name}_sum{braced} {_sum}\n{name}_count{braced} {_count}\n");
        }
    }
}
