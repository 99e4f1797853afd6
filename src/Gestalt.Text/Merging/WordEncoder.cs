using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>
/// Turns text into ids, word by word. It owns the buffers and the cache of words that this takes, so it serves one call at a time:
/// <see cref="EncoderPool"/> lends them out. What a word becomes that was not met before is for the kinds of vocabularies to say.
/// </summary>
internal abstract unsafe class WordEncoder(PreTokenizer rule)
{
    private readonly PatternScanner? _scanner = rule.OnlyScanner;
    private readonly WordCache _cache = new();

    /// <summary>Appends the ids of <paramref name="utf8"/> to <paramref name="ids"/>.</summary>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        var sink = new IdSink(ids);
        fixed (byte* text = utf8)
        {
            if (_scanner is null)
            {
                var words = new WordSink(this, sink, utf8.Length);
                try
                {
                    rule.Cut(text, 0, utf8.Length, ref words);
                }
                finally
                {
                    words.Ids.Close();
                }

                return;
            }

            try
            {
                Encode(_scanner, text, utf8.Length, ref sink);
            }
            finally
            {
                sink.Close();
            }
        }
    }

    /// <summary>Appends the ids of one word as it is, however the rule would cut it if it stood alone.</summary>
    public void EncodeOne(ReadOnlySpan<byte> word, List<int> ids)
    {
        var sink = new IdSink(ids);
        try
        {
            fixed (byte* start = word)
            {
                EncodeNew(start, word.Length, ref sink);
            }
        }
        finally
        {
            sink.Close();
        }
    }

    /// <summary>Appends the ids of a word that is not in the cache.</summary>
    protected abstract void EncodeNew(byte* word, int length, ref IdSink sink);

    private void Encode(PatternScanner scanner, byte* text, int end, ref IdSink sink)
    {
        PatternScanner.Forget();
        int at = 0;
        while (at < end)
        {
            int start = scanner.Find(text, at, end, out int wordEnd);
            if (start > at)
            {
                EncodeWord(text, at, start, end, ref sink);
            }

            if (wordEnd > start)
            {
                EncodeWord(text, start, wordEnd, end, ref sink);
            }

            at = wordEnd;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EncodeWord(byte* text, int start, int wordEnd, int end, ref IdSink sink)
    {
        int length = wordEnd - start;
        if (length > WordCache.KeyBytes)
        {
            EncodeNew(text + start, length, ref sink);
            return;
        }

        Vector256<byte> key = start + WordCache.KeyBytes <= end ? WordCache.KeyOf(Vector256.Load(text + start), length) : KeyAtEnd(text + start, length);
        ref WordCache.Entry entry = ref _cache.Find(key, length, out bool found);
        if (!found)
        {
            EncodeNewWord(text + start, key, length, ref entry, ref sink);
            return;
        }

        entry.CopyIds(ref sink.Reserve(WordCache.IdSlots));
        sink.Advance(entry.Count);
    }

    /// <summary>The key of a word with fewer than 32 bytes of text behind its start.</summary>
    private static Vector256<byte> KeyAtEnd(byte* word, int length)
    {
        byte* padded = stackalloc byte[WordCache.KeyBytes];
        Unsafe.CopyBlockUnaligned(padded, word, (uint)length);
        return WordCache.KeyOf(Vector256.Load(padded), length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EncodeNewWord(byte* word, Vector256<byte> key, int length, ref WordCache.Entry entry, ref IdSink sink)
    {
        int before = sink.Count;
        EncodeNew(word, length, ref sink);
        entry.TryStore(key, length, sink.Since(before));
    }

    private ref struct WordSink(WordEncoder encoder, IdSink ids, int end) : IWordSink
    {
        public IdSink Ids = ids;

        public void Word(byte* text, int start, int wordEnd) => encoder.EncodeWord(text, start, wordEnd, end, ref Ids);
    }
}
