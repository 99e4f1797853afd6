namespace Gestalt.Text;

/// <summary>When <see cref="BlankNormalizer"/> puts a blank before a text.</summary>
internal enum BlankPrefix
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before every text that is not empty.</summary>
    Always,

    /// <summary>Before every text that does not begin with one.</summary>
    WhenMissing,

    /// <summary>Before the first text, when it does not begin with one.</summary>
    FirstWhenMissing,
}

/// <summary>SentencePiece's blanks: each becomes <c>▁</c>, and often one is put before the text.</summary>
internal sealed class BlankNormalizer(BlankPrefix prefix, bool replaces = true) : TextNormalizer
{
    private readonly byte[] _mark = replaces ? "▁"u8.ToArray() : " "u8.ToArray();

    /// <summary>When a blank is put before a text.</summary>
    public BlankPrefix Prefix => prefix;

    /// <summary>Whether blanks become <c>▁</c>.</summary>
    public bool Replaces => replaces;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, bool isFirst)
    {
        bool startsWithMark = utf8.StartsWith(" "u8) || utf8.StartsWith(_mark);
        bool adds = !utf8.IsEmpty && prefix switch
        {
            BlankPrefix.Always => true,
            BlankPrefix.WhenMissing => !startsWithMark,
            BlankPrefix.FirstWhenMissing => isFirst && !startsWithMark,
            _ => false,
        };
        int blanks = replaces ? utf8.Count((byte)' ') : 0;
        if (!adds && blanks == 0)
        {
            return utf8;
        }

        var result = new byte[utf8.Length + (_mark.Length - 1) * blanks + (adds ? _mark.Length : 0)];
        Span<byte> rest = result;
        if (adds)
        {
            rest = Append(rest, _mark);
        }

        for (int i = 0; i < blanks; i++)
        {
            int blank = utf8.IndexOf((byte)' ');
            rest = Append(Append(rest, utf8[..blank]), _mark);
            utf8 = utf8[(blank + 1)..];
        }

        Append(rest, utf8);
        return result;
    }

    private static Span<byte> Append(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return destination[bytes.Length..];
    }
}
