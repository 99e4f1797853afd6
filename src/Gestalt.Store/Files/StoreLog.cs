using Microsoft.Win32.SafeHandles;

namespace Gestalt.Store;

/// <summary>The file of a store: lines that are only ever added (<see cref="LogRecord"/>). One caller writes, any number read (<see cref="LogLine"/>).</summary>
internal sealed class StoreLog : IDisposable
{
    /// <summary>The log's name in its folder.</summary>
    public const string FileName = "store.log";

    private const string NewSuffix = ".new";

    private readonly string _folder;
    private volatile SafeFileHandle _file;
    private long _length;

    private StoreLog(string folder, SafeFileHandle file, long length) => (_folder, _file, _length) = (folder, file, length);

    /// <summary>Its length in bytes.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>The open file.</summary>
    public SafeFileHandle File => _file;

    private string Name => Path.Combine(_folder, FileName);

    /// <summary>Opens the log of a folder, makes it if there is none, and sets aside what is damaged.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="found">Is told of each record: where it stands, and what it says.</param>
    /// <param name="warn">Is told what was set aside.</param>
    /// <param name="mustCompact">Whether something before the end was damaged: until the log is written anew it would be found again.</param>
    public static StoreLog Open(string folder, Action<LogLine, LogRecord> found, Action<string> warn, out bool mustCompact)
    {
        string path = Path.Combine(folder, FileName);
        System.IO.File.Delete(path + NewSuffix);
        SafeFileHandle file = OpenFile(path, FileMode.OpenOrCreate);
        try
        {
            List<DamagedBytes> damaged = LogRecovery.Read(file, path, found);
            foreach (string told in damaged.Count == 0 ? [] : LogRecovery.SetAside(file, path, damaged))
                warn(told);
            long length = RandomAccess.GetLength(file);
            if (damaged.Count > 0 && damaged[^1].Offset + damaged[^1].Length == length)
            {
                length = damaged[^1].Offset;
                RandomAccess.SetLength(file, length);
                RandomAccess.FlushToDisk(file);
                damaged.RemoveAt(damaged.Count - 1);
            }
            mustCompact = damaged.Count > 0;
            var log = new StoreLog(folder, file, length);
            if (length == 0)
            {
                log.Append(LogRecord.Header());
                FolderSync.Flush(folder);
            }
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds lines and waits until the disk has them.</summary>
    /// <returns>Where they begin.</returns>
    /// <exception cref="Exception">
    /// They could not be written (.NET has several exceptions for that) and are gone again; or, if <see cref="IsBroken"/> is set then, nobody knows what the disk has.
    /// </exception>
    public long Append(ReadOnlySpan<byte> lines)
    {
        long at = _length;
        bool written = false;
        try
        {
            RandomAccess.Write(_file, lines, at);
            written = true;
            RandomAccess.FlushToDisk(_file);
        }
        catch
        {
            // After a failed flush the system may have forgotten what it could not write: only reading the file anew tells. A failed write can be taken back.
            IsBroken = written || !TryCut(at);
            throw;
        }
        Volatile.Write(ref _length, at + lines.Length);
        return at;
    }

    /// <summary>Whether writing failed in a way after which the log must be opened anew.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Writes the log anew with some of its lines only, and goes over to that.</summary>
    /// <param name="lines">The lines, in the order in which they are to stand.</param>
    /// <param name="moved">Is told where they stand now, before the old log is closed.</param>
    public void Rewrite(IReadOnlyList<LogLine> lines, Action<LogLine[]> moved)
    {
        string path = Name + NewSuffix;
        SafeFileHandle fresh = OpenFile(path, FileMode.Create);
        try
        {
            var places = new LogLine[lines.Count];
            long length = Copy(fresh, lines, places);
            RandomAccess.FlushToDisk(fresh);
            System.IO.File.Move(path, Name, overwrite: true);
            FolderSync.Flush(_folder);
            SafeFileHandle old = _file;
            _file = fresh;
            Volatile.Write(ref _length, length);
            moved(places);
            old.Dispose();
        }
        catch
        {
            if (!ReferenceEquals(_file, fresh))
            {
                fresh.Dispose();
                System.IO.File.Delete(path);
            }
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private long Copy(SafeFileHandle target, IReadOnlyList<LogLine> lines, LogLine[] places)
    {
        const int Block = 1 << 20;
        using var buffer = new MemoryStream(2 * Block);
        buffer.Write(LogRecord.Header());
        long written = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            places[i] = new LogLine(target, written + buffer.Length, lines[i].Length);
            buffer.Write(lines[i].Read());
            buffer.WriteByte((byte)'\n');
            if (buffer.Length >= Block)
                Spill();
        }
        Spill();
        return written;

        void Spill()
        {
            RandomAccess.Write(target, buffer.GetBuffer().AsSpan(0, (int)buffer.Length), written);
            written += buffer.Length;
            buffer.SetLength(0);
        }
    }

    private bool TryCut(long length)
    {
        try
        {
            RandomAccess.SetLength(_file, length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static SafeFileHandle OpenFile(string path, FileMode mode) => System.IO.File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
}
