namespace Gestalt.Text;

/// <summary>Puts a text before every text that is not empty.</summary>
internal sealed class PrependNormalizer(byte[] text) : TextNormalizer
{
    /// <summary>The text that is put there.</summary>
    public ReadOnlySpan<byte> Prepended => text;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst) => utf8.IsEmpty ? utf8 : (byte[])[.. text, .. utf8];
}
