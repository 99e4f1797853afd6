using System.IO.MemoryMappedFiles;

namespace Gestalt.Models;

/// <summary>
/// A file mapped into memory for reading: the operating system brings in pages as they are touched and shares them between
/// processes, so opening costs nothing and a terabyte file needs no terabyte of memory. Every access is checked against the length.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _data;

    private MappedFile(string path, long length, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
    {
        Path = path;
        Length = length;
        _map = map;
        _view = view;
        if (view is null)
            return;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + view.PointerOffset;
    }

    ~MappedFile() => Release();

    public string Path { get; }

    public long Length { get; }

    /// <summary>Maps a whole file. A missing or unreadable file is a <see cref="ModelFileException"/>; an empty one maps to nothing.</summary>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            long length = stream.Length;
            if (length == 0)
                return new MappedFile(path, 0, null, null);
            var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            var view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            return new MappedFile(path, length, map, view);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException(path, "there is no such file", advice: "Check the path.", inner: problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ModelFileException(path, $"cannot be opened: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    /// <summary>The address of <paramref name="length"/> bytes from <paramref name="offset"/>, which must lie inside the file.</summary>
    public byte* At(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        ObjectDisposedException.ThrowIf(_data == null && Length > 0, this);
        return _data + offset;
    }

    /// <summary>Bytes of the file as a span; <paramref name="length"/> must lie inside the file.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length) => new(At(offset, length), length);

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_data == null)
            return;
        _data = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
    }
}
