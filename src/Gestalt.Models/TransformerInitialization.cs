using Gestalt.Kernels;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <content>
/// How parameters begin. All random values are uniform with the standard deviation stated: no outliers, and the same bits on every machine,
/// as no logarithm or cosine is involved.
/// <list type="bullet">
/// <item>Matrices that read the stream (query, key, value, gate, up): 1/√inputs, which keeps the variance of what they read (LeCun et al., 1998).</item>
/// <item>Matrices that write to the stream (attention output, down): 0. Every block begins as the identity, so gradients reach the
/// embedding unhindered at any depth and need no warm-up for stability (Fixup, arXiv 1901.09321; µP's zero readout, arXiv 2203.03466).</item>
/// <item>Token and position tables: 0.02 (GPT-2). A tied head then begins with logits of deviation 0.02 √C, near the uniform guess.</item>
/// <item>An untied head: 0, so the first loss is exactly ln V (arXiv 2203.03466).</item>
/// <item>Gains 1, biases 0.</item>
/// </list>
/// Against GPT-2's own way (0.02 everywhere, writers divided by √(2 layers)) this is worth 0.18 nats after 2,000 steps of nanoGPT's
/// Shakespeare recipe: docs/log/2026-11-training-speed.md.
/// </content>
public sealed unsafe partial class Transformer
{
    /// <summary>Standard deviation of tables of embeddings (Radford et al., 2019).</summary>
    private const float EmbeddingDeviation = 0.02f;

    /// <summary>Gives every parameter its first value. Each has its own stream of random numbers: the same seed and name always give the same values.</summary>
    /// <param name="seed">Chooses the values.</param>
    public void Initialize(ulong seed)
    {
        foreach (Parameter parameter in _parameters)
        {
            float deviation = parameter.Role switch
            {
                ParameterRole.Embedding => EmbeddingDeviation,
                ParameterRole.Matrix when !WritesToStream(parameter) => 1 / MathF.Sqrt(parameter.Shape[1]),
                _ => 0,
            };
            if (deviation > 0)
            {
                FillUniform(parameter, seed, deviation);
            }
            else
            {
                bool isGain = parameter.Role == ParameterRole.Vector && parameter.Name.EndsWith(".weight", StringComparison.Ordinal);
                new Span<float>(parameter.Data, checked((int)parameter.Length)).Fill(isGain ? 1 : 0);
            }
        }
    }

    private static bool WritesToStream(Parameter parameter) =>
        parameter.Name.EndsWith(".attn_output.weight", StringComparison.Ordinal)
        || parameter.Name.EndsWith(".ffn_down.weight", StringComparison.Ordinal);

    private void FillUniform(Parameter parameter, ulong seed, float deviation)
    {
        const int PartLength = 1 << 16;
        UniformFill work = new()
        {
            Values = parameter.Data,
            Count = parameter.Length,
            PartLength = PartLength,
            Key = Mix(seed ^ HashName(parameter.Name)),
            Reach = deviation * MathF.Sqrt(3), // a uniform value in ±r has deviation r/√3
        };
        Device.Pool.Run((int)((parameter.Length + PartLength - 1) / PartLength), ref work);
    }

    /// <summary>FNV-1a, 64 bits: <see cref="string.GetHashCode()"/> changes from run to run.</summary>
    private static ulong HashName(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in name)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash;
    }

    /// <summary>The finaliser of SplitMix64 (Steele et al., 2014): a counter in, independent-looking bits out.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private struct UniformFill : IWork
    {
        public float* Values;
        public long Count;
        public int PartLength;
        public ulong Key;
        public float Reach;

        public readonly void Execute(int part)
        {
            long end = Math.Min(Count, (part + 1L) * PartLength);
            for (long i = (long)part * PartLength; i < end; i++)
            {
                // 24 random bits, centred: every value is exact in float32.
                int bits = (int)(Mix(Key + (ulong)i) >> 40) - (1 << 23);
                Values[i] = (bits + 0.5f) * (Reach / (1 << 23));
            }
        }
    }
}
