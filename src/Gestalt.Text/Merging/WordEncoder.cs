using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>
/// Turns text into ids, word by word. It owns the buffers and the cache of words that this takes, so it serves one call at a time:
/// <see cref="EncoderPool"/> lends them out.
/// </summary>
internal sealed unsafe class WordEncoder(BytePairModel model)
{
    private readonly LongWordMerge _longWords = new(model.Merges);
    private readonly WordCache _cache = new();

    /// <summary>Appends the ids of <paramref name="utf8"/> to <paramref name="ids"/>.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        var sink = new IdSink(ids);
        fixed (byte* text = utf8)
        {
            try
            {
                Encode(text, utf8.Length, ref sink);
            }
            finally
            {
                sink.Close();
            }
        }
    }

    private void Encode(byte* text, int end, ref IdSink sink)
    {
        PreTokenizer rule = model.PreTokenizer;
        int at = 0;
        while (at + WordCache.KeyBytes <= end)
        {
            int length = WordScanner.NextWord(rule, text, at, end) - at;
            if (length <= WordCache.KeyBytes)
            {
                EncodeWord(text + at, WordCache.KeyOf(Vector256.Load(text + at), length), length, ref sink);
            }
            else
            {
                EncodeLongWord(text + at, length, ref sink);
            }

            at += length;
        }

        byte* padded = stackalloc byte[WordCache.KeyBytes];
        while (at < end)
        {
            int length = WordScanner.NextWord(rule, text, at, end) - at;
            if (length <= WordCache.KeyBytes)
            {
                Unsafe.CopyBlockUnaligned(padded, text + at, (uint)length);
                EncodeWord(text + at, WordCache.KeyOf(Vector256.Load(padded), length), length, ref sink);
            }
            else
            {
                EncodeLongWord(text + at, length, ref sink);
            }

            at += length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EncodeWord(byte* word, Vector256<byte> key, int length, ref IdSink sink)
    {
        ref WordCache.Entry entry = ref _cache.Find(key, length, out bool found);
        if (!found)
        {
            EncodeNewWord(word, key, length, ref entry, ref sink);
            return;
        }

        entry.CopyIds(ref sink.Reserve(WordCache.IdSlots));
        sink.Advance(entry.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EncodeNewWord(byte* word, Vector256<byte> key, int length, ref WordCache.Entry entry, ref IdSink sink)
    {
        int* symbols = stackalloc int[WordCache.KeyBytes];
        int count = model.TryWholeWord(new ReadOnlySpan<byte>(word, length), out symbols[0])
            ? 1
            : ShortWordMerge.Run(model.Merges, symbols, Start(word, length, symbols));
        var ids = new ReadOnlySpan<int>(symbols, count);
        entry.TryStore(key, length, ids);
        sink.Append(ids);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EncodeLongWord(byte* word, int length, ref IdSink sink)
    {
        if (model.TryWholeWord(new ReadOnlySpan<byte>(word, length), out int whole))
        {
            sink.Append([whole]);
            return;
        }

        if (length <= ShortWordMerge.MaximumLength)
        {
            int* few = stackalloc int[ShortWordMerge.MaximumLength];
            int left = ShortWordMerge.Run(model.Merges, few, Start(word, length, few));
            sink.Append(new ReadOnlySpan<int>(few, left));
            return;
        }

        int[] rented = ArrayPool<int>.Shared.Rent(length + 2);
        fixed (int* slots = rented)
        {
            int left = _longWords.Run(slots + 1, Start(word, length, slots + 1));
            sink.Append(new ReadOnlySpan<int>(slots + 1, left));
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    private int Start(byte* word, int length, int* symbols)
    {
        for (int i = 0; i < length; i++)
        {
            symbols[i] = model.ByteIds[word[i]];
        }

        return length;
    }
}
