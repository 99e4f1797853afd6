using System.Runtime.InteropServices;

namespace Gestalt.Store;

/// <summary>Brings the names in a folder to the disk: on Unix a new or renamed file is only certain to be found after that. Windows does so by itself.</summary>
internal static partial class FolderSync
{
    /// <summary>Flushes a folder; where a file system cannot do that (EINVAL, as some network ones), there is nothing more to be done.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
            throw new IOException($"{folder} cannot be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        int status = FSync(descriptor);
        int error = status < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Close(descriptor);
        const int NotSupported = 22;
        if (error is not (0 or NotSupported))
            throw new IOException($"{folder} cannot be flushed (error {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
