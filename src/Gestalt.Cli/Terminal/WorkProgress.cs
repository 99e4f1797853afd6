using System.Diagnostics;
using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Cli.Terminal;

/// <summary>
/// Progress of work that is counted: what, how far, how fast, how long to go. On a terminal one line that is rewritten,
/// elsewhere a line every few seconds; nothing at all for work under a second.
/// </summary>
internal sealed class WorkProgress : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRewrites = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    private readonly string _what;
    private readonly Func<double, string> _format;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private TimeSpan _next = Patience;
    private bool _shown;

    /// <summary>Begins to watch.</summary>
    /// <param name="what">What is being done: "reading".</param>
    /// <param name="format">How an amount is written: <see cref="QuantityFormat.Bytes"/>.</param>
    public WorkProgress(string what, Func<double, string> format) => (_what, _format) = (what, format);

    /// <summary>Tells how far the work is.</summary>
    /// <param name="done">The amount done.</param>
    /// <param name="total">The whole amount, where it is known.</param>
    /// <param name="remark">Anything else worth a few words.</param>
    public void Report(double done, double? total, string remark = "")
    {
        lock (_gate)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_begun);
            if (elapsed < _next) return;
            _next = elapsed + (Messages.Watched ? BetweenRewrites : BetweenLines);
            double rate = done / elapsed.TotalSeconds;
            string line = $"{_what} {_format(done)}"
                + (total is double all ? $" of {_format(all)}" : "")
                + $", {_format(rate)}/s"
                + (total is double whole && rate > 0 && whole > done ? $", {QuantityFormat.Duration((whole - done) / rate)} left" : "")
                + (remark.Length > 0 ? ", " + remark : "");
            if (Messages.Watched) Console.Error.Write("\r\u001b[K" + line);
            else Console.Error.WriteLine(line);
            _shown = true;
        }
    }

    /// <summary>Takes the line away again.</summary>
    public void Dispose()
    {
        if (_shown && Messages.Watched) Console.Error.Write("\r\u001b[K");
    }
}
