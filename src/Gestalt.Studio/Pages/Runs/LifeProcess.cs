using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gestalt.Studio.Pages.Runs;

/// <summary>
/// A life as a process of its own, so that it has the machine's memory to itself and a fault in it is no fault here. It is stopped as a person at a terminal would stop it: it saves, and goes on
/// later from where it was.
/// </summary>
internal sealed partial class LifeProcess : IDisposable
{
    private const int Interrupt = 2;
    private const int KeptLines = 40;

    private readonly Process _process;
    private readonly Queue<string> _said = new();

    /// <summary>Starts one.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="program">The program and the arguments before its verb.</param>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public LifeProcess(string run, IReadOnlyList<string> program, IReadOnlyList<string> arguments)
    {
        Run = run;
        var start = new ProcessStartInfo(program[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in program.Skip(1).Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["NO_COLOR"] = "1";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The run that it lives.</summary>
    public string Run { get; }

    /// <summary>Whether it was asked to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Its exit status; null while it lives.</summary>
    public int? ExitCode => HasEnded ? _process.ExitCode : null;

    /// <summary>Its last words to people.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_said)
                return [.. _said];
        }
    }

    /// <summary>Asks it to save and stop. Where there is no such signal it is ended; then it goes on from its last checkpoint.</summary>
    public void Stop()
    {
        IsStopping = true;
        if (HasEnded)
            return;
        if (OperatingSystem.IsWindows())
            _process.Kill(entireProcessTree: true);
        else if (Signal(_process.Id, Interrupt) != 0 && !HasEnded)
            throw new InvalidOperationException($"The life could not be told to stop (error {Marshal.GetLastPInvokeError()}). End process {_process.Id}; nothing older than half a minute is lost.");
    }

    /// <summary>Waits until it has ended.</summary>
    /// <param name="patience">How long; then it is ended by force.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > KeptLines)
                _said.Dequeue();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
