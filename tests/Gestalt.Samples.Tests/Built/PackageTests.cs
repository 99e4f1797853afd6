using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Gestalt.Models;

namespace Gestalt.Samples.Tests.Built;

/// <summary>The libraries as packages: packed, restored from a folder by a project that knows nothing of this repository, and run. Slow for the building alone; CI runs it.</summary>
[Trait("Speed", "Slow")]
public sealed class PackageTests(TinyModels models) : IClassFixture<TinyModels>
{
    private static readonly string[] Libraries = ["Kernels", "Tensors", "Text", "Models", "Inference"];

    [Fact]
    public void A_project_of_its_own_runs_a_model_with_the_packages()
    {
        // A version of its own, so that no package of an earlier run is found in the user's cache instead.
        string version = $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}";
        string folder = Path.Combine(models.Folder, "packages"), feed = Path.Combine(folder, "feed");
        Directory.CreateDirectory(Path.Combine(folder, "app"));
        try
        {
            Pack(folder, feed, version);
            foreach (string library in Libraries)
                CheckPackage(feed, $"Gestalt.{library}", version);
            string output = RunWithPackages(folder, feed, version);
            Assert.StartsWith(" sat on the mat", output, StringComparison.Ordinal);
        }
        finally
        {
            foreach (string library in Libraries)
                Forget($"gestalt.{library.ToLowerInvariant()}", version);
        }
    }

    private static void Pack(string folder, string feed, string version)
    {
        string solution = Path.Combine(folder, "Libraries.slnx");
        IEnumerable<string> projects = Libraries.Select(library => Path.Combine(SampleProgram.Repository, "src", $"Gestalt.{library}", $"Gestalt.{library}.csproj"));
        File.WriteAllText(solution, new XElement("Solution", projects.Select(path => new XElement("Project", new XAttribute("Path", path)))).ToString());
        Finished packed = SampleProgram.Dotnet(null, "pack", solution, "--configuration", "Release", "--artifacts-path", SampleProgram.Artifacts, "--output", feed,
            "--nologo", "--verbosity", "quiet", $"-p:PackageVersion={version}");
        Assert.True(packed.ExitCode == 0, packed.Output + packed.Errors);
    }

    private static void CheckPackage(string feed, string id, string version)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(feed, $"{id}.{version}.nupkg"));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Contains($"lib/net10.0/{id}.dll", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);
        Assert.Contains("README.md", files);
        using Stream stream = package.GetEntry($"{id}.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().First();
        string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal((id, "MIT", "README.md"), (Text("id"), Text("license"), Text("readme")));
        Assert.True(Text("description").Length > 40 && Text("tags").Length > 0 && Text("authors").Length > 0);
        using ZipArchive symbols = ZipFile.OpenRead(Path.Combine(feed, $"{id}.{version}.snupkg"));
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{id}.pdb");
    }

    private string RunWithPackages(string folder, string feed, string version)
    {
        string app = Path.Combine(folder, "app");
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packed" value="{feed}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(app, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Gestalt.Inference" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(app, "Program.cs"), """
            using Gestalt.Inference;

            using var model = LanguageModel.Open(args[0]);
            await foreach (string piece in model.Complete("The cat", new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = 12 }))
                Console.Write(piece);
            """, new UTF8Encoding(false));
        Finished built = SampleProgram.Dotnet(null, "build", app, "--configuration", "Release", "--nologo", "--verbosity", "quiet");
        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        Finished run = SampleProgram.Dotnet(null, Path.Combine(app, "bin", "Release", "net10.0", "app.dll"), models.File("qwen3", TensorType.Q8_0));
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }

    /// <summary>Takes what the restore has put into the user's package folder out again.</summary>
    private static void Forget(string id, string version)
    {
        string root = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string folder = Path.Combine(root, id, version);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
