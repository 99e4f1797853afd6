using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Gestalt.Store;

/// <summary>Bytes of a log that are no record.</summary>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct DamagedBytes(long Offset, long Length);

/// <summary>Reads a log from its beginning, as it was left by a program that ended well, or by one that was killed, or by a disk that lost something.</summary>
internal static class LogRecovery
{
    /// <summary>Hands every whole record to <paramref name="found"/>, in order, and returns the stretches in between that are none.</summary>
    /// <param name="file">The log.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="found">Is told of a record: where it stands, and what it says.</param>
    /// <exception cref="StoreException">It was written by a newer version, or it is no log at all.</exception>
    public static List<DamagedBytes> Read(SafeFileHandle file, string path, Action<LogLine, LogRecord> found)
    {
        var scanner = new LogScanner(file);
        var damaged = new List<DamagedBytes>();
        bool any = false;
        while (scanner.Next())
        {
            if (!scanner.IsComplete || !LogRecord.IsWhole(scanner.Line))
            {
                Add(damaged, new DamagedBytes(scanner.Offset, scanner.Length));
                continue;
            }
            any = true;
            if (LogRecord.HeaderVersion(scanner.Line) is not int version)
                found(new LogLine(file, scanner.Offset, (int)scanner.Length), LogRecord.Read(scanner.Line));
            else if (version > LogRecord.FormatVersion)
                throw new StoreException($"{path} is of version {version} of the format, this Gestalt knows up to {LogRecord.FormatVersion}. Open it with a newer one.");
        }
        if (!any && damaged is [DamagedBytes all] && !IsBegunHeader(file, all.Length))
            throw new StoreException($"{path} is not the log of a Gestalt store. Name another folder, or move that file away.");
        return damaged;
    }

    /// <summary>Copies damaged bytes into files beside the log, where a person may look at them.</summary>
    /// <returns>A sentence about each.</returns>
    public static IReadOnlyList<string> SetAside(SafeFileHandle file, string path, IReadOnlyList<DamagedBytes> damaged)
    {
        long end = RandomAccess.GetLength(file);
        var told = new List<string>();
        foreach (DamagedBytes bytes in damaged)
        {
            string aside = FreeName(path, bytes.Offset);
            using (var copy = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
            {
                byte[] block = new byte[Math.Min(bytes.Length, 1 << 20)];
                for (long done = 0; done < bytes.Length;)
                {
                    int count = RandomAccess.Read(file, block.AsSpan(0, (int)Math.Min(block.Length, bytes.Length - done)), bytes.Offset + done);
                    if (count == 0)
                        break;
                    copy.Write(block, 0, count);
                    done += count;
                }
                copy.Flush(flushToDisk: true);
            }
            string cause = bytes.Offset + bytes.Length == end
                ? "a change that was being written when a program or the machine stopped, and that nobody was told was kept"
                : "what stood there is lost, and documents may have become what they were before";
            told.Add($"{path}: the {bytes.Length} bytes from byte {bytes.Offset} on are no record ({cause}). They were set aside in {aside}.");
        }
        FolderSync.Flush(Path.GetDirectoryName(path)!);
        return told;
    }

    private static void Add(List<DamagedBytes> damaged, DamagedBytes next)
    {
        if (damaged.Count > 0 && damaged[^1] is var last && last.Offset + last.Length == next.Offset)
            damaged[^1] = last with { Length = last.Length + next.Length };
        else
            damaged.Add(next);
    }

    /// <summary>Whether a file is what remains when a program is stopped while it makes a log: some of the first line, or bytes that never came.</summary>
    private static bool IsBegunHeader(SafeFileHandle file, long length)
    {
        byte[] header = LogRecord.Header();
        if (length > header.Length)
            return false;
        byte[] begun = new byte[length];
        int count = RandomAccess.Read(file, begun, 0);
        return count == length && (header.AsSpan().StartsWith(begun) || !begun.AsSpan().ContainsAnyExcept((byte)0));
    }

    private static string FreeName(string path, long offset)
    {
        for (int number = 0; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{offset}{(number == 0 ? "" : $"-{number}")}");
            if (!File.Exists(name))
                return name;
        }
    }
}
