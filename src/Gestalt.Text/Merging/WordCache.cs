using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>
/// The ids of words met before. Text repeats its words so much that nearly all are found here and never merged again. The table has a fixed size; a word may be in
/// either of two entries that lie side by side. A newcomer always takes the second, and a word met again there moves to the first, so that words seen once do
/// not drive out those seen often. An entry is one cache line: 32 bytes of word and up to seven ids.
/// </summary>
/// <remarks>
/// On 20 MB of English with 100,000 different words, per 1,000 words: one place each, 16,384 entries: 84 not found; two places each: 56; 32,768 entries: 34;
/// 65,536 entries: 19; 131,072 entries: 9, which is little faster for twice the memory.
/// </remarks>
internal sealed unsafe class WordCache
{
    /// <summary>The longest word that is kept, in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>How many ids <see cref="Entry.CopyIds"/> writes, whatever their number: one vector.</summary>
    public const int IdSlots = 8;

    private const int MostIds = 7;

    private const int EntryBytes = 64;

    // 32,768 pairs of entries are 4 MiB, of which the system provides what is touched.
    private const int PairBits = 15;

    private readonly void* _memory = NativeMemory.AllocZeroed((2 * EntryBytes << PairBits) + EntryBytes);
    private readonly byte* _entries;

    public WordCache() => _entries = (byte*)(((nuint)_memory + EntryBytes - 1) & ~(nuint)(EntryBytes - 1));

    /// <summary>Gives the memory back.</summary>
    ~WordCache() => NativeMemory.Free(_memory);

    // 32 bytes of ones and 32 of zeros: the 32 from KeyBytes - length on keep the first length bytes of a vector.
    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The first <paramref name="length"/> bytes of a vector, zeros behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> KeyOf(Vector256<byte> bytes, int length) =>
        bytes & Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), (nuint)(KeyBytes - length));

    /// <summary>The entry of a word; where it is not <paramref name="found"/>, the entry that it may take.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Entry Find(Vector256<byte> key, int length, out bool found)
    {
        ref Entry first = ref FirstOf(key, length), second = ref Unsafe.Add(ref first, 1);
        found = first.Holds(key, length);
        if (found)
        {
            return ref first;
        }

        found = second.Holds(key, length);
        if (found)
        {
            (first, second) = (second, first);
            return ref first;
        }

        return ref second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry FirstOf(Vector256<byte> key, int length)
    {
        Vector256<ulong> words = key.AsUInt64();
        ulong hash = (words[0] + (ulong)length) * 0x9E3779B97F4A7C15UL
            ^ words[1] * 0xC2B2AE3D27D4EB4FUL
            ^ words[2] * 0x165667B19E3779F9UL
            ^ words[3] * 0xD6E8FEB86659FD93UL;
        hash ^= hash >> 32;
        return ref Unsafe.AsRef<Entry>(_entries + (hash * 0x9E3779B97F4A7C15UL >> 64 - PairBits) * (2 * EntryBytes));
    }

    /// <summary>A word and its ids. Length zero is an empty entry.</summary>
    [StructLayout(LayoutKind.Sequential, Size = EntryBytes)]
    public struct Entry
    {
        private Ids _ids;
        private byte _length;
        private byte _count;
        private Vector256<byte> _key;

        [InlineArray(MostIds)]
        private struct Ids
        {
            private int _first;
        }

        /// <summary>How many ids the word has.</summary>
        public readonly int Count => _count;

        /// <summary>Whether this is that word.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds(Vector256<byte> key, int length) => _key == key && _length == length;

        /// <summary>Writes <see cref="IdSlots"/> integers, of which the first <see cref="Count"/> are the word's.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void CopyIds(ref int destination) => Vector256.LoadUnsafe(ref _ids[0]).StoreUnsafe(ref destination);

        /// <summary>Takes the entry for a word, unless it has too many ids.</summary>
        public void TryStore(Vector256<byte> key, int length, ReadOnlySpan<int> ids)
        {
            if (ids.Length > MostIds)
            {
                return;
            }

            _key = key;
            _length = (byte)length;
            _count = (byte)ids.Length;
            ids.CopyTo(_ids);
        }
    }
}
