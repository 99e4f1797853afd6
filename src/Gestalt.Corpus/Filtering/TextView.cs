namespace Gestalt.Corpus;

/// <summary>
/// A text cut once into lines and words for all the rules that count them. Words are what stands between white space, without
/// the punctuation around it; a dash or a bar alone is no word.
/// </summary>
internal sealed class TextView
{
    private const ulong HashFactor = 0x9E3779B97F4A7C15;

    public TextView(string text)
    {
        Text = text;
        var words = new List<Range>(text.Length / 5 + 1);
        var lines = new List<Range>();
        int position = 0;
        while (position < text.Length)
        {
            int newline = text.IndexOf('\n', position);
            int end = newline < 0 ? text.Length : newline;
            (int first, int last) = Trim(text, position, end, char.IsWhiteSpace);
            if (last > first)
            {
                lines.Add(first..last);
                AddWords(text, first, last, words);
            }

            position = end + 1;
        }

        Words = words;
        Lines = lines;
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The lines that are not blank, trimmed.</summary>
    public IReadOnlyList<Range> Lines { get; }

    /// <summary>The words in order.</summary>
    public IReadOnlyList<Range> Words { get; }

    public ReadOnlySpan<char> Slice(Range range) => Text.AsSpan()[range];

    /// <summary>A fixed 64-bit hash of characters: the same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
    public static ulong Hash(ReadOnlySpan<char> characters)
    {
        ulong hash = (ulong)characters.Length * HashFactor;
        foreach (char c in characters)
            hash = (hash ^ c) * HashFactor;
        return Mix(hash);
    }

    /// <summary>Stirs the bits so that each of the input reaches each of the result (the finaliser of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static void AddWords(string text, int start, int end, List<Range> words)
    {
        int position = start;
        while (position < end)
        {
            int wordStart = position;
            while (position < end && !char.IsWhiteSpace(text[position]))
                position++;
            (int first, int last) = Trim(text, wordStart, position, IsEdge);
            if (last > first)
                words.Add(first..last);
            position++;
        }
    }

    /// <summary>Punctuation that surrounds words; # and … stay since the symbol rule counts them.</summary>
    private static bool IsEdge(char c) => c is not ('#' or '…') && (char.IsPunctuation(c) || c is '|' or '<' or '>' or '=' or '+' or '~' or '`' or '^' or '$');

    private static (int First, int Last) Trim(string text, int start, int end, Func<char, bool> edge)
    {
        while (start < end && edge(text[start]))
            start++;
        while (end > start && edge(text[end - 1]))
            end--;
        return (start, end);
    }
}
