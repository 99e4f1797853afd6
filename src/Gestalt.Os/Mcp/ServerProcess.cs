using System.ComponentModel;
using System.Diagnostics;

namespace Gestalt.Os.Mcp;

/// <summary>An MCP server that we start: its pipes, its last words, and its end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>What a program needs to run and that tells it no secrets.</summary>
    private static readonly string[] Harmless =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "APPDATA", "LOCALAPPDATA", "PATHEXT", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE", "DOTNET_ROOT",
    ];

    private const int KeptWords = 2000;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Thread _listening;
    private readonly Lock _lock = new();
    private string _lastWords = "";

    private ServerProcess(Process process)
    {
        _process = process;
        Output = Pump.Start(process.StandardOutput.BaseStream, "MCP output");
        _listening = new Thread(Listen) { IsBackground = true, Name = "MCP errors" };
        _listening.Start();
    }

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it writes.</summary>
    public Stream Output { get; }

    /// <summary>Ends it, and returns the end of what it wrote to standard error.</summary>
    public string KillForLastWords()
    {
        Kill();
        _listening.Join(Grace / 4);
        lock (_lock)
            return _lastWords.Trim();
    }

    /// <summary>Starts a server.</summary>
    /// <exception cref="IOException">The program is not there, or may not be run.</exception>
    public static ServerProcess Start(McpServerEntry entry)
    {
        var start = new ProcessStartInfo(entry.Command!, entry.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = entry.Folder ?? "",
        };
        foreach (string name in start.Environment.Keys.Where(name => !Harmless.Contains(name, StringComparer.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        foreach ((string name, string value) in entry.Environment)
            start.Environment[name] = value;
        try
        {
            return new ServerProcess(Process.Start(start)!);
        }
        catch (Win32Exception problem)
        {
            throw new IOException($"the program '{entry.Command}' cannot be started: {problem.Message}", problem);
        }
    }

    /// <summary>Closes its input, waits a moment, and then ends it and all that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It reads no more.
        }
        using (var grace = new CancellationTokenSource(Grace))
        {
            try
            {
                await _process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Kill();
            }
        }
        _process.Dispose();
    }

    /// <summary>Ends it and all that it started, now.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception problem) when (problem is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private void Listen()
    {
        char[] buffer = new char[1024];
        StreamReader errors = _process.StandardError;
        try
        {
            for (int count; (count = errors.Read(buffer)) > 0;)
            {
                lock (_lock)
                {
                    _lastWords += new string(buffer, 0, count);
                    if (_lastWords.Length > KeptWords)
                        _lastWords = _lastWords[^KeptWords..];
                }
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The connection is over.
        }
    }
}
