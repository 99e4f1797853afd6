namespace Gestalt.Kernels;

/// <summary>The 32 bits of each value as a whole number, for converting between number formats.</summary>
/// <typeparam name="TSelf">The implementing register type.</typeparam>
internal unsafe interface IRegisterBits<TSelf>
    where TSelf : struct, IRegisterBits<TSelf>
{
    /// <summary>Reads 16-bit words, one into the low half of each lane.</summary>
    static abstract TSelf LoadWords(ushort* source);

    /// <summary>Writes the low half of each lane as a 16-bit word.</summary>
    void StoreWords(ushort* target);

    /// <summary>The same bits in all lanes.</summary>
    static abstract TSelf BroadcastBits(uint bits);

    /// <summary>Adds whole numbers.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>Bitwise and.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Bitwise or.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Shifts the bits of each lane to the left.</summary>
    static abstract TSelf operator <<(TSelf value, int shiftAmount);

    /// <summary>Shifts the bits of each lane to the right, filling with zeros.</summary>
    static abstract TSelf operator >>>(TSelf value, int shiftAmount);

    /// <summary>Where a > b as unsigned whole numbers the lane of <paramref name="then"/>, else that of <paramref name="otherwise"/>.</summary>
    static abstract TSelf WhereBitsAbove(TSelf a, TSelf b, TSelf then, TSelf otherwise);
}
