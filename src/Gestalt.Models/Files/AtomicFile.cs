namespace Gestalt.Models;

/// <summary>
/// Files that are either the old one or the new one and never something between: the bytes go to <c>path.part</c> beside the
/// target, are flushed to the disk, and take the target's name in one rename. When writing fails (a full disk, a kill) the old file is as it was.
/// </summary>
public static class AtomicFile
{
    // Large enough that a write call's cost vanishes, small enough for the second-level cache.
    private const int BufferBytes = 1 << 20;

    /// <summary>The name under which a file is written before it takes its own.</summary>
    /// <param name="path">The file to be written.</param>
    public static string PartPath(string path) => path + ".part";

    /// <summary>Writes a file beside its target and renames it into place.</summary>
    /// <param name="path">The target; its folder is made when missing.</param>
    /// <param name="write">Writes the content. An exception from it leaves the target untouched and removes the part.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written; the message names the file.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WritePart(path, write);
        File.Move(PartPath(path), path, overwrite: true);
    }

    /// <summary>Writes and flushes <see cref="PartPath"/> without renaming it, for callers with more than one rename to make.</summary>
    internal static void WritePart(string path, Action<Stream> write)
    {
        string part = PartPath(path);
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is string folder)
                Directory.CreateDirectory(folder);
            using var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception problem)
        {
            TryDelete(part);
            if (problem is IOException or UnauthorizedAccessException)
                throw new IOException($"{path}: could not be written ({problem.Message.TrimEnd('.')}). What was there before is untouched; free some space or choose another folder.", problem);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The write's own failure is what the caller has to hear about.
        }
    }
}
