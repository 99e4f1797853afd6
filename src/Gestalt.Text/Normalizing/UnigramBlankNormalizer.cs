namespace Gestalt.Text;

/// <summary>SentencePiece's blanks for unigram vocabularies: each becomes <c>▁</c>, or where they are joined one before each word; one may be put before the text.</summary>
internal sealed class UnigramBlankNormalizer(bool addsBlank, bool joinsBlanks) : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        var result = new List<byte>(utf8.Length + 16);
        bool isInWord = false, isBegun = false;
        foreach (byte value in utf8)
        {
            if (value == ' ')
            {
                isInWord = false;
                result.AddRange(joinsBlanks ? [] : "▁"u8);
                continue;
            }

            if (!isInWord && (joinsBlanks || (addsBlank && !isBegun)))
            {
                result.AddRange("▁"u8);
                isBegun = true;
            }

            isInWord = true;
            result.Add(value);
        }

        return result.ToArray();
    }
}
