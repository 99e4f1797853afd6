using System.Runtime.InteropServices;

namespace Gestalt.Text;

/// <summary>Where the symbols of a word are merged: a short word in a few cache lines that stay, a long one in memory that is given back.</summary>
internal sealed unsafe class MergeBuffer(MergeTable merges)
{
    private readonly LongWordMerge _longWords = new(merges);
    private readonly int[] _few = GC.AllocateUninitializedArray<int>(ShortWordMerge.MaximumLength, pinned: true);
    private int* _many;

    /// <summary>Room for the symbols of a word.</summary>
    public int* Rent(int count)
    {
        if (count <= ShortWordMerge.MaximumLength)
        {
            return (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_few, 0);
        }

        // One slot before the word and one behind it mark its ends.
        _many = (int*)NativeMemory.Alloc((nuint)count + 2, sizeof(int));
        return _many + 1;
    }

    /// <summary>Merges the symbols; what is left of them stays until <see cref="Return"/>.</summary>
    public ReadOnlySpan<int> Merge(int count)
    {
        if (_many is not null)
        {
            return new ReadOnlySpan<int>(_many + 1, _longWords.Run(_many + 1, count));
        }

        int* few = (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_few, 0);
        return new ReadOnlySpan<int>(few, ShortWordMerge.Run(merges, few, count));
    }

    /// <summary>Gives the room back.</summary>
    public void Return()
    {
        NativeMemory.Free(_many);
        _many = null;
    }
}
