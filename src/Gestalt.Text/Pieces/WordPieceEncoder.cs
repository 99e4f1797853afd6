namespace Gestalt.Text;

/// <summary>Turns a word into the longest tokens of which it is made.</summary>
internal sealed unsafe class WordPieceEncoder(WordPieceModel model) : WordEncoder(model.PreTokenizer)
{
    private const int BytesOfCharacter = 4;

    private readonly List<int> _found = [];

    /// <inheritdoc/>
    protected override void EncodeNew(byte* word, int length, ref IdSink sink)
    {
        var rest = new ReadOnlySpan<byte>(word, length);
        _found.Clear();
        bool isWhole = length <= BytesOfCharacter * model.LongestWord && Characters(rest) <= model.LongestWord;
        while (isWhole && !rest.IsEmpty)
        {
            (int taken, int id) = model.Longest(rest, continues: _found.Count > 0);
            isWhole = taken > 0;
            _found.Add(id);
            rest = rest[taken..];
        }

        sink.Append(isWhole ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_found) : [model.Unknown]);
    }

    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        int count = 0;
        foreach (byte value in utf8)
        {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
