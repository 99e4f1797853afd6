namespace Gestalt.Inference;

/// <summary>
/// Finds stop strings in text that arrives in pieces, wherever the pieces break them. Text that may yet turn out to be the beginning of
/// one is held back.
/// </summary>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop string has been found; nothing comes after it.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Takes a piece and returns the text that is certain not to belong to a stop string.</summary>
    public string Push(string piece)
    {
        if (HasStopped)
            return "";
        if (stops.Count == 0)
            return piece;
        string text = _held + piece;
        int found = Find(text);
        if (found >= 0)
        {
            HasStopped = true;
            _held = "";
            return text[..found];
        }
        int held = LongestBeginningAtEnd(text);
        _held = text[^held..];
        return text[..^held];
    }

    /// <summary>The text ends: what was held back is text after all.</summary>
    public string Flush()
    {
        string rest = _held;
        _held = "";
        return rest;
    }

    private int Find(string text)
    {
        int first = -1;
        foreach (string stop in stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }
        return first;
    }

    private int LongestBeginningAtEnd(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }
        return longest;
    }
}
