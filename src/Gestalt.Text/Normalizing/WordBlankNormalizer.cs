using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Gestalt.Text;

/// <summary>Puts one <c>▁</c> before each word and leaves the white space between words out: XLM-R, ALBERT.</summary>
internal sealed class WordBlankNormalizer : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        var result = new List<byte>(utf8.Length + utf8.Length / 2);
        bool isInWord = false;
        while (!utf8.IsEmpty)
        {
            bool isCharacter = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == OperationStatus.Done;
            length = isCharacter ? length : 1;
            if (isCharacter && Rune.IsWhiteSpace(rune))
            {
                isInWord = false;
            }
            else
            {
                result.AddRange(isInWord || (isCharacter && rune.Value == Vocabulary.Blank) ? [] : "▁"u8);
                result.AddRange(utf8[..length]);
                isInWord = true;
            }

            utf8 = utf8[length..];
        }

        return CollectionsMarshal.AsSpan(result);
    }
}
