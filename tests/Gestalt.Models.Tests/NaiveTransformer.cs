using Gestalt.Tensors;

namespace Gestalt.Models.Tests;

/// <summary>
/// The model again, in double precision and without a thought for speed: loops over the formulas, one token after the other. Written from the
/// formulas and not from the tested code, so that the two agreeing means something.
/// </summary>
internal sealed class NaiveTransformer(Transformer model)
{
    private readonly TransformerConfig _config = model.Config;

    /// <summary>Parameter values by name; change one to see what the loss does.</summary>
    public Dictionary<string, double[]> Weights { get; } =
        model.Parameters.ToDictionary(p => p.Name, p => Values(p).Select(v => (double)v).ToArray());

    /// <summary>The residual streams of the last row that was read: before the first block, after each attention and after each block, T rows each.</summary>
    public List<double[][]> Streams { get; } = [];

    /// <summary>The attention weights of the last row that was read, by layer, position and head, for the keys from 0 to the position.</summary>
    public Dictionary<(int Layer, int Position, int Head), double[]> Attention { get; } = [];

    /// <summary>The logits of a residual stream.</summary>
    public double[] Head(double[] stream) =>
        [.. Linear(Norm(stream, "output_norm"), _config.TiedEmbeddings ? "token_embd" : "output").Select(z => Cap(z, _config.FinalSoftCap))];

    public double Loss(TokenBatch batch)
    {
        double[][] logits = Logits(batch);
        double sum = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Targets[i] >= 0)
            {
                sum += batch.Weights[i] * (Math.Log(logits[i].Sum(Math.Exp)) - logits[i][batch.Targets[i]]);
            }
        }

        return sum / (batch.LossNormalizer ?? batch.WeightSum);
    }

    public double[][] Logits(TokenBatch batch)
    {
        double[][] all = new double[batch.Count][];
        for (int row = 0; row < batch.Rows; row++)
        {
            double[][] stream = [.. Enumerable.Range(row * batch.Length, batch.Length).Select(i => Embed(batch, i))];
            Streams.Clear();
            Keep(stream);
            for (int layer = 0; layer < _config.Layers; layer++)
            {
                Attend(stream, layer, batch, row);
                Keep(stream);
                for (int t = 0; t < stream.Length; t++)
                {
                    AddTo(stream[t], PostNorm(FeedForward(Norm(stream[t], $"blk.{layer}.ffn_norm"), layer), $"blk.{layer}.post_ffw_norm"));
                }

                Keep(stream);
            }

            for (int t = 0; t < stream.Length; t++)
            {
                all[(row * batch.Length) + t] = Head(stream[t]);
            }
        }

        return all;
    }

    private void Keep(double[][] stream) => Streams.Add([.. stream.Select(x => x.ToArray())]);

    private double[] Embed(TokenBatch batch, int i)
    {
        double[] x = [.. Row("token_embd.weight", batch.Inputs[i]).Select(v => v * _config.EmbeddingScale)];
        if (_config.Positions == PositionKind.Learned)
        {
            AddTo(x, Row("position_embd.weight", batch.Positions[i]));
        }

        return x;
    }

    private void Attend(double[][] stream, int layer, TokenBatch batch, int row)
    {
        string block = $"blk.{layer}";
        double[][] normed = [.. stream.Select(x => Norm(x, $"{block}.attn_norm"))];
        double[][] q = [.. normed.Select((x, t) => Place(Linear(x, $"{block}.attn_q"), $"{block}.attn_q_norm.weight", batch.Positions[(row * batch.Length) + t], layer))];
        double[][] k = [.. normed.Select((x, t) => Place(Linear(x, $"{block}.attn_k"), $"{block}.attn_k_norm.weight", batch.Positions[(row * batch.Length) + t], layer))];
        double[][] v = [.. normed.Select(x => Linear(x, $"{block}.attn_v"))];
        int width = _config.HeadWidth;
        for (int t = 0; t < stream.Length; t++)
        {
            int first = batch.KeyStart[(row * batch.Length) + t];
            if (_config.IsWindowed(layer))
            {
                first = Math.Max(first, t - _config.SlidingWindow + 1);
            }

            double[] o = new double[_config.QueryWidth];
            for (int head = 0; head < _config.Heads; head++)
            {
                int shared = head / (_config.Heads / _config.KeyValueHeads);
                double[] weights = new double[t - first + 1];
                for (int at = first; at <= t; at++)
                {
                    double score = 0;
                    for (int d = 0; d < width; d++)
                    {
                        score += q[t][(head * width) + d] * k[at][(shared * width) + d];
                    }

                    weights[at - first] = Math.Exp(Cap(score * (_config.QueryScale > 0 ? _config.QueryScale : 1 / Math.Sqrt(width)), _config.AttentionSoftCap));
                }

                Attention[(layer, t, head)] = [.. new double[first], .. weights.Select(weight => weight / weights.Sum())];
                for (int at = first; at <= t; at++)
                {
                    for (int d = 0; d < width; d++)
                    {
                        o[(head * width) + d] += weights[at - first] / weights.Sum() * v[at][(shared * width) + d];
                    }
                }
            }

            AddTo(stream[t], PostNorm(Linear(o, $"{block}.attn_output"), $"{block}.post_attention_norm"));
        }
    }

    private double[] Place(double[] heads, string gain, int position, int layer)
    {
        int width = _config.HeadWidth;
        double[] placed = new double[heads.Length];
        for (int start = 0; start < heads.Length; start += width)
        {
            double[] head = heads[start..(start + width)];
            if (_config.QueryKeyNorm)
            {
                double rms = Math.Sqrt(head.Average(x => x * x) + _config.NormEpsilon);
                head = [.. head.Select((x, i) => x / rms * Weights[gain][i])];
            }

            head.CopyTo(placed, start);
            int rotated = _config.Positions != PositionKind.Rotary ? 0 : _config.RotaryWidth > 0 ? _config.RotaryWidth : width;
            for (int pair = 0; pair < rotated / 2; pair++)
            {
                (double frequency, double magnitude) = Frequency(pair, rotated, layer);
                (int first, int second) = _config.RotaryPairs == RotaryPairs.Neighbours ? (2 * pair, (2 * pair) + 1) : (pair, pair + (rotated / 2));
                (double a, double b) = (head[first], head[second]);
                (double sin, double cos) = Math.SinCos(position * frequency);
                placed[start + first] = magnitude * ((a * cos) - (b * sin));
                placed[start + second] = magnitude * ((b * cos) + (a * sin));
            }
        }

        return placed;
    }

    private (double Frequency, double Magnitude) Frequency(int pair, int rotated, int layer)
    {
        if (_config.LocalRotaryTheta > 0 && _config.IsWindowed(layer))
        {
            return (Math.Pow(_config.LocalRotaryTheta, -2.0 * pair / rotated), 1);
        }

        double frequency = Math.Pow(_config.RotaryTheta, -2.0 * pair / rotated);
        if (_config.RotaryScaling is not { } scaling)
        {
            return (frequency, 1);
        }

        switch (scaling.Kind)
        {
            case RotaryScalingKind.Linear:
                return (frequency / scaling.Factor, scaling.Magnitude);
            case RotaryScalingKind.Factors:
                return (frequency / Weights["rope_freqs.weight"][pair], scaling.Magnitude);
            case RotaryScalingKind.LongAndShortFactors:
                string which = model.LongestSequence > scaling.OriginalContext ? "long" : "short";
                return (frequency / Weights[$"rope_factors_{which}.weight"][pair], scaling.Magnitude);
            default:
                double first = Math.Max(0, Math.Floor(PairThatTurns(scaling.FastTurns)));
                double last = Math.Min(rotated - 1, Math.Ceiling(PairThatTurns(scaling.SlowTurns)));
                double slow = Math.Min(1, Math.Max(0, (pair - first) / Math.Max(0.001, last - first)));
                return ((slow * frequency / scaling.Factor) + ((1 - slow) * frequency), scaling.Magnitude * (1 + (0.1 * Math.Log(scaling.Factor))));
        }

        // θ^(-2 pair / R) = 2π turns / context, solved for the pair.
        double PairThatTurns(double turns) => -rotated / 2.0 * Math.Log(2 * Math.PI * turns / scaling.OriginalContext, _config.RotaryTheta);
    }

    private double[] FeedForward(double[] x, int layer)
    {
        string block = $"blk.{layer}";
        if (_config.Experts == 0)
        {
            return OneFeedForward(x, block, "");
        }

        double[] scores = Linear(x, $"{block}.ffn_gate_inp");
        int[] chosen = [.. Enumerable.Range(0, scores.Length).OrderByDescending(e => scores[e]).Take(_config.ExpertsUsed)];
        double[] y = new double[x.Length];
        foreach (int e in chosen)
        {
            double weight = Math.Exp(scores[e]) / chosen.Sum(other => Math.Exp(scores[other]));
            AddTo(y, [.. OneFeedForward(x, block, $".{e}").Select(v => weight * v)]);
        }

        return y;
    }

    private double[] OneFeedForward(double[] x, string block, string expert)
    {
        double[] up = Linear(x, $"{block}.ffn_up{expert}");
        double[] active = _config.FeedForward switch
        {
            FeedForwardKind.SwiGlu => [.. Linear(x, $"{block}.ffn_gate{expert}").Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)],
            FeedForwardKind.GeGlu => [.. Linear(x, $"{block}.ffn_gate{expert}").Zip(up, (g, u) => Gelu(g) * u)],
            FeedForwardKind.Gelu => [.. up.Select(Gelu)],
            _ => [.. up.Select(u => Math.Max(u, 0) * Math.Max(u, 0))],
        };
        return Linear(active, $"{block}.ffn_down{expert}");
    }

    private double[] PostNorm(double[] x, string name) => _config.PostNorms ? Norm(x, name) : x;

    private double[] Norm(double[] x, string name)
    {
        double[] gain = Weights[$"{name}.weight"];
        double mean = _config.Norm == NormKind.LayerNorm ? x.Average() : 0;
        double deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + _config.NormEpsilon);
        double[] y = [.. x.Select((v, i) => (v - mean) / deviation * gain[i])];
        if (_config.Norm == NormKind.LayerNorm)
        {
            AddTo(y, Weights[$"{name}.bias"]);
        }

        return y;
    }

    private double[] Linear(double[] x, string name)
    {
        double[] weight = Weights[$"{name}.weight"];
        double[] y = new double[weight.Length / x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                y[o] += weight[(o * x.Length) + i] * x[i];
            }
        }

        if (Weights.TryGetValue($"{name}.bias", out double[]? bias))
        {
            AddTo(y, bias);
        }

        return y;
    }

    private double[] Row(string table, int row) => Weights[table][(row * _config.Width)..((row + 1) * _config.Width)];

    private static void AddTo(double[] target, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] += values[i];
        }
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static unsafe float[] Values(Parameter parameter)
    {
        if (parameter.Stored is not { } stored)
        {
            return parameter.Values.ToArray();
        }

        float[] values = new float[parameter.Length];
        fixed (float* to = values)
        {
            for (int row = 0; row < stored.Rows; row++)
            {
                stored.DecodeRow(row, to + ((long)row * stored.Columns));
            }
        }

        return values;
    }

    private static double Cap(double x, double cap) => cap > 0 ? cap * Math.Tanh(x / cap) : x;
}
