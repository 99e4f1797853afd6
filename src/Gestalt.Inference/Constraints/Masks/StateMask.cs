using System.Numerics;
using System.Runtime.Intrinsics;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// What is known of a state's tokens whatever the stack: those that stay within its rule are allowed for certain, and of those that go beyond its end, what comes beyond, to be checked on
/// the stack at hand (the context-independent and context-dependent tokens of XGrammar, arXiv 2411.15100).
/// </summary>
internal sealed class StateMask
{
    // Up to so many tokens are set one by one, which is faster than joining bits, and takes less memory.
    private const int FewTokens = 512;

    private readonly uint[]? _bits;
    private readonly int[] _few = [];

    /// <param name="bits">The tokens that are allowed for certain, a bit each.</param>
    /// <param name="beyond">What tokens add beyond the end of the rule.</param>
    public StateMask(ReadOnlySpan<uint> bits, TokenTrie? beyond)
    {
        Beyond = beyond;
        int count = 0;
        foreach (uint word in bits)
            count += BitOperations.PopCount(word);
        if (count > FewTokens)
        {
            _bits = bits.ToArray();
            return;
        }
        _few = new int[count];
        count = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            for (uint word = bits[i]; word != 0; word &= word - 1)
                _few[count++] = (32 * i) + BitOperations.TrailingZeroCount(word);
        }
    }

    /// <summary>The ends of the tokens that go beyond the rule, from there on; null if no token does.</summary>
    public TokenTrie? Beyond { get; }

    /// <summary>The memory taken.</summary>
    public int Bytes => (4 * (_bits?.Length ?? _few.Length)) + (32 * (Beyond?.Count ?? 0));

    /// <summary>Adds the tokens that are allowed for certain.</summary>
    public void AddTo(Span<uint> mask)
    {
        foreach (int id in _few)
            mask[id >> 5] |= 1u << id;
        if (_bits is not uint[] bits)
            return;
        int i = 0;
        for (; i + Vector512<uint>.Count <= bits.Length; i += Vector512<uint>.Count)
            (Vector512.Create(bits, i) | Vector512.Create<uint>(mask.Slice(i, Vector512<uint>.Count))).CopyTo(mask[i..]);
        for (; i < bits.Length; i++)
            mask[i] |= bits[i];
    }
}
