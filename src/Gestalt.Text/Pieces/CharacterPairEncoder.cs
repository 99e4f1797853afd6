using System.Text;

namespace Gestalt.Text;

/// <summary>Turns a word into ids by merging its characters.</summary>
internal sealed unsafe class CharacterPairEncoder(CharacterPairModel model) : WordEncoder(model.PreTokenizer)
{
    private readonly MergeBuffer _buffer = new(model.Merges);

    /// <inheritdoc/>
    protected override void EncodeNew(byte* word, int length, ref IdSink sink)
    {
        if (model.WholeWords is not null && model.WholeWords.TryGetValue(Encoding.UTF8.GetString(word, length), out int whole))
        {
            sink.Append([whole]);
            return;
        }

        // There are at most as many characters as bytes.
        int* symbols = _buffer.Rent(length);
        int count = 0;
        for (int at = 0; at < length;)
        {
            int codePoint = Utf8.Decode(word + at, length - at, out int bytes);
            symbols[count++] = model.SymbolOf(codePoint, word[at]);
            at += bytes;
        }

        Emit(_buffer.Merge(count), ref sink);
        _buffer.Return();
    }

    private void Emit(ReadOnlySpan<int> symbols, ref IdSink sink)
    {
        Span<byte> buffer = stackalloc byte[4];
        bool afterUnknown = false;
        foreach (int symbol in symbols)
        {
            int length = model.CharacterOf(symbol, buffer);
            if (length == 0)
            {
                sink.Append([symbol]);
                afterUnknown = false;
            }
            else
            {
                afterUnknown = model.Fallback.Append(buffer[..length], afterUnknown, ref sink);
            }
        }
    }
}
