using System.Runtime.Intrinsics;

namespace Gestalt.Inference;

/// <content>Steps that are more than one call of the candidates.</content>
public sealed partial class Sampler
{
    // Top-nσ (arXiv 2411.07641): what lies more than n standard deviations of all logits below the highest one is noise. Forbidden tokens count for nothing.
    private void CutToSigma()
    {
        ReadOnlySpan<float> logits = _candidates.Logits;
        float highest = Highest();
        double sum = 0, squares = 0;
        int count = 0;
        foreach (float logit in logits)
        {
            if (float.IsNegativeInfinity(logit))
                continue;
            double below = logit - highest; // near the numbers at hand, so that squares lose no digits
            sum += below;
            squares += below * below;
            count++;
        }
        double mean = sum / count;
        double deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        _candidates.KeepFrom((float)(highest - (_options.TopNSigma * deviation)));
    }

    // XTC ("exclude top choices", p-e-w): now and then, of the tokens that are likely enough, only the least likely stays.
    private void DropTopChoices(ref Xoshiro256 random)
    {
        if (random.NextDouble() >= _options.XtcProbability)
            return;
        float highest = Highest();
        double least = _options.XtcThreshold * _candidates.Weigh(highest);
        ReadOnlySpan<float> weights = _candidates.Weights;
        int last = -1, choices = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] < least)
                continue;
            choices++;
            if (last < 0 || weights[i] <= weights[last])
                last = i;
        }
        if (choices < 2)
            return;
        _candidates.Sort();
        _candidates.DropFirst(choices - 1);
    }

    // Divides the logits. They are taken relative to the highest first, where no later step minds, so that very low temperatures stay numbers.
    private void Scale()
    {
        float highest = Highest(), temperature = _options.DynamicTemperatureRange > 0 ? Dynamic(highest) : _options.Temperature;
        if (temperature <= 0)
        {
            _candidates.KeepTop(1);
            return;
        }
        float shift = _penaltiesFollow ? 0 : highest;
        Span<float> logits = _candidates.Logits;
        int i = 0;
        for (; i + Lanes <= logits.Length; i += Lanes)
            ((Vector512.Create<float>(logits[i..]) - Vector512.Create(shift)) / Vector512.Create(temperature)).CopyTo(logits[i..]);
        for (; i < logits.Length; i++)
            logits[i] = (logits[i] - shift) / temperature;
    }

    // The temperature between its bounds that the entropy asks for: 0 is certainty, 1 all tokens alike.
    private float Dynamic(float highest)
    {
        double entropy = _candidates.Entropy(highest, _candidates.Weigh(highest));
        int count = 0;
        foreach (float logit in _candidates.Logits)
            count += float.IsNegativeInfinity(logit) ? 0 : 1;
        double doubt = count > 1 ? Math.Clamp(entropy / Math.Log(count), 0, 1) : 0;
        float least = Math.Max(0, _options.Temperature - _options.DynamicTemperatureRange), most = _options.Temperature + _options.DynamicTemperatureRange;
        return (float)(least + ((most - least) * Math.Pow(doubt, _options.DynamicTemperatureExponent)));
    }
}
