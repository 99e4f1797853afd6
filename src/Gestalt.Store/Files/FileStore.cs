using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Gestalt.Store;

/// <summary>
/// A store in one file of one folder: a log of lines that are only ever added, each with its checksum (<see cref="LogRecord"/>), which a person can read and a backup can copy. An index of where
/// each document stands is kept in memory, about 200 bytes a document; the documents stay on disk.
/// </summary>
/// <remarks>
/// <para>A change is written and flushed to disk (fsync) before its caller is told that it is kept; changes that wait at the same time share one flush. So a program that is killed, or a machine that
/// loses power, at whatever byte, loses at most what nobody was told of. What it leaves half written is set aside in a file beside the log when the store is next opened, and
/// <see cref="Warnings"/> tells of it.</para>
/// <para>When more than half of the log is out of date it is written anew, beside and renamed into place. Reading goes on meanwhile.</para>
/// <para>A folder's store is open once at a time; a second one is refused.</para>
/// </remarks>
public sealed class FileStore : IStore
{
    /// <summary>Out-of-date bytes below which the log is not written anew: doing so costs less than a second per 100 MB, but not for every few changes to a small store.</summary>
    private const long CompactionFloor = 8 << 20;

    /// <summary>How much is written between two flushes at most: beyond that, bytes dominate the flush and callers only wait longer.</summary>
    private const int BatchBytes = 8 << 20;

    private readonly FolderLock _lock;
    private readonly StoreLog _log;
    private readonly DocumentIndex _index;
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly Task _writing;
    private readonly List<string> _warnings;
    private readonly Action<string>? _warn;
    private bool _compactionFailed;
    private int _closed;

    private FileStore(string folder, FolderLock held, StoreLog log, DocumentIndex index, List<string> warnings, Action<string>? warn, bool mustCompact)
    {
        (Folder, _lock, _log, _index, _warnings, _warn) = (folder, held, log, index, warnings, warn);
        if (mustCompact)
            Compact();
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What was found damaged and where it was set aside, a sentence each; empty if all was well.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_warnings)
                return [.. _warnings];
        }
    }

    /// <summary>The bytes of the log that are out of date: <see cref="CompactAsync"/> frees them.</summary>
    public long DeadBytes => _log.Length - _index.LiveBytes;

    /// <summary>Opens the store of a folder, and makes folder and store if they are not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Is told what was found damaged and where it was set aside.</param>
    /// <exception cref="StoreException">It is in use, of a newer version, or no store.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    public static FileStore Open(string folder, Action<string>? warn = null)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        FolderLock held = FolderLock.Take(folder);
        StoreLog? log = null;
        try
        {
            var index = new DocumentIndex();
            List<string> warnings = [];
            log = StoreLog.Open(folder, index.Apply, Tell, out bool mustCompact);
            return new FileStore(folder, held, log, index, warnings, warn, mustCompact);

            void Tell(string sentence)
            {
                warnings.Add(sentence);
                warn?.Invoke(sentence);
            }
        }
        catch
        {
            log?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredDocument?> GetAsync(string kind, string id, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(kind, id));
    }

    /// <inheritdoc/>
    public async ValueTask<StoredDocument> PutAsync(string kind, string id, string json, long? expectedVersion = null, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        byte[] document = StoreLimits.CheckDocument(json);
        LogRecord record = await ChangeAsync(new Change(kind, id, document, expectedVersion, cancellation)).ConfigureAwait(false);
        return new StoredDocument(kind, id, StoreLimits.Text(document), record.Version, record.Created, record.Updated);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string kind, string id, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        StoreLimits.CheckName(id, nameof(id));
        return (await ChangeAsync(new Change(kind, id, Document: null, ExpectedVersion: null, cancellation)).ConfigureAwait(false)).Version > 0;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> ListAsync(string kind, string? search = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        string[] words = SearchText.Words(search);
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (string id in _index.Ids(kind))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Read(kind, id) is { } document && SearchText.MatchesDocument(document.Json, words))
                yield return document;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(string kind, CancellationToken cancellation = default)
    {
        StoreLimits.CheckName(kind, nameof(kind));
        return ValueTask.FromResult((long)_index.Count(kind));
    }

    /// <summary>Writes the log anew without what is out of date. This happens by itself, too, when more than half of a log of some size is.</summary>
    /// <param name="cancellation">Gives up, unless it has begun.</param>
    /// <exception cref="StoreException">It cannot be written; the old log stays.</exception>
    public async Task CompactAsync(CancellationToken cancellation = default) =>
        await ChangeAsync(new Change("", "", Document: null, ExpectedVersion: null, cancellation)).ConfigureAwait(false);

    /// <summary>Waits for what is being written, and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        _changes.Writer.Complete();
        await _writing.ConfigureAwait(false);
        _log.Dispose();
        _lock.Dispose();
    }

    private StoredDocument? Read(string kind, string id)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closed != 0, this);
            if (_index.Find(kind, id) is not Place place)
                return null;
            try
            {
                return new StoredDocument(kind, id, LogRecord.Document(place.Line.Read(), place.DocumentStart), place.Version, place.Created, place.Updated);
            }
            catch (ObjectDisposedException) when (_closed == 0)
            {
                // The log was written anew between the two steps: the document stands elsewhere now.
            }
        }
    }

    private async Task<LogRecord> ChangeAsync(Change change)
    {
        try
        {
            await _changes.Writer.WriteAsync(change, change.Cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(FileStore));
        }
        return await change.Done.Task.ConfigureAwait(false);
    }

    /// <summary>The one writer: takes what waits, writes it in one piece, flushes once, and tells everybody.</summary>
    private async Task WriteAsync()
    {
        while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new ChangeBatch(_index);
            while (batch.Length < BatchBytes && _changes.Reader.TryRead(out Change? change))
            {
                if (change.Cancellation.IsCancellationRequested)
                {
                    change.Done.TrySetCanceled(change.Cancellation);
                }
                else if (change.IsCompaction)
                {
                    Commit(batch);
                    batch = new ChangeBatch(_index);
                    Answer(change);
                }
                else
                {
                    batch.Add(change);
                }
            }
            Commit(batch);
            if (!_compactionFailed && DeadBytes > Math.Max(CompactionFloor, _index.LiveBytes))
                TryCompact();
        }
    }

    private void Commit(ChangeBatch batch)
    {
        try
        {
            if (_log.IsBroken)
                throw new StoreException($"The store {Folder} takes no more changes since its disk refused one. Look after the disk, and open the store again.");
            if (batch.Length > 0)
                batch.Apply(_log.File, _log.Append(batch.Lines));
            batch.Succeed();
        }
        catch (Exception problem)
        {
            batch.Fail(problem as StoreException ?? new StoreException($"The store {Folder} could not keep a change: {problem.Message}", problem));
        }
    }

    private void Answer(Change compaction)
    {
        try
        {
            Compact();
            compaction.Done.SetResult(default);
        }
        catch (Exception problem)
        {
            compaction.Done.SetException(problem as StoreException ?? new StoreException($"The log of the store {Folder} could not be written anew: {problem.Message}", problem));
        }
    }

    private void Compact()
    {
        (string Kind, string Id, Place Place)[] all = _index.All();
        _log.Rewrite([.. all.Select(entry => entry.Place.Line)], places => _index.Move(all, places));
    }

    /// <summary>Compacts when it seems worth it; if that fails, all goes on with the log as it is, and is tried again when the store is next opened.</summary>
    private void TryCompact()
    {
        try
        {
            Compact();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _compactionFailed = true;
            string sentence = $"The log of the store {Folder} holds {DeadBytes} bytes that are out of date and could not be written anew: {problem.Message}";
            lock (_warnings)
                _warnings.Add(sentence);
            _warn?.Invoke(sentence);
        }
    }
}
