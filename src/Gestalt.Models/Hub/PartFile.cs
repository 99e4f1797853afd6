using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Gestalt.Models.Hub;

/// <summary>
/// A file that is still coming: its bytes in <c>NAME.part</c>, and beside them in <c>NAME.part.json</c> which pieces have come, each with its checksum. Killed at any
/// moment, it loses the pieces that were on their way, and knows which others to trust.
/// </summary>
internal sealed class PartFile : IDisposable
{
    /// <summary>How names of files that are still coming end.</summary>
    public const string Suffix = ".part";

    /// <summary>Large enough that asking for a piece costs little next to getting it, small enough that little is lost with one.</summary>
    public const int PieceBytes = 8 << 20;

    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _handle;
    private readonly State _state;

    private PartFile(string path, SafeFileHandle handle, State state) => (_path, _handle, _state) = (path, handle, state);

    /// <summary>Length of the whole file.</summary>
    public long Bytes => _state.Bytes;

    /// <summary>How many pieces there are.</summary>
    public int Pieces => _state.Checksums.Length;

    /// <summary>How many bytes have come for good.</summary>
    public long BytesDone
    {
        get
        {
            lock (_gate) return Enumerable.Range(0, Pieces).Where(i => _state.Checksums[i] is not null).Sum(i => (long)Length(i));
        }
    }

    /// <summary>Opens what an earlier attempt left, or begins anew.</summary>
    /// <param name="target">The file that it will be.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="version">What tells this version of the file from others: its checksum, or what the server calls it.</param>
    /// <exception cref="HubException">Another program is at it.</exception>
    public static PartFile Open(string target, long bytes, string version)
    {
        string path = target + Suffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (File.Exists(path) && problem is not DirectoryNotFoundException)
        {
            throw new HubException(HubProblem.Disk, $"'{path}' is in use: another gestalt is pulling it. Wait for that one, or end it.");
        }
        try
        {
            State state = Read(path) is { } kept && kept.Bytes == bytes && kept.Version == version && version.Length > 0 && kept.PieceBytes == PieceBytes && kept.Checksums.Length == Count(bytes)
                ? kept
                : new State(bytes, version, PieceBytes, new string?[Count(bytes)]);
            var part = new PartFile(path, handle, state);
            part.ForgetDamaged();
            RandomAccess.SetLength(handle, bytes);
            return part;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether a piece has come.</summary>
    public bool IsDone(int piece)
    {
        lock (_gate) return _state.Checksums[piece] is not null;
    }

    /// <summary>Where a piece begins.</summary>
    public static long Start(int piece) => (long)piece * PieceBytes;

    /// <summary>How many bytes a piece has.</summary>
    public int Length(int piece) => (int)Math.Min(PieceBytes, Bytes - Start(piece));

    /// <summary>Writes bytes that came.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    /// <summary>Remembers that all of a piece has come.</summary>
    public void Finish(int piece)
    {
        string checksum = Checksum(piece);
        lock (_gate)
        {
            _state.Checksums[piece] = checksum;
            string beside = _path + ".json.new";
            File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(_state));
            File.Move(beside, _path + ".json", overwrite: true);
        }
    }

    /// <summary>Forgets everything that came.</summary>
    public void Clear()
    {
        lock (_gate) Array.Clear(_state.Checksums);
        File.Delete(_path + ".json");
    }

    /// <summary>The checksum of the whole file under an algorithm.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="header">Bytes before those of the file.</param>
    /// <param name="cancellation">Ends it.</param>
    public string Digest(HashAlgorithmName algorithm, ReadOnlySpan<byte> header, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        hash.AppendData(header);
        byte[] buffer = new byte[1 << 20];
        for (long at = 0; at < Bytes;)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = RandomAccess.Read(_handle, buffer, at);
            if (read == 0) throw new EndOfStreamException($"'{_path}' ends at byte {at} of {Bytes}; something else wrote to it.");
            hash.AppendData(buffer, 0, read);
            at += read;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Makes it the file that it was to be.</summary>
    public void Complete()
    {
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        File.Move(_path, _path[..^Suffix.Length], overwrite: true);
        File.Delete(_path + ".json");
    }

    /// <summary>Throws away everything: it is not the file that it should be.</summary>
    public void Discard()
    {
        _handle.Dispose();
        File.Delete(_path);
        File.Delete(_path + ".json");
    }

    /// <summary>Closes it; what has come stays.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>Pieces that are not on the disk as they were noted, after a power cut perhaps, must come again.</summary>
    private void ForgetDamaged() => Parallel.For(0, Pieces, piece =>
    {
        if (_state.Checksums[piece] is string noted && Checksum(piece) != noted) _state.Checksums[piece] = null;
    });

    private string Checksum(int piece)
    {
        byte[] bytes = new byte[Length(piece)];
        int filled = 0;
        for (int read; filled < bytes.Length && (read = RandomAccess.Read(_handle, bytes.AsSpan(filled), Start(piece) + filled)) > 0;) filled += read;
        return filled == bytes.Length ? Convert.ToHexStringLower(SHA256.HashData(bytes)) : "incomplete";
    }

    private static int Count(long bytes) => checked((int)((bytes + PieceBytes - 1) / PieceBytes));

    private static State? Read(string path)
    {
        try
        {
            return File.Exists(path + ".json") ? JsonSerializer.Deserialize<State>(File.ReadAllBytes(path + ".json")) : null;
        }
        catch (JsonException)
        {
            return null; // Damaged: begin anew.
        }
    }

    private sealed record State(long Bytes, string Version, int PieceBytes, string?[] Checksums);
}
