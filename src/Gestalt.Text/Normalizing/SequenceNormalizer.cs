namespace Gestalt.Text;

/// <summary>Several normalizers one after another.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<TextNormalizer> steps) : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        foreach (TextNormalizer step in steps)
        {
            utf8 = step.Apply(utf8, isFirst);
        }

        return utf8;
    }
}
