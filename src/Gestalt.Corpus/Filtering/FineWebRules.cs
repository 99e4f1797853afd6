namespace Gestalt.Corpus;

/// <summary>FineWeb's own line rules (arXiv 2406.17557, section 3.4), thresholds as published.</summary>
/// <remarks>
/// Departure: short lines count against a page only if they hold a good part of its characters too, so that an article with
/// a box of facts, or an interview, is not taken for a menu.
/// </remarks>
internal static class FineWebRules
{
    public const double MinimumPunctuatedLines = 0.12;
    public const double MaximumDuplicateCharacters = 0.1;
    public const double MaximumShortLines = 0.67;
    public const int ShortLine = 30;

    /// <summary>Short lines that hold less than this share of the characters do no harm.</summary>
    public const double HarmlessShortCharacters = 0.4;

    public static Drop? Judge(TextView view)
    {
        int punctuated = 0;
        int shortLines = 0;
        long duplicate = 0;
        long shortCharacters = 0;
        long characters = 0;
        var seen = HashCounter.ForThread(view.Lines.Count);
        foreach (Range range in view.Lines)
        {
            ReadOnlySpan<char> line = view.Slice(range);
            characters += line.Length;
            if (EndsSentence(line))
                punctuated++;
            if (line.Length < ShortLine)
            {
                shortLines++;
                shortCharacters += line.Length;
            }

            if (seen.Add(TextView.Hash(line)) > 1)
                duplicate += line.Length;
        }

        double lines = Math.Max(1, view.Lines.Count);
        if (punctuated / lines < MinimumPunctuatedLines)
            return new Drop("fineweb.punctuation", $"{punctuated / lines:P0} of the lines end a sentence, fewer than {MinimumPunctuatedLines:P0}");
        double duplicateShare = (double)duplicate / Math.Max(1, characters);
        if (duplicateShare > MaximumDuplicateCharacters)
            return new Drop("fineweb.duplicate-lines", $"{duplicateShare:P0} of the characters stand in repeated lines, more than {MaximumDuplicateCharacters:P0}");
        if (shortLines / lines > MaximumShortLines && shortCharacters > characters * HarmlessShortCharacters)
            return new Drop("fineweb.short-lines", $"{shortLines / lines:P0} of the lines are shorter than {ShortLine} characters, more than {MaximumShortLines:P0}");
        return null;
    }

    private static bool EndsSentence(ReadOnlySpan<char> line) => line.TrimEnd("\"'”’»)*_") is [.., '.' or '!' or '?' or '…' or ':' or ';'];
}
