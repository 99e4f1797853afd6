using Microsoft.Win32.SafeHandles;

namespace Gestalt.Store;

/// <summary>Changes that are written together. Each sees what those before it did; those that follow on another version fail alone.</summary>
/// <param name="index">What stands in the log already.</param>
internal sealed class ChangeBatch(DocumentIndex index)
{
    private static readonly long Microsecond = TimeSpan.TicksPerMicrosecond;

    private readonly MemoryStream _lines = new();
    private readonly List<(Change Change, LogRecord Record, int Offset, int Length)> _written = [];
    private readonly Dictionary<(string Kind, string Id), LogRecord> _states = [];
    private readonly List<(Change Change, LogRecord Record)> _answers = [];
    private DateTimeOffset _last = index.LastUpdate;

    /// <summary>How many bytes are to be written.</summary>
    public int Length => (int)_lines.Length;

    /// <summary>What is to be written.</summary>
    public ReadOnlySpan<byte> Lines => _lines.GetBuffer().AsSpan(0, Length);

    /// <summary>Takes a change.</summary>
    public void Add(Change change)
    {
        LogRecord? before = State(change.Kind, change.Id);
        long version = before?.Version ?? 0;
        if (change.ExpectedVersion is long expected && expected != version)
        {
            change.Done.SetException(StoreConflictException.Of(change.Kind, change.Id, expected, version));
            return;
        }
        if (change.Document is null)
        {
            _answers.Add((change, new LogRecord(change.Kind, change.Id, version, default, default, 0)));
            if (version > 0)
                Write(change, new LogRecord(change.Kind, change.Id, 0, default, default, 0), LogRecord.Delete(change.Kind, change.Id));
            return;
        }
        DateTimeOffset now = Now();
        var record = new LogRecord(change.Kind, change.Id, version + 1, before?.Created ?? now, now, 0);
        byte[] line = LogRecord.Put(record, change.Document);
        record = record with { DocumentStart = line.Length - 2 - change.Document.Length };
        _answers.Add((change, record));
        Write(change, record, line);
    }

    /// <summary>Takes note that the lines stand in the log now.</summary>
    /// <param name="file">The log.</param>
    /// <param name="at">Where they begin.</param>
    public void Apply(SafeFileHandle file, long at)
    {
        foreach ((_, LogRecord record, int offset, int length) in _written)
            index.Apply(new LogLine(file, at + offset, length), record);
    }

    /// <summary>Tells the callers that their changes are kept.</summary>
    public void Succeed()
    {
        foreach ((Change change, LogRecord record) in _answers)
            change.Done.SetResult(record);
    }

    /// <summary>Tells the callers that they are not.</summary>
    public void Fail(Exception problem)
    {
        foreach ((Change change, _) in _answers)
            change.Done.SetException(problem);
    }

    private LogRecord? State(string kind, string id) =>
        _states.TryGetValue((kind, id), out LogRecord state) ? state.Version == 0 ? null : state
        : index.Find(kind, id) is Place place ? new LogRecord(kind, id, place.Version, place.Created, place.Updated, place.DocumentStart)
        : null;

    private void Write(Change change, LogRecord record, byte[] line)
    {
        _states[(change.Kind, change.Id)] = record;
        _written.Add((change, record, Length, line.Length));
        _lines.Write(line);
    }

    /// <summary>The time in whole microseconds, as PostgreSQL keeps it; always later than any before, so that the order of changes is that of their times.</summary>
    private DateTimeOffset Now()
    {
        long now = DateTimeOffset.UtcNow.Ticks / Microsecond * Microsecond;
        _last = new DateTimeOffset(Math.Max(now, _last.Ticks + Microsecond), TimeSpan.Zero);
        return _last;
    }
}
