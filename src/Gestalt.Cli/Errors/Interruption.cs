using System.Runtime.InteropServices;

namespace Gestalt.Cli.Errors;

/// <summary>
/// Ctrl-C and the signals that end a program: the first asks the work to save and stop, a second one stops at once.
/// A verb creates one around its work.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly string _notice;
    private int _count;

    /// <summary>Begins to listen.</summary>
    /// <param name="notice">What is said when the work is asked to stop.</param>
    public Interruption(string notice = "stopping ... (Ctrl-C again stops at once)")
    {
        _notice = notice;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Asked), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Asked)];
    }

    /// <summary>Asks the work to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends listening.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _source.Dispose();
    }

    private void Asked(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _count) > 1) return;
        context.Cancel = true;
        if (_notice.Length > 0) Console.Error.WriteLine("\ngestalt: " + _notice);
        _source.Cancel();
    }
}
