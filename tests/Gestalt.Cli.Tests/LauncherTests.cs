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

    private static (int ExitCode, string Output, string Errors, TimeSpan Took) Run(string script, string folder, string artifacts, params string[] args) => Run(script, folder, artifacts, programs: null, args);

    /// <summary>Runs a script; programs of a folder, if one is named, stand in for those of the system.</summary>
    private static (int ExitCode, string Output, string Errors, TimeSpan Took) Run(string script, string folder, string artifacts, string? programs, string[] args)
    {
        var start = new ProcessStartInfo(script, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        start.Environment["GESTALT_ARTIFACTS"] = artifacts;
        if (programs is not null)
            start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
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

    /// <summary>Pages' scripts and drawings are part of the program: a change of one is built, what lies in bin and obj is not.</summary>
    [Theory]
    [InlineData("src/Pages/chat.js", true)]
    [InlineData("src/Pages/icons.svg", true)]
    [InlineData("src/Pages/Page.razor", true)]
    [InlineData("src/Program.cs", true)]
    [InlineData("src/obj/made.cs", false)]
    public void A_change_of_any_source_is_built(string changed, bool isBuilt)
    {
        using var elsewhere = new TemporaryFolder();
        string root = elsewhere.In("root"), artifacts = elsewhere.In("artifacts");
        foreach (string path in (string[])["src/Pages/chat.js", "src/Pages/icons.svg", "src/Pages/Page.razor", "src/Program.cs", "src/obj/made.cs", "Directory.Build.props", "Directory.Packages.props", "global.json"])
            Write(path, "before");
        File.Copy(Script("gestalt"), Path.Combine(root, "gestalt"));
        // In place of .NET: "building" makes the program's file, running says so.
        Write("bin/dotnet", "#!/bin/bash\nif [[ $1 == build ]]; then mkdir -p \"$6/bin/Gestalt.Cli/release\" && touch \"$6/bin/Gestalt.Cli/release/gestalt.dll\"; else echo ran; fi\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(root, "bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains("building for the first time", Start());
        Assert.DoesNotContain("building", Start());
        Write(changed, "after");
        File.SetLastWriteTimeUtc(Path.Combine(root, changed), DateTime.UtcNow.AddSeconds(2));
        Assert.Equal(isBuilt, Start().Contains("the sources changed, building", StringComparison.Ordinal));

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllText(Path.Combine(root, path), text);
        }

        string Start()
        {
            var run = Run(Path.Combine(root, "gestalt"), elsewhere.Path, artifacts, programs: Path.Combine(root, "bin"), []);
            Assert.True(run.ExitCode == 0 && run.Output == "ran\n", run.Errors);
            return run.Errors;
        }
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
