namespace Gestalt.Inference;

/// <content>
/// Mirostat (arXiv 2007.14966): the tokens that may be drawn are cut so that their surprise, -log2 p, is held at a target τ; after each draw the limit μ moves by the error, μ ← μ - η(S - τ). Version 1 estimates from
/// the likeliest tokens how steeply probabilities fall (Zipf's exponent) and cuts to the k that gives the surprise; version 2 cuts at the surprise itself.
/// </content>
public sealed partial class Sampler
{
    // The paper's m: how many of the likeliest tokens the exponent is estimated from.
    private const int EstimatedFrom = 100;

    private double _surpriseLimit;

    private void CutToSurprise()
    {
        if (_options.Mirostat == 1)
        {
            _candidates.KeepTop(RankLimit());
            return;
        }
        float highest = Highest();
        double total = _candidates.Weigh(highest);
        // -log2 p <= μ, at least the likeliest one.
        double leastLogit = highest + Math.Log(total) - (_surpriseLimit * Math.Log(2));
        _candidates.KeepFrom((float)Math.Min(highest, leastLogit));
    }

    // k = (ε 2^μ / (1 - N^-ε))^(1/s) with ε = s - 1 (the paper's equation 30).
    private int RankLimit()
    {
        double exponent = Exponent(), epsilon = exponent - 1;
        double count = Math.Abs(epsilon) < 1e-9
            ? Math.Pow(2, _surpriseLimit) / Math.Log(Vocabulary)
            : epsilon * Math.Pow(2, _surpriseLimit) / (1 - Math.Pow(Vocabulary, -epsilon));
        double limit = Math.Round(Math.Pow(count, 1 / exponent));
        return double.IsNaN(limit) ? 1 : (int)Math.Clamp(limit, 1, _candidates.Count);
    }

    // ŝ = Σ t b / Σ t² with t = ln((i+1)/i) and b = ln(p_i / p_(i+1)), least squares over the likeliest tokens (equation 29's estimate).
    private double Exponent()
    {
        float highest = Highest();
        double product = 0, square = 0;
        // The likeliest hundred are needed in order, all others only when few are cut: the whole list is sorted once k is known.
        ReadOnlySpan<float> sorted = Likeliest(Math.Min(EstimatedFrom, _candidates.Count));
        for (int i = 0; i + 1 < sorted.Length && !float.IsNegativeInfinity(sorted[i + 1]); i++)
        {
            double t = Math.Log((i + 2.0) / (i + 1)), b = (double)sorted[i] - sorted[i + 1];
            product += t * b;
            square += t * t;
        }
        return square > 0 && product > 0 && float.IsFinite(highest) ? product / square : 1;
    }

    private readonly float[] _likeliest = new float[EstimatedFrom];

    // The highest logits, descending.
    private ReadOnlySpan<float> Likeliest(int count)
    {
        Span<float> top = _likeliest.AsSpan(0, count);
        top.Fill(float.NegativeInfinity);
        foreach (float logit in _candidates.Logits)
        {
            if (logit <= top[^1])
                continue;
            int place = count - 1;
            for (; place > 0 && top[place - 1] < logit; place--)
                top[place] = top[place - 1];
            top[place] = logit;
        }
        return top;
    }

    private void Remember(double probability) => _surpriseLimit -= _options.MirostatRate * (-Math.Log2(probability) - _options.MirostatTarget);
}
