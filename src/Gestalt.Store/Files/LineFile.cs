using System.Text;

namespace Gestalt.Store;

/// <summary>
/// A file to which whole lines are only ever added, by any number of programs at once. A line counts when its line feed is on the disk: what a killed program left behind it is set aside in a file of its
/// own before the next line is written, and nothing else is ever changed.
/// </summary>
/// <param name="path">The file; its folder is made when first written to.</param>
/// <param name="what">What a line is, for people: "a label".</param>
/// <param name="warn">Told what was set aside; null for nobody.</param>
/// <param name="isPrivate">Whether only this user may read the file, where the system knows such rights.</param>
internal sealed class LineFile(string path, string what, Action<string>? warn, bool isPrivate = false)
{
    private const int ChunkBytes = 1 << 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>All whole lines, with their numbers from 1; a last one that was torn is none.</summary>
    public IReadOnlyList<(int Number, string Text)> Lines()
    {
        if (!File.Exists(path)) return [];
        using FileStream stream = Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        int end = bytes.AsSpan(0, count).LastIndexOf((byte)'\n');
        if (end < 0) return [];
        string[] lines = Encoding.UTF8.GetString(bytes, 0, end).Split('\n');
        return [.. lines.Select((line, i) => (i + 1, line)).Where(line => line.line.Length > 0)];
    }

    /// <summary>Adds lines, all or none of the last one, and returns when they are on the disk.</summary>
    /// <param name="lines">The lines, without line feeds.</param>
    /// <exception cref="StoreException">Another program keeps the file for itself.</exception>
    public void Append(params IEnumerable<string> lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        bool isNew = !File.Exists(path);
        using FileStream stream = Open(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        SetTornAside(stream);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
        if (isNew) FolderSync.Flush(folder);
    }

    private void SetTornAside(FileStream stream)
    {
        long end = EndOfLines(stream);
        if (end == stream.Length) return;
        byte[] torn = new byte[stream.Length - end];
        stream.Seek(end, SeekOrigin.Begin);
        stream.ReadExactly(torn);
        string aside = FreeName(end);
        using (var copy = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
        {
            copy.Write(torn);
            copy.Flush(flushToDisk: true);
        }

        stream.SetLength(end);
        warn?.Invoke($"{path}: the last {torn.Length} bytes are {what} that was being written when a program or the machine stopped. They were set aside in {aside}.");
    }

    /// <summary>The byte behind the last line feed.</summary>
    private static long EndOfLines(FileStream stream)
    {
        byte[] chunk = new byte[ChunkBytes];
        for (long end = stream.Length; end > 0;)
        {
            long start = Math.Max(0, end - ChunkBytes);
            stream.Seek(start, SeekOrigin.Begin);
            Span<byte> part = chunk.AsSpan(0, (int)(end - start));
            stream.ReadExactly(part);
            int feed = part.LastIndexOf((byte)'\n');
            if (feed >= 0) return start + feed + 1;
            end = start;
        }

        return 0;
    }

    private string FreeName(long offset)
    {
        for (int number = 0; ; number++)
        {
            string name = FormattableString.Invariant($"{path}.torn-{offset}{(number == 0 ? "" : $"-{number}")}");
            if (!File.Exists(name)) return name;
        }
    }

    private FileStream Open(FileMode mode, FileAccess access, FileShare share)
    {
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
                if (isPrivate && mode == FileMode.OpenOrCreate && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                return new FileStream(path, options);
            }
            catch (IOException problem) when (problem is not (FileNotFoundException or DirectoryNotFoundException))
            {
                if (Environment.TickCount64 > until) throw new StoreException($"{path} cannot be opened: {problem.Message} Close the program that keeps it, and try again.", problem);
                Thread.Sleep(BetweenTries);
            }
        }
    }
}
