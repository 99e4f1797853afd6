using System.Runtime.Intrinsics;

namespace Gestalt.Inference.Constraints;

/// <summary>Masks over a vocabulary: a bit for each token, the lowest of the first word for token 0; set where the token is allowed.</summary>
public static class TokenMask
{
    /// <summary>Makes the logits of all tokens that are not allowed minus infinity.</summary>
    /// <param name="mask">The mask. Tokens beyond its end are not allowed.</param>
    /// <param name="logits">The logits, (V).</param>
    public static void Apply(ReadOnlySpan<uint> mask, Span<float> logits)
    {
        var bits = Vector512.Create(1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7, 1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);
        var never = Vector512.Create(float.NegativeInfinity);
        int i = 0;
        for (; i + Vector512<float>.Count <= logits.Length && (i >> 5) < mask.Length; i += Vector512<float>.Count)
        {
            var word = Vector512.Create(mask[i >> 5] >> (i & 31));
            Vector512<float> isAllowed = Vector512.Equals(word & bits, bits).AsSingle();
            Vector512.ConditionalSelect(isAllowed, Vector512.Create<float>(logits[i..]), never).CopyTo(logits[i..]);
        }
        for (; i < logits.Length; i++)
        {
            if (!Allows(mask, i))
                logits[i] = float.NegativeInfinity;
        }
    }

    /// <summary>Whether a token is allowed.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="id">The token; one beyond the mask's end is not allowed.</param>
    public static bool Allows(ReadOnlySpan<uint> mask, int id) => (id >> 5) < mask.Length && (mask[id >> 5] & (1u << id)) != 0;
}
