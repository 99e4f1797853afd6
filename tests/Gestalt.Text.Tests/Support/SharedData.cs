using System.Runtime.CompilerServices;

namespace Gestalt.Text.Tests;

/// <summary>Real data beside the repository. A test that needs a file which is not there is skipped and says so.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or folder under <c>../shared/data</c>.</summary>
    public static string Path(string relative)
    {
        string? root = RepositoryRoot();
        string path = System.IO.Path.Combine(root ?? ".", "..", "shared", "data", relative);
        Assert.SkipWhen(root is null || !System.IO.Path.Exists(path), $"../shared/data/{relative} is not there.");
        return System.IO.Path.GetFullPath(path);
    }

    /// <summary>The path of a file or folder under <c>../shared/data</c>; null when it is not there.</summary>
    public static string? Find(string relative)
    {
        string path = System.IO.Path.Combine(RepositoryRoot() ?? ".", "..", "shared", "data", relative);
        return System.IO.Path.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
    }

    private static string? RepositoryRoot([CallerFilePath] string source = "")
    {
        foreach (string start in (ReadOnlySpan<string>)[AppContext.BaseDirectory, System.IO.Path.GetDirectoryName(source) ?? "", Environment.CurrentDirectory])
        {
            for (string? folder = start; !string.IsNullOrEmpty(folder); folder = System.IO.Path.GetDirectoryName(folder))
            {
                if (File.Exists(System.IO.Path.Combine(folder, "Gestalt.slnx")))
                {
                    return folder;
                }
            }
        }

        return null;
    }
}
