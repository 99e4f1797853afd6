using System.Diagnostics;
using System.Reflection;
using System.Text;

// The SDK builds into one folder: two builds at once would undo each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Gestalt.Samples.Tests;

/// <summary>What a run of a program left behind.</summary>
internal sealed record Finished(int ExitCode, string Output, string Errors);

/// <summary>A sample as a person builds and runs it: with the SDK's own commands, from any folder.</summary>
internal static class SampleProgram
{
    public static string Repository { get; } =
        typeof(SampleProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Repository").Value!;

    /// <summary>The artifacts folder in which this test was built: what the samples need is built there already.</summary>
    public static string Artifacts { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    public static string PathOf(string sample) => Path.Combine(Repository, "samples", sample);

    /// <summary>Builds a sample; returns the program.</summary>
    public static string Build(string sample)
    {
        Finished built = Dotnet(null, "build", PathOf(sample), "--configuration", "Release", "--artifacts-path", Artifacts, "--nologo", "--verbosity", "quiet");
        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        string name = Path.GetFileNameWithoutExtension(sample);
        return Directory.EnumerateFiles(Path.Combine(Artifacts, "bin"), name + ".dll", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}ref", StringComparison.Ordinal))
            .MaxBy(File.GetLastWriteTimeUtc) ?? throw new FileNotFoundException($"{sample} was built, but {name}.dll is not under {Artifacts}/bin.");
    }

    public static Finished Dotnet(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        process.WaitForExit();
        return new Finished(process.ExitCode, output.Result, errors.Result);
    }
}
