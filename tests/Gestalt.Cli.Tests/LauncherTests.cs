using System.Diagnostics;

namespace Gestalt.Cli.Tests;

/// <summary>The two scripts that a newcomer meets first.</summary>
public sealed class LauncherTests
{
    private static string Script(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts are for bash");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Gestalt.slnx"))) return Path.Combine(folder.FullName, name);
        // Built somewhere else (GESTALT_ARTIFACTS): the sources' place is known from where this file was compiled.
        string root = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));
        Assert.SkipUnless(File.Exists(Path.Combine(root, name)), "the sources are not here");
        return Path.Combine(root, name);
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private static (int ExitCode, string Output, string Errors, TimeSpan Took) Run(string script, string folder, string artifacts, params string[] args)
    {
        var start = new ProcessStartInfo(script, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        start.Environment["GESTALT_ARTIFACTS"] = artifacts;
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> errors = Task.Run(process.StandardError.ReadToEnd);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result, watch.Elapsed);
    }

    [Fact, Trait("Speed", "Slow")]
    public void The_launcher_builds_once_from_anywhere_and_two_at_once_share_the_build()
    {
        string script = Script("gestalt");
        using var elsewhere = new TemporaryFolder();
        string artifacts = elsewhere.In("artifacts");
        var starts = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Run(script, elsewhere.Path, artifacts, "--version"))).ToArray();
        var both = starts.Select(start => start.Result).ToList();
        Assert.All(both, run => Assert.True(run.ExitCode == 0, run.Errors));
        Assert.All(both, run => Assert.Matches(@"^\d+\.\d+\.\d+", run.Output));
        Assert.Single(both, run => run.Errors.Contains("building"));

        var again = Run(script, elsewhere.Path, artifacts, "--help");
        Assert.Equal(0, again.ExitCode);
        Assert.Empty(again.Errors);
        Assert.True(again.Took.TotalSeconds < 2, $"a second start took {again.Took.TotalSeconds:0.0} s");
        Assert.Single(Directory.GetDirectories(Path.Combine(artifacts, "run"), "2*"));
    }

    [Theory, InlineData("--nonsense"), InlineData("NoSuchProject"), InlineData("--filter")]
    public void The_test_script_refuses_what_it_does_not_know(string argument)
    {
        using var elsewhere = new TemporaryFolder();
        var run = Run(Script("test"), elsewhere.Path, elsewhere.In("artifacts"), argument);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void The_test_script_explains_itself()
    {
        using var elsewhere = new TemporaryFolder();
        var run = Run(Script("test"), elsewhere.Path, elsewhere.In("artifacts"), "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--smoke", run.Output);
    }
}
