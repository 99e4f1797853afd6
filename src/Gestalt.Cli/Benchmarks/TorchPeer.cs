using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gestalt.Cli.Errors;

namespace Gestalt.Cli.Benchmarks;

/// <summary>PyTorch in a process of its own, to be compared with; it works only while it is its turn.</summary>
internal sealed class TorchPeer(string python, string scripts, int threads)
{
    /// <summary>Looks for an interpreter with PyTorch and for the scripts that it is to run.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="threads">Threads that PyTorch uses.</param>
    /// <param name="problem">Why there is none.</param>
    public static TorchPeer? Find(string python, int threads, out string problem)
    {
        problem = "";
        string? scripts = FindScripts();
        if (scripts is null)
            problem = "benchmarks/peers was not found above the program or the current folder";
        else if (!HasTorch(python))
            problem = $"'{python}' has no PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread, or ./test --with peers)";
        return problem.Length == 0 ? new TorchPeer(python, scripts!, threads) : null;
    }

    /// <summary>Starts a script of <c>benchmarks/peers</c> that speaks the line protocol; its first turn waits until it is ready.</summary>
    public TorchSession Start(string script, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(scripts, script));
        start.ArgumentList.Add("--threads");
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new TorchSession(Process.Start(start) ?? throw new UserError(ExitCode.Missing, $"'{python}' cannot be started."));
    }

    private static string? FindScripts()
    {
        // ./gestalt names its own folder, since the program may have been built anywhere.
        foreach (string start in (string[])[Environment.GetEnvironmentVariable("GESTALT_ROOT") ?? AppContext.BaseDirectory, AppContext.BaseDirectory, Directory.GetCurrentDirectory()])
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "benchmarks", "peers", "gemm.py"))) return Path.Combine(folder.FullName, "benchmarks", "peers");
        return null;
    }

    private static bool HasTorch(string python)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", "import torch"]) { RedirectStandardError = true, UseShellExecute = false })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // No such program.
        }
    }
}

/// <summary>A running peer: a line in, a line out.</summary>
internal sealed class TorchSession : IDisposable
{
    private readonly Process _process;
    private bool _ready;

    public TorchSession(Process process) => _process = process;

    /// <summary>Waits until the peer has loaded, built its model and taken one step to warm up.</summary>
    public void WaitUntilReady()
    {
        if (!_ready) Read();
        _ready = true;
    }

    /// <summary>Gives the peer its turn.</summary>
    /// <param name="line">What to do, as the script's head describes.</param>
    /// <returns>The seconds it took, by its own clock.</returns>
    public double Turn(FormattableString line)
    {
        WaitUntilReady();
        _process.StandardInput.WriteLine(FormattableString.Invariant(line));
        _process.StandardInput.Flush();
        return Read().RootElement.GetProperty("seconds").GetDouble();
    }

    /// <summary>Ends the peer.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private JsonDocument Read() => _process.StandardOutput.ReadLine() is string line
        ? JsonDocument.Parse(line)
        : throw new UserError(ExitCode.Unexpected, "the PyTorch process ended early; what it wrote above says why.");
}
