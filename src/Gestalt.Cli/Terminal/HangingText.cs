namespace Gestalt.Cli.Terminal;

/// <summary>A column of words beside what leads it in: later lines hang below the first, so that a table stays one on any screen.</summary>
internal static class HangingText
{
    /// <summary>Narrower than this, words go below what leads them in rather than beside it.</summary>
    private const int LeastColumn = 24;

    private const int Indent = 6;

    /// <summary>The lines of <paramref name="lead"/> with <paramref name="words"/> to its right, or below it where the screen is narrow.</summary>
    /// <param name="lead">What stands to the left, as wide as its column.</param>
    /// <param name="words">What is wrapped.</param>
    /// <param name="width">The screen's width, or null for one endless line, as in a file.</param>
    public static IEnumerable<string> Lines(string lead, string words, int? width)
    {
        if (width is not int limit)
        {
            yield return (lead + words).TrimEnd();
            yield break;
        }

        bool beside = limit - lead.Length >= LeastColumn || lead.Length + words.Length < limit;
        string line = beside ? lead : new string(' ', Indent), margin = new(' ', beside ? lead.Length : Indent);
        if (!beside) yield return lead.TrimEnd();
        bool isEmpty = true;
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // A terminal that is written to its last column may already wrap.
            if (!isEmpty && line.Length + 1 + word.Length >= limit)
            {
                yield return line;
                (line, isEmpty) = (margin, true);
            }
            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }
        if (!isEmpty || beside) yield return line.TrimEnd();
    }
}
