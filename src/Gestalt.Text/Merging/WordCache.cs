using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>
/// The ids of words met before. Text repeats its words so much that most are found here and never merged again. A table of fixed size in which every word
/// has one place; a newcomer takes the place of who was there. An entry is one cache line: 32 bytes of word and up to seven ids.
/// </summary>
internal sealed unsafe class WordCache
{
    /// <summary>The longest word that is kept, in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>How many ids <see cref="Entry.CopyIds"/> writes, whatever their number: one vector.</summary>
    public const int IdSlots = 8;

    private const int MostIds = 7;

    // 16,384 entries are 1 MiB.
    private const int Bits = 14;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>((64 << Bits) + 64, pinned: true);
    private readonly byte* _entries;

    public WordCache()
    {
        Array.Clear(_memory);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _entries = (byte*)((start + 63) & ~63);
    }

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

    /// <summary>The place of a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Entry Slot(Vector256<byte> key, int length)
    {
        Vector256<ulong> words = key.AsUInt64();
        ulong hash = (words[0] + (ulong)length) * 0x9E3779B97F4A7C15UL
            ^ words[1] * 0xC2B2AE3D27D4EB4FUL
            ^ words[2] * 0x165667B19E3779F9UL
            ^ words[3] * 0xD6E8FEB86659FD93UL;
        hash ^= hash >> 32;
        return ref Unsafe.AsRef<Entry>(_entries + (hash * 0x9E3779B97F4A7C15UL >> 64 - Bits) * 64);
    }

    /// <summary>A word and its ids. Length zero is an empty place.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
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

        /// <summary>Takes the place for a word, unless it has too many ids.</summary>
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
