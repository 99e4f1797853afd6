namespace Gestalt.Inference.Tests.Sampling;

/// <summary>The steps of sampling as their papers and llama.cpp define them, over sorted lists in double precision. A coin of XTC is given, not tossed.</summary>
internal sealed class NaiveChain(SamplingOptions options, bool xtcHappens = true)
{
    private readonly List<(int Id, double Logit)> _left = [];

    public double SurpriseLimit { get; set; } = 2 * options.MirostatTarget;

    /// <summary>The probability of each token to be drawn.</summary>
    public double[] Distribution(float[] logits, int[] history)
    {
        _left.Clear();
        for (int id = 0; id < logits.Length; id++)
            _left.Add((id, logits[id] + options.LogitBias.GetValueOrDefault(id)));
        foreach (SamplingStep step in options.Order)
        {
            if (options.Mirostat == 0 || step is SamplingStep.Penalties or SamplingStep.Dry or SamplingStep.Temperature)
                Take(step, history);
        }
        if (options.Mirostat > 0)
            Mirostat(logits.Length);
        var probabilities = new double[logits.Length];
        foreach (((int id, _), double probability) in _left.Zip(Probabilities()))
            probabilities[id] = probability;
        return probabilities;
    }

    private double[] Probabilities()
    {
        double highest = _left.Max(token => token.Logit);
        double[] weights = [.. _left.Select(token => Math.Exp(token.Logit - highest))];
        double total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private void Sort()
    {
        var sorted = _left.OrderByDescending(token => token.Logit).ThenBy(token => token.Id).ToList();
        _left.Clear();
        _left.AddRange(sorted);
    }

    private void Replace(Func<int, double, double> logit)
    {
        for (int i = 0; i < _left.Count; i++)
            _left[i] = (_left[i].Id, logit(_left[i].Id, _left[i].Logit));
    }

    private void KeepWhere(Func<int, bool> isKept)
    {
        var kept = _left.Where((_, i) => isKept(i)).ToList();
        _left.Clear();
        _left.AddRange(kept);
    }

    private void Take(SamplingStep step, int[] history)
    {
        Sort();
        double[] p = Probabilities();
        switch (step)
        {
            case SamplingStep.Penalties:
                Dictionary<int, int> counts = history.TakeLast(options.RepetitionWindow).GroupBy(id => id).ToDictionary(group => group.Key, group => group.Count());
                Replace((id, logit) => !counts.TryGetValue(id, out int count) ? logit
                    : (logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty) - (count * options.FrequencyPenalty) - options.PresencePenalty);
                break;
            case SamplingStep.Dry when options.DryMultiplier > 0:
                Replace((id, logit) => logit - DryPenalty(id, [.. history.TakeLast(options.DryWindow)]));
                break;
            case SamplingStep.TopNSigma when options.TopNSigma > 0:
                double mean = _left.Average(token => token.Logit), deviation = Math.Sqrt(_left.Average(token => Math.Pow(token.Logit - mean, 2)));
                double least = _left[0].Logit - (options.TopNSigma * deviation);
                KeepWhere(i => _left[i].Logit >= least);
                break;
            case SamplingStep.TopK when options.TopK > 0:
                KeepWhere(i => i < options.TopK);
                break;
            case SamplingStep.Typical when options.TypicalP < 1:
                double entropy = -p.Sum(value => value > 0 ? value * Math.Log(value) : 0), reached = 0;
                var typical = new HashSet<int>();
                foreach (int i in Enumerable.Range(0, p.Length).OrderBy(i => Math.Abs(-Math.Log(p[i]) - entropy)).ThenBy(i => _left[i].Id))
                {
                    typical.Add(i);
                    if ((reached += p[i]) >= options.TypicalP)
                        break;
                }
                KeepWhere(typical.Contains);
                break;
            case SamplingStep.TopP when options.TopP < 1:
                double before = 0;
                KeepWhere(i =>
                {
                    bool isKept = i == 0 || before < options.TopP;
                    before += p[i];
                    return isKept;
                });
                break;
            case SamplingStep.MinP when options.MinP > 0:
                KeepWhere(i => p[i] >= options.MinP * p[0]);
                break;
            case SamplingStep.Xtc when xtcHappens && options.XtcProbability > 0:
                int choices = p.Count(value => value >= options.XtcThreshold);
                if (choices >= 2)
                    KeepWhere(i => i >= choices - 1);
                break;
            case SamplingStep.Temperature:
                double temperature = options.Temperature;
                if (options.DynamicTemperatureRange > 0 && p.Length > 1)
                {
                    double doubt = -p.Sum(value => value * Math.Log(value)) / Math.Log(p.Length);
                    double low = Math.Max(0, temperature - options.DynamicTemperatureRange), high = temperature + options.DynamicTemperatureRange;
                    temperature = low + ((high - low) * Math.Pow(doubt, options.DynamicTemperatureExponent));
                }
                if (temperature == 0)
                    KeepWhere(i => i == 0);
                else
                    Replace((_, logit) => logit / temperature);
                break;
        }
    }

    // For each token the longest n such that the last n tokens have stood before it; written as plainly as can be.
    private double DryPenalty(int token, int[] text)
    {
        if (options.DryBreakers.Contains(token))
            return 0;
        int longest = 0;
        for (int place = 1; place < text.Length; place++)
        {
            if (text[place] != token)
                continue;
            int length = 0;
            while (length < place && text[place - 1 - length] == text[^(length + 1)] && !options.DryBreakers.Contains(text[^(length + 1)]))
                length++;
            longest = Math.Max(longest, length);
        }
        return longest == 0 || longest < options.DryAllowedLength ? 0 : options.DryMultiplier * Math.Pow(options.DryBase, longest - options.DryAllowedLength);
    }

    private void Mirostat(int vocabulary)
    {
        Sort();
        double[] p = Probabilities();
        if (options.Mirostat == 2)
        {
            KeepWhere(i => i == 0 || -Math.Log2(p[i]) <= SurpriseLimit);
            return;
        }
        double product = 0, square = 0;
        for (int i = 1; i < Math.Min(100, p.Length); i++)
        {
            double t = Math.Log((i + 1.0) / i), b = Math.Log(p[i - 1] / p[i]);
            product += t * b;
            square += t * t;
        }
        double s = product / square, epsilon = s - 1;
        double k = Math.Pow(epsilon * Math.Pow(2, SurpriseLimit) / (1 - Math.Pow(vocabulary, -epsilon)), 1 / s);
        KeepWhere(i => i < Math.Max(1, (int)Math.Round(Math.Min(k, p.Length))));
    }
}
