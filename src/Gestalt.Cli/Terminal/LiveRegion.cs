using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gestalt.Cli.Terminal;

/// <summary>
/// The last lines of a terminal, rewritten in place. Everything goes out in one write, so that nothing flickers. Safe to use
/// from several threads.
/// </summary>
internal sealed class LiveRegion
{
    private readonly TextWriter _terminal;
    private readonly StringWriter _buffer = new();
    private readonly IAnsiConsole _console;
    private readonly Lock _gate = new();
    private int _lines;

    /// <summary>A region at the end of what was written so far.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="colors">The colours it can show.</param>
    public LiveRegion(TextWriter terminal, ColorSystemSupport colors)
    {
        _terminal = terminal;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = colors, Out = new AnsiConsoleOutput(_buffer) });
    }

    /// <summary>A region on stderr, or null where nobody watches or the terminal cannot move its cursor.</summary>
    public static LiveRegion? OnStderr()
    {
        if (!Messages.Watched) return null;
        Capabilities can = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).Profile.Capabilities;
        return can.Ansi ? new LiveRegion(Console.Error, (ColorSystemSupport)can.ColorSystem) : null;
    }

    /// <summary>Columns of the terminal.</summary>
    public static int Width => Console.WindowWidth > 0 ? Console.WindowWidth : 80;

    /// <summary>Replaces what the region shows.</summary>
    public void Show(IRenderable picture)
    {
        lock (_gate)
        {
            _console.Profile.Width = Width;
            _console.Write(picture);
            string text = _buffer.ToString().TrimEnd('\n');
            _buffer.GetStringBuilder().Clear();
            _terminal.Write(Back() + text + "\n");
            _terminal.Flush();
            _lines = 1 + text.Count(c => c == '\n');
        }
    }

    /// <summary>Leaves what the region shows where it is; what comes next is written below.</summary>
    public void Keep()
    {
        lock (_gate) _lines = 0;
    }

    /// <summary>Takes the region away.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _terminal.Write(Back());
            _terminal.Flush();
            _lines = 0;
        }
    }

    /// <summary>Writes lines that stay, above the region.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            _terminal.Write(Back() + line + "\n");
            _terminal.Flush();
            _lines = 0;
        }
    }

    /// <summary>To the region's first line, and everything below it erased.</summary>
    private string Back() => new StringBuilder().Append(_lines > 0 ? $"\u001b[{_lines}A\r" : "").Append("\u001b[J").ToString();
}
