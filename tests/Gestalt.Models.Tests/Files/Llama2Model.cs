using System.Runtime.InteropServices;

namespace Gestalt.Models.Tests.Files;

/// <summary>
/// A model in llama2.c's first format (a header of seven int32, then float32 tensors grouped by kind), and that program's forward pass written
/// out in double precision with its own conventions: rotary pairs of neighbours, no QK-norm.
/// </summary>
internal sealed class Llama2Model
{
    private readonly float[] _embedding, _attentionNorm, _query, _key, _value, _output, _feedForwardNorm, _gate, _down, _up, _finalNorm;

    public Llama2Model(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int[] header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, 28)).ToArray();
        (Width, Hidden, Layers, Heads, KeyValueHeads, Vocabulary, Context) = (header[0], header[1], header[2], header[3], header[4], header[5], header[6]);
        int at = 28;
        float[] Take(long count)
        {
            float[] values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(at, (int)count * 4)).ToArray();
            at += (int)count * 4;
            return values;
        }
        _embedding = Take(Vocabulary * Width);
        _attentionNorm = Take(Layers * Width);
        _query = Take(Layers * Width * Width);
        _key = Take(Layers * KeyWidth * Width);
        _value = Take(Layers * KeyWidth * Width);
        _output = Take(Layers * Width * Width);
        _feedForwardNorm = Take(Layers * Width);
        _gate = Take(Layers * Hidden * Width);
        _down = Take(Layers * Width * Hidden);
        _up = Take(Layers * Hidden * Width);
        _finalNorm = Take(Width);
    }

    public int Width { get; }

    public int Hidden { get; }

    public int Layers { get; }

    public int Heads { get; }

    public int KeyValueHeads { get; }

    public int Vocabulary { get; }

    public int Context { get; }

    private int HeadWidth => Width / Heads;

    private int KeyWidth => KeyValueHeads * HeadWidth;

    /// <summary>The same model as ours; rows of queries and keys are put in the order that half-split rotary pairs need, unless <paramref name="permute"/> is false.</summary>
    public Transformer ToTransformer(bool permute = true)
    {
        var config = new TransformerConfig
        {
            Layers = Layers,
            Width = Width,
            Heads = Heads,
            KeyValueHeads = KeyValueHeads,
            HeadWidth = HeadWidth,
            FeedForwardWidth = Hidden,
            Vocabulary = Vocabulary,
            Context = Context,
            NormEpsilon = 1e-5f,
            TiedEmbeddings = true,
        };
        var model = new Transformer(config, SmallModels.Device);
        Fill(model, "token_embd.weight", _embedding, 0);
        Fill(model, "output_norm.weight", _finalNorm, 0);
        for (int layer = 0; layer < Layers; layer++)
        {
            Fill(model, $"blk.{layer}.attn_norm.weight", _attentionNorm, layer);
            FillRotated(model, $"blk.{layer}.attn_q.weight", _query, layer, permute);
            FillRotated(model, $"blk.{layer}.attn_k.weight", _key, layer, permute);
            Fill(model, $"blk.{layer}.attn_v.weight", _value, layer);
            Fill(model, $"blk.{layer}.attn_output.weight", _output, layer);
            Fill(model, $"blk.{layer}.ffn_norm.weight", _feedForwardNorm, layer);
            Fill(model, $"blk.{layer}.ffn_gate.weight", _gate, layer);
            Fill(model, $"blk.{layer}.ffn_down.weight", _down, layer);
            Fill(model, $"blk.{layer}.ffn_up.weight", _up, layer);
        }
        return model;
    }

    /// <summary>Logits after each of the tokens, (T,V).</summary>
    public double[][] Logits(ReadOnlySpan<int> tokens)
    {
        var keys = new List<double[]>[Layers];
        var values = new List<double[]>[Layers];
        for (int layer = 0; layer < Layers; layer++)
            (keys[layer], values[layer]) = ([], []);
        var logits = new double[tokens.Length][];
        for (int position = 0; position < tokens.Length; position++)
        {
            double[] x = [.. _embedding.AsSpan(tokens[position] * Width, Width).ToArray().Select(value => (double)value)];
            for (int layer = 0; layer < Layers; layer++)
            {
                double[] a = Norm(x, _attentionNorm, layer);
                double[] q = Turn(Multiply(_query, layer, Width, a), position);
                keys[layer].Add(Turn(Multiply(_key, layer, KeyWidth, a), position));
                values[layer].Add(Multiply(_value, layer, KeyWidth, a));
                AddTo(x, Multiply(_output, layer, Width, Attend(q, keys[layer], values[layer])));
                double[] h = Norm(x, _feedForwardNorm, layer);
                double[] gate = Multiply(_gate, layer, Hidden, h), up = Multiply(_up, layer, Hidden, h);
                AddTo(x, Multiply(_down, layer, Width, [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]));
            }
            logits[position] = Multiply(_embedding, 0, Vocabulary, Norm(x, _finalNorm, 0));
        }
        return logits;
    }

    private double[] Attend(double[] q, List<double[]> keys, List<double[]> values)
    {
        var result = new double[Width];
        for (int head = 0; head < Heads; head++)
        {
            int own = head * HeadWidth, shared = head / (Heads / KeyValueHeads) * HeadWidth;
            double[] scores = [.. keys.Select(key => Enumerable.Range(0, HeadWidth).Sum(i => q[own + i] * key[shared + i]) / Math.Sqrt(HeadWidth))];
            double[] weights = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
            for (int t = 0; t < values.Count; t++)
            {
                for (int i = 0; i < HeadWidth; i++)
                    result[own + i] += weights[t] / weights.Sum() * values[t][shared + i];
            }
        }
        return result;
    }

    private double[] Turn(double[] heads, int position)
    {
        for (int i = 0; i < heads.Length; i += 2)
        {
            double angle = position / Math.Pow(10_000, i % HeadWidth / (double)HeadWidth);
            (heads[i], heads[i + 1]) = (heads[i] * Math.Cos(angle) - heads[i + 1] * Math.Sin(angle), heads[i] * Math.Sin(angle) + heads[i + 1] * Math.Cos(angle));
        }
        return heads;
    }

    private static double[] Norm(double[] x, float[] gain, int layer)
    {
        double scale = 1 / Math.Sqrt(x.Sum(value => value * value) / x.Length + 1e-5);
        return [.. x.Select((value, i) => value * scale * gain[layer * x.Length + i])];
    }

    private static double[] Multiply(float[] matrix, int layer, int rows, double[] x)
    {
        var y = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            long start = ((long)layer * rows + row) * x.Length;
            for (int i = 0; i < x.Length; i++)
                y[row] += matrix[start + i] * x[i];
        }
        return y;
    }

    private static void AddTo(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] += y[i];
    }

    private static void Fill(Transformer model, string name, float[] all, int layer)
    {
        Span<float> values = model[name].Values;
        all.AsSpan(layer * values.Length, values.Length).CopyTo(values);
    }

    // A head's rows 0,1,2,3,… are pairs (0,1), (2,3), …; half-split pairs are (0,D/2), (1,D/2+1), ….
    private void FillRotated(Transformer model, string name, float[] all, int layer, bool permute)
    {
        Fill(model, name, all, layer);
        if (!permute)
            return;
        Span<float> values = model[name].Values;
        float[] original = values.ToArray();
        for (int row = 0; row < values.Length / Width; row++)
        {
            int head = row / HeadWidth * HeadWidth, place = row % HeadWidth;
            int target = head + place / 2 + place % 2 * (HeadWidth / 2);
            original.AsSpan(row * Width, Width).CopyTo(values[(target * Width)..]);
        }
    }
}
