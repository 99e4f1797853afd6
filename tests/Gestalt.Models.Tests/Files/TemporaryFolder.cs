using System.Runtime.CompilerServices;

namespace Gestalt.Models.Tests.Files;

/// <summary>A folder of a test's own, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path;

    /// <summary>Makes the folder; in memory, where the system has such a place, for tests that write thousands of files.</summary>
    public TemporaryFolder(bool inMemory = false)
    {
        const string Memory = "/dev/shm";
        _path = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(Path.Combine(Memory, $"gestalt-files-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("gestalt-files-").FullName;
    }

    public string File(string name) => Path.Combine(_path, name);

    public string[] Names() => [.. Directory.GetFileSystemEntries(_path).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

/// <summary>The real data beside the repository, which not every machine has.</summary>
internal static class SharedData
{
    /// <summary>A path in <c>../shared/data</c>; the test is skipped, visibly, where it is missing.</summary>
    public static string Require(string name, [CallerFilePath] string source = "")
    {
        string? root = Path.GetDirectoryName(source);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root, "Gestalt.slnx")))
            root = Path.GetDirectoryName(root);
        string path = Path.GetFullPath(Path.Combine(root ?? ".", "..", "shared", "data", name));
        Assert.SkipUnless(System.IO.File.Exists(path) || Directory.Exists(path), $"{path} is not on this machine");
        return path;
    }
}
