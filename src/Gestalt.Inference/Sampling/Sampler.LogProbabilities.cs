using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <content>What the model itself thinks: probabilities before penalties, filters and temperature.</content>
public sealed partial class Sampler
{
    /// <summary>The natural logarithm of a token's probability under the model itself: before penalty, filters and temperature.</summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="token">The token.</param>
    public static float LogProbability(ReadOnlySpan<float> logits, int token) => (float)(logits[token] - LogTotal(logits));

    /// <summary>The likeliest tokens under the model itself with the logarithms of their probabilities, the likeliest first.</summary>
    /// <param name="logits">The model's logits, (V).</param>
    /// <param name="likeliest">Gets as many as it has room for.</param>
    /// <returns>How many there are; fewer than asked for only if there are no more that are possible.</returns>
    public static int LogProbabilities(ReadOnlySpan<float> logits, Span<TokenLogProbability> likeliest)
    {
        if (likeliest.IsEmpty)
            return 0;
        double logTotal = LogTotal(logits);
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            float logit = logits[id];
            if (float.IsNegativeInfinity(logit) || (count == likeliest.Length && logit <= likeliest[^1].LogProbability))
                continue;
            int place = Math.Min(count, likeliest.Length - 1);
            for (; place > 0 && likeliest[place - 1].LogProbability < logit; place--)
                likeliest[place] = likeliest[place - 1];
            likeliest[place] = new TokenLogProbability(id, logit); // a logit until all are found
            count = Math.Min(count + 1, likeliest.Length);
        }
        for (int i = 0; i < count; i++)
            likeliest[i] = likeliest[i] with { LogProbability = (float)(likeliest[i].LogProbability - logTotal) };
        return count;
    }

    // The logarithm of the sum of exp(logit).
    private static double LogTotal(ReadOnlySpan<float> logits)
    {
        float highest = logits[ArgMax(logits)];
        double sum = 0;
        int i = 0;
        Vector512<double> sums = default;
        var shift = Vector512.Create(highest);
        for (; i + Lanes <= logits.Length; i += Lanes)
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.Exp(Vector512.Create(logits.Slice(i, Lanes)) - shift));
            sums += low + high;
        }
        for (; i < logits.Length; i++)
            sum += MathF.Exp(logits[i] - highest);
        return highest + Math.Log(sum + Vector512.Sum(sums));
    }
}
