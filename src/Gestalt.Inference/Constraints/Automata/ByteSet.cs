using System.Runtime.CompilerServices;

namespace Gestalt.Inference.Constraints;

/// <summary>A set of bytes.</summary>
[InlineArray(4)]
internal struct ByteSet
{
    private ulong _first;

    public readonly bool Contains(byte value) => (this[value >> 6] & (1UL << (value & 63))) != 0;

    public void Add(ByteRange range)
    {
        for (int value = range.First; value <= range.Last; value++)
            this[value >> 6] |= 1UL << (value & 63);
    }

    /// <summary>Adds another set; whether that changed anything.</summary>
    public bool Add(in ByteSet other)
    {
        bool isNew = false;
        for (int i = 0; i < 4; i++)
        {
            isNew |= (other[i] & ~this[i]) != 0;
            this[i] |= other[i];
        }
        return isNew;
    }
}
