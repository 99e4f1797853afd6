namespace Gestalt.Text;

/// <summary>A change of text before it is cut into words.</summary>
internal abstract class TextNormalizer
{
    /// <summary>Changes a text.</summary>
    /// <param name="utf8">The text, any bytes.</param>
    /// <param name="isFirst">Whether this is the beginning of what is encoded, and not what follows an added token.</param>
    public abstract ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst);
}
