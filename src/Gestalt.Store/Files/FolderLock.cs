using System.Globalization;

namespace Gestalt.Store;

/// <summary>Sees that a folder's store is open once at a time, in this process or another. The system releases the lock when the process ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "lock", OwnerName = "lock.owner";

    private readonly FileStream _lock;
    private readonly string _owner;

    private FolderLock(FileStream held, string owner) => (_lock, _owner) = (held, owner);

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StoreInUseException">Somebody else has it; the message names the process.</exception>
    public static FolderLock Take(string folder)
    {
        string owner = Path.Combine(folder, OwnerName);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException problem) when (problem is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StoreInUseException(folder, Owner(owner), problem);
        }
        File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new FolderLock(held, owner);
    }

    public void Dispose()
    {
        File.Delete(_owner);
        _lock.Dispose();
    }

    private static string Owner(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out int process)
                ? process == Environment.ProcessId ? "this program already" : $"another program (process {process})"
                : "another program";
        }
        catch (IOException)
        {
            return "another program";
        }
    }
}
