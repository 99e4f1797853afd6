using System.Runtime.CompilerServices;
using System.Text;

namespace Gestalt.Corpus.Tests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("gestalt-corpus-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Real files beside the repository; tests that need them skip, visibly, where they are missing.</summary>
internal static class RealData
{
    public static string Path(string name)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(ProjectFolder(), "../../../shared/data", name));
        Assert.SkipUnless(System.IO.Path.Exists(path), $"real data '../shared/data/{name}' is not here");
        return path;
    }

    private static string ProjectFolder([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}
