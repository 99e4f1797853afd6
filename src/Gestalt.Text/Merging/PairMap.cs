using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>A hash table from pairs of tokens to numbers from 0 up, with open addressing. Nothing is ever removed.</summary>
internal sealed class PairMap
{
    /// <summary>What <see cref="Find"/> returns for a pair that is not in the table.</summary>
    public const int None = -1;

    private Entry[] _entries;
    private int _shift;

    public PairMap(int expected)
    {
        _entries = Allocate((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * (long)expected)));
    }

    private readonly record struct Entry(ulong Pair, int Value);

    /// <summary>The number of pairs.</summary>
    public int Count { get; private set; }

    /// <summary>The number of a pair; <see cref="None"/> when it is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right)
    {
        ulong pair = Pack(left, right);
        Entry[] entries = _entries;
        uint mask = (uint)entries.Length - 1;
        for (uint slot = Hash(pair) >> _shift & mask; ; slot = (slot + 1) & mask)
        {
            ref readonly Entry entry = ref entries[slot];
            if (entry.Pair == pair || entry.Value == None)
            {
                return entry.Value;
            }
        }
    }

    /// <summary>Adds a pair that is not there yet.</summary>
    public void Add(int left, int right, int value)
    {
        if (2 * (long)++Count > _entries.Length)
        {
            Grow();
        }

        Insert(new Entry(Pack(left, right), value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pack(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    // Multiply, fold, multiply: the upper bits depend on all bits of both tokens.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong pair)
    {
        ulong mixed = pair * 0x9E3779B97F4A7C15UL;
        return (uint)((mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93UL >> 32);
    }

    private void Insert(Entry entry)
    {
        uint mask = (uint)_entries.Length - 1;
        uint slot = Hash(entry.Pair) >> _shift & mask;
        while (_entries[slot].Value != None)
        {
            slot = (slot + 1) & mask;
        }

        _entries[slot] = entry;
    }

    private void Grow()
    {
        Entry[] old = _entries;
        _entries = Allocate(2 * old.Length);
        foreach (Entry entry in old)
        {
            if (entry.Value != None)
            {
                Insert(entry);
            }
        }
    }

    private Entry[] Allocate(int capacity)
    {
        _shift = 32 - BitOperations.Log2((uint)capacity);
        var entries = new Entry[capacity];
        Array.Fill(entries, new Entry(0, None));
        return entries;
    }
}
