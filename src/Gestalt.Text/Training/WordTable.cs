using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>Counts words: a hash table from bytes to 64-bit counts, the bytes of all words in one array.</summary>
internal sealed class WordTable
{
    private Entry[] _entries = new Entry[1 << 12];
    private byte[] _bytes = new byte[1 << 16];
    private int _used;

    private record struct Entry(ulong Hash, long Count, int Start, int Length);

    /// <summary>The number of different words.</summary>
    public int Count { get; private set; }

    /// <summary>The number of bytes of all different words.</summary>
    public int TotalBytes => _used;

    /// <summary>Counts a word <paramref name="times"/> times more.</summary>
    /// <exception cref="InvalidOperationException">The different words are more than 2 GB.</exception>
    public void Add(ReadOnlySpan<byte> word, long times) => Add(word, Hash(word), times);

    /// <summary>Counts all words of another table too.</summary>
    public void Add(WordTable other)
    {
        foreach (Entry entry in other._entries)
        {
            if (entry.Count != 0)
            {
                Add(other._bytes.AsSpan(entry.Start, entry.Length), entry.Hash, entry.Count);
            }
        }
    }

    /// <summary>The words with their counts, in no particular order.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Word, long Count)> Words()
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Count != 0)
            {
                yield return (_bytes.AsMemory(entry.Start, entry.Length), entry.Count);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> word, ulong hash, long times)
    {
        Entry[] entries = _entries;
        uint mask = (uint)entries.Length - 1;
        for (uint slot = (uint)hash & mask; ; slot = (slot + 1) & mask)
        {
            ref Entry entry = ref entries[slot];
            if (entry.Count == 0)
            {
                entry = new Entry(hash, times, Store(word), word.Length);
                GrowIfFull();
                return;
            }

            if (entry.Hash == hash && entry.Length == word.Length && word.SequenceEqual(_bytes.AsSpan(entry.Start, entry.Length)))
            {
                entry.Count += times;
                return;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(ReadOnlySpan<byte> word)
    {
        ulong hash = (ulong)word.Length * 0x9E3779B97F4A7C15UL;
        while (word.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(word));
            word = word[8..];
        }

        ulong rest = 0;
        for (int i = word.Length - 1; i >= 0; i--)
        {
            rest = rest << 8 | word[i];
        }

        return Mix(hash ^ rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8FEB86659FD93UL, out ulong low);
        return high ^ low;
    }

    private int Store(ReadOnlySpan<byte> word)
    {
        long needed = (long)_used + word.Length;
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException(
                "The different words of this text are more than 2 GB: it is not text, or holds very long runs without spaces. Filter it, or train on a sample.");
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _bytes.Length)));
        }

        word.CopyTo(_bytes.AsSpan(_used));
        _used = (int)needed;
        Count++;
        return _used - word.Length;
    }

    private void GrowIfFull()
    {
        if (2 * Count <= _entries.Length)
        {
            return;
        }

        var larger = new Entry[2 * _entries.Length];
        uint mask = (uint)larger.Length - 1;
        foreach (Entry entry in _entries)
        {
            if (entry.Count != 0)
            {
                uint slot = (uint)entry.Hash & mask;
                while (larger[slot].Count != 0)
                {
                    slot = (slot + 1) & mask;
                }

                larger[slot] = entry;
            }
        }

        _entries = larger;
    }
}
