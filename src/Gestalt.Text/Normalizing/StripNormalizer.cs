using System.Buffers;
using System.Text;

namespace Gestalt.Text;

/// <summary>Leaves out the white space at the beginning of a text, at its end, or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        while (left && Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            utf8 = utf8[length..];
        }

        while (right && Rune.DecodeLastFromUtf8(utf8, out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            utf8 = utf8[..^length];
        }

        return utf8;
    }
}
