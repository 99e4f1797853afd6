using System.Numerics;

namespace Gestalt.Corpus;

/// <summary>
/// Counts well-mixed 64-bit keys in one flat table that is emptied by a new stamp instead of being cleared: counting the
/// n-grams of a page ten times over is what the filters spend most of their time on.
/// </summary>
internal sealed class HashCounter
{
    /// <summary>A table grown beyond this by one huge document is not kept.</summary>
    private const int LargestKept = 1 << 18;

    [ThreadStatic]
    private static HashCounter? kept;

    private readonly (ulong Key, int Stamp, int Count)[] slots;
    private int stamp;

    private HashCounter(int slotCount) => slots = new (ulong, int, int)[slotCount];

    /// <summary>An empty counter, valid until the thread asks for the next one.</summary>
    /// <param name="keys">The most keys that will be added.</param>
    public static HashCounter ForThread(int keys)
    {
        int needed = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, keys * 2));
        HashCounter counter = kept is { } reusable && reusable.slots.Length >= needed && reusable.stamp < int.MaxValue ? reusable : new HashCounter(needed);
        counter.stamp++;
        kept = counter.slots.Length <= LargestKept ? counter : null;
        return counter;
    }

    /// <summary>Counts a key.</summary>
    /// <returns>How often it has been counted, this time included.</returns>
    public int Add(ulong key)
    {
        int mask = slots.Length - 1;
        for (int i = (int)(key >> 32) & mask; ; i = (i + 1) & mask)
        {
            ref (ulong Key, int Stamp, int Count) slot = ref slots[i];
            if (slot.Stamp != stamp)
            {
                slot = (key, stamp, 1);
                return 1;
            }

            if (slot.Key == key)
                return ++slot.Count;
        }
    }
}
