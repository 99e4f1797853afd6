using Microsoft.Win32.SafeHandles;

namespace Gestalt.Store;

/// <summary>Where a line of a log stands. It knows its file: when the log is written anew, the old file is closed, and who still wants to read there is told so.</summary>
/// <param name="File">The log.</param>
/// <param name="Offset">Where the line begins, in bytes.</param>
/// <param name="Length">How long it is, with its line feed.</param>
internal readonly record struct LogLine(SafeFileHandle File, long Offset, int Length)
{
    /// <summary>The line without its line feed.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="StoreException">The line is damaged.</exception>
    public byte[] Read()
    {
        byte[] line = new byte[Length];
        int done = 0;
        for (int count; done < Length && (count = RandomAccess.Read(File, line.AsSpan(done), Offset + done)) > 0;)
            done += count;
        Array.Resize(ref line, Length - 1);
        return done == Length && LogRecord.IsWhole(line)
            ? line
            : throw new StoreException($"The record at byte {Offset} of {StoreLog.FileName} is damaged. Close the store and open it again: that sets aside what is damaged and keeps the rest.");
    }
}
