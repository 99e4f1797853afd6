using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>Puts a text in place of each match of a pattern.</summary>
internal sealed unsafe class ReplaceNormalizer(PatternScanner pattern, byte[] text) : TextNormalizer
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        PatternScanner.Forget();
        var result = new List<byte>(utf8.Length + utf8.Length / 4);
        fixed (byte* start = utf8)
        {
            for (int at = 0; at < utf8.Length;)
            {
                int match = pattern.Find(start, at, utf8.Length, out int end);
                result.AddRange(utf8[at..match]);
                result.AddRange(end > match ? text : []);
                at = end;
            }
        }

        return CollectionsMarshal.AsSpan(result);
    }
}
