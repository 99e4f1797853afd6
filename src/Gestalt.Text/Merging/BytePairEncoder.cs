namespace Gestalt.Text;

/// <summary>Turns a word into ids by merging its bytes.</summary>
internal sealed unsafe class BytePairEncoder(BytePairModel model) : WordEncoder(model.PreTokenizer)
{
    private readonly MergeBuffer _buffer = new(model.Merges);

    /// <inheritdoc/>
    protected override void EncodeNew(byte* word, int length, ref IdSink sink)
    {
        if (model.TryWholeWord(new ReadOnlySpan<byte>(word, length), out int whole))
        {
            sink.Append([whole]);
            return;
        }

        int* symbols = _buffer.Rent(length);
        int count = 0;
        for (int i = 0; i < length; i++)
        {
            int id = model.ByteIds[word[i]];
            symbols[count] = id;
            count += id < 0 ? 0 : 1;
        }

        sink.Append(_buffer.Merge(count));
        _buffer.Return();
    }
}
