using System.Text;

namespace Gestalt.Cli.Terminal;

/// <summary>Text that arrives piece by piece, shown on a screen without breaking words; on its way to a file or a pipe it stays as it is.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="width">The screen's width, or null for no screen.</param>
internal sealed class WrappedText(TextWriter output, int? width)
{
    /// <summary>Longer than this it is no word that a reader waits for: scripts without spaces, addresses, code.</summary>
    private const int LongestWord = 40;

    private readonly StringBuilder _word = new();
    private int _column;
    private int _wordColumns;
    private int _spaces;

    /// <summary>Standard output as it is now.</summary>
    public static WrappedText OnStdout() => new(Console.Out, Console.IsOutputRedirected ? null : LiveRegion.Width);

    /// <summary>Shows a piece; a word appears when it is complete.</summary>
    public void Write(string piece)
    {
        if (width is null)
        {
            output.Write(piece);
        }
        else
        {
            foreach (Rune rune in piece.EnumerateRunes()) Add(rune);
        }
        output.Flush();
    }

    /// <summary>Shows what was held back.</summary>
    public void End()
    {
        if (width is null) return;
        EndWord();
        output.Flush();
    }

    private void Add(Rune rune)
    {
        if (rune.Value == '\n')
        {
            EndWord();
            output.Write('\n');
            (_column, _spaces) = (0, 0);
        }
        else if (rune.Value == ' ')
        {
            EndWord();
            _spaces++;
        }
        else
        {
            _word.Append(rune.ToString());
            _wordColumns += Columns(rune);
            if (_wordColumns >= LongestWord) EndWord();
        }
    }

    private void EndWord()
    {
        if (_word.Length == 0) return;
        // A terminal that is written to its last column may already wrap.
        if (_column > 0 && _spaces > 0 && _column + _spaces + _wordColumns >= width)
        {
            output.Write('\n');
            _column = 0;
        }
        else
        {
            output.Write(new string(' ', _spaces));
            _column += _spaces;
        }
        output.Write(_word);
        _column = (_column + _wordColumns) % Math.Max(1, width!.Value);
        _word.Clear();
        (_wordColumns, _spaces) = (0, 0);
    }

    /// <summary>Most East Asian characters and pictures take two columns, marks that go onto the letter before them none.</summary>
    private static int Columns(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark or System.Globalization.UnicodeCategory.Format => 0,
        _ when rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };
}
