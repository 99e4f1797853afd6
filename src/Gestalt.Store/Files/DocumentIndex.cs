namespace Gestalt.Store;

/// <summary>Where a document stands in the log.</summary>
/// <param name="Line">Its line.</param>
/// <param name="DocumentStart">At what byte of the line the document begins.</param>
/// <param name="Version">Its version.</param>
/// <param name="Created">When it was first put.</param>
/// <param name="Updated">When it was last put.</param>
internal readonly record struct Place(LogLine Line, int DocumentStart, long Version, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>Where each document of a log stands. Safe for any number of callers.</summary>
internal sealed class DocumentIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Place>> _kinds = new(StringComparer.Ordinal);

    /// <summary>The bytes of all lines that count.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The last time that any document was put.</summary>
    public DateTimeOffset LastUpdate { get; private set; }

    public Place? Find(string kind, string id)
    {
        lock (_lock)
            return _kinds.TryGetValue(kind, out Dictionary<string, Place>? places) && places.TryGetValue(id, out Place place) ? place : null;
    }

    public int Count(string kind)
    {
        lock (_lock)
            return _kinds.TryGetValue(kind, out Dictionary<string, Place>? places) ? places.Count : 0;
    }

    /// <summary>The ids of a kind, the last updated first.</summary>
    public string[] Ids(string kind)
    {
        string[] ids;
        DateTimeOffset[] times;
        lock (_lock)
        {
            if (!_kinds.TryGetValue(kind, out Dictionary<string, Place>? places))
                return [];
            ids = [.. places.Keys];
            times = [.. places.Values.Select(place => place.Updated)];
        }
        Array.Sort(times, ids);
        Array.Reverse(ids);
        return ids;
    }

    /// <summary>Takes note of a record that stands in the log.</summary>
    public void Apply(LogLine line, LogRecord record)
    {
        lock (_lock)
        {
            if (_kinds.TryGetValue(record.Kind, out Dictionary<string, Place>? places) && places.Remove(record.Id, out Place old))
                LiveBytes -= old.Line.Length;
            if (record.Version == 0)
                return;
            if (places is null)
                _kinds.Add(record.Kind, places = new Dictionary<string, Place>(StringComparer.Ordinal));
            places.Add(record.Id, new Place(line, record.DocumentStart, record.Version, record.Created, record.Updated));
            LiveBytes += line.Length;
            if (record.Updated > LastUpdate)
                LastUpdate = record.Updated;
        }
    }

    /// <summary>Every document, in the order of the log.</summary>
    public (string Kind, string Id, Place Place)[] All()
    {
        lock (_lock)
            return [.. _kinds.SelectMany(kind => kind.Value.Select(place => (kind.Key, place.Key, place.Value))).OrderBy(entry => entry.Value.Line.Offset)];
    }

    /// <summary>Takes note that the log was written anew.</summary>
    public void Move((string Kind, string Id, Place Place)[] all, LogLine[] places)
    {
        lock (_lock)
        {
            for (int i = 0; i < all.Length; i++)
                _kinds[all[i].Kind][all[i].Id] = all[i].Place with { Line = places[i] };
        }
    }
}
