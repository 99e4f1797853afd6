using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>
/// A doubly linked list of symbols in a single array of integers, made for merging neighbours. A symbol's id stands where its first byte was. The slots that
/// its other bytes have left free hold its negated length, at least in the first and the last of them, so that both neighbours are found in one step;
/// <see cref="Boundary"/> stands before and after every word.
/// </summary>
/// <remarks><c>[t][h][e]</c> is <c>5 3 2</c>; after merging t and h <c>9 -2 2</c>, after merging th and e <c>12 -3 -3</c>.</remarks>
internal readonly unsafe struct SymbolChain(int* slots)
{
    /// <summary>What stands where there is no neighbour. Like every value below zero it is no symbol.</summary>
    public const int Boundary = int.MinValue;

    /// <summary>The symbol that starts at a position; below zero when none does.</summary>
    public int this[int position]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => slots[position];
    }

    /// <summary>Where the symbol after that at <paramref name="position"/> starts, or would start: a <see cref="Boundary"/> may stand there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int position)
    {
        int following = slots[position + 1];
        return following is < 0 and > Boundary ? position - following : position + 1;
    }

    /// <summary>Where the symbol before that at <paramref name="position"/> starts, or would start: a <see cref="Boundary"/> may stand there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Previous(int position)
    {
        int preceding = slots[position - 1];
        return preceding is < 0 and > Boundary ? position + preceding : position - 1;
    }

    /// <summary>Makes the neighbours at <paramref name="left"/> and <paramref name="right"/> one symbol.</summary>
    /// <returns>Where the symbol after them starts.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Merge(int left, int right, int product)
    {
        int end = Next(right);
        int length = end - left;
        slots[left] = product;
        slots[right] = -length;
        slots[left + 1] = -length;
        slots[end - 1] = -length;
        return end;
    }
}
