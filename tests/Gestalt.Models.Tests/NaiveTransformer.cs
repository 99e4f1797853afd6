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
        model.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray().Select(v => (double)v).ToArray());

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
            for (int layer = 0; layer < _config.Layers; layer++)
            {
                Attend(stream, layer, batch, row);
                for (int t = 0; t < stream.Length; t++)
                {
                    AddTo(stream[t], FeedForward(Norm(stream[t], $"blk.{layer}.ffn_norm"), layer));
                }
            }

            string head = _config.TiedEmbeddings ? "token_embd" : "output";
            for (int t = 0; t < stream.Length; t++)
            {
                all[(row * batch.Length) + t] =
                    [.. Linear(Norm(stream[t], "output_norm"), head).Select(z => Cap(z, _config.FinalSoftCap))];
            }
        }

        return all;
    }

    private double[] Embed(TokenBatch batch, int i)
    {
        double[] x = Row("token_embd.weight", batch.Inputs[i]);
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
        double[][] q = [.. normed.Select((x, t) => Place(Linear(x, $"{block}.attn_q"), $"{block}.attn_q_norm.weight", batch, row, t))];
        double[][] k = [.. normed.Select((x, t) => Place(Linear(x, $"{block}.attn_k"), $"{block}.attn_k_norm.weight", batch, row, t))];
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

                    weights[at - first] = Math.Exp(Cap(score / Math.Sqrt(width), _config.AttentionSoftCap));
                }

                for (int at = first; at <= t; at++)
                {
                    for (int d = 0; d < width; d++)
                    {
                        o[(head * width) + d] += weights[at - first] / weights.Sum() * v[at][(shared * width) + d];
                    }
                }
            }

            AddTo(stream[t], Linear(o, $"{block}.attn_output"));
        }
    }

    private double[] Place(double[] heads, string gain, TokenBatch batch, int row, int t)
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

            for (int pair = 0; pair < width / 2; pair++)
            {
                double angle = _config.Positions == PositionKind.Rotary
                    ? batch.Positions[(row * batch.Length) + t] * Math.Pow(_config.RotaryTheta, -2.0 * pair / width)
                    : 0;
                (double a, double b) = (head[pair], head[pair + (width / 2)]);
                placed[start + pair] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                placed[start + pair + (width / 2)] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
            }
        }

        return placed;
    }

    private double[] FeedForward(double[] x, int layer)
    {
        string block = $"blk.{layer}";
        double[] up = Linear(x, $"{block}.ffn_up");
        double[] active = _config.FeedForward switch
        {
            FeedForwardKind.SwiGlu => [.. Linear(x, $"{block}.ffn_gate").Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)],
            FeedForwardKind.Gelu =>
                [.. up.Select(u => 0.5 * u * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (u + (0.044715 * u * u * u)))))],
            _ => [.. up.Select(u => Math.Max(u, 0) * Math.Max(u, 0))],
        };
        return Linear(active, $"{block}.ffn_down");
    }

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

    private static double Cap(double x, double cap) => cap > 0 ? cap * Math.Tanh(x / cap) : x;
}
