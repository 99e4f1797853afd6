using System.Diagnostics;
using System.Text;

namespace Gestalt.Cli.Tests;

/// <summary>What a run of the program left behind.</summary>
internal sealed record Finished(int ExitCode, byte[] Output, string Errors, TimeSpan Took)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}

/// <summary>The program as a user runs it: a process of its own.</summary>
internal sealed class GestaltProcess
{
    private readonly Process _process;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Task<byte[]> _output;
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private GestaltProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _output = Task.Run(() =>
        {
            using var all = new MemoryStream();
            _process.StandardOutput.BaseStream.CopyTo(all);
            return all.ToArray();
        });
        _reading = Task.Run(() =>
        {
            while (_process.StandardError.ReadLine() is string line)
                lock (_errors) _errors.Append(line).Append('\n');
        });
    }

    public static Finished Run(params string[] args) => Run(null, [], args);

    public static Finished Run(string? folder, byte[] input, params string[] args) => Start(folder, input, args).Wait();

    public static GestaltProcess Start(string? folder, byte[]? input, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "",
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gestalt.dll"));
        foreach (string arg in args) start.ArgumentList.Add(arg);
        var running = new GestaltProcess(start);
        if (input is null) return running;
        try
        {
            running._process.StandardInput.BaseStream.Write(input);
            running._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything.
        }
        return running;
    }

    /// <summary>Ctrl-C, as the terminal sends it.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public Finished Wait(int seconds = 120)
    {
        if (!_process.WaitForExit(seconds * 1000))
        {
            _process.Kill();
            throw new TimeoutException("gestalt did not end. It said: " + Said);
        }
        TimeSpan took = _watch.Elapsed;
        _reading.Wait();
        return new Finished(_process.ExitCode, _output.Result, Said, took);
    }

    /// <summary>Waits until the program has said something on stderr, or has ended.</summary>
    public void WaitFor(string text, int seconds)
    {
        for (var watch = Stopwatch.StartNew(); !Said.Contains(text) && !_process.HasExited; Thread.Sleep(50))
            if (watch.Elapsed.TotalSeconds > seconds) throw new TimeoutException($"gestalt never said '{text}', only: {Said}");
    }

    /// <summary>Ends the program as a power cut would.</summary>
    public void Kill() => _process.Kill();

    private string Said
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }
}

/// <summary>A folder of its own for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gestalt-cli-").FullName;

    public string File(string name, string content) => File(name, System.Text.Encoding.UTF8.GetBytes(content));

    public string File(string name, byte[] content)
    {
        string path = In(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
