using System.Globalization;

namespace Gestalt.Models;

/// <summary>
/// Which form each tensor of a model gets. The rules are llama.cpp's (<c>llama-quant.cpp</c>), so that a file of a name has the make-up and the size that its
/// name promises everywhere: the head and, in mixes of medium size, the values and down projections of some layers keep more bits than the rest.
/// </summary>
/// <param name="Name">The name that people know it by: <c>q4_k_m</c>.</param>
/// <param name="Main">The form of most tensors.</param>
/// <param name="FileType">llama.cpp's number of it, for <c>general.file_type</c>.</param>
/// <param name="IsMedium">Whether some tensors get one with more bits.</param>
public sealed record QuantizationMix(string Name, TensorType Main, uint FileType, bool IsMedium = false)
{
    // Of eight experts the share of attention is so small that 8 bits for its keys and values cost nothing.
    private const int ExpertsWithFineAttention = 8;

    /// <summary>All that can be made.</summary>
    public static IReadOnlyList<QuantizationMix> All { get; } =
    [
        new("q8_0", TensorType.Q8_0, 7), new("q4_0", TensorType.Q4_0, 2), new("q4_k_m", TensorType.Q4_K, 15, IsMedium: true),
        new("q5_k_m", TensorType.Q5_K, 17, IsMedium: true), new("q6_k", TensorType.Q6_K, 18),
    ];

    /// <summary>The form that a tensor is stored in.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="dimensions">Its sizes, columns first.</param>
    /// <param name="stored">Its form now, which small tensors keep.</param>
    /// <param name="model">What the rules ask about the model.</param>
    public TensorType TypeOf(string name, IReadOnlyList<long> dimensions, TensorType stored, QuantizedModel model)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(dimensions);
        if (dimensions.Count < 2 || !name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith("_norm.weight", StringComparison.Ordinal)
            || name.EndsWith("ffn_gate_inp.weight", StringComparison.Ordinal) || name == "position_embd.weight" || !stored.TryGetFormat(out _))
            return stored;
        return Fitting(Wanted(name, model), dimensions[0]);
    }

    private TensorType Wanted(string name, QuantizedModel model)
    {
        if (name == "output.weight" || (name == "token_embd.weight" && !model.HasHead))
            return Main == TensorType.Q8_0 ? Main : TensorType.Q6_K;
        string[] parts = name.Split('.');
        if (parts is not ["blk", string number, string kind, ..] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
            return Main;
        bool manyExperts = model.Experts == ExpertsWithFineAttention;
        switch (kind)
        {
            case "attn_v" or "attn_k" when manyExperts:
                return TensorType.Q8_0;
            case "attn_v" when IsMedium && DeservesMore(layer, model.Layers):
                return TensorType.Q6_K;
            case "attn_v" when model.Layers == 80 && Main == TensorType.Q4_K:
                return TensorType.Q5_K; // the 70B models: eight heads share a small matrix of values
            case "attn_output" when manyExperts && IsMedium && Main == TensorType.Q4_K:
                return TensorType.Q5_K;
            case "attn_qkv" when IsMedium:
                return Main == TensorType.Q4_K ? TensorType.Q5_K : TensorType.Q6_K;
            case "ffn_down" or "ffn_down_exps" when IsMedium && DeservesMore(layer, model.Layers):
                return TensorType.Q6_K;
            case "ffn_down" or "ffn_down_exps" when Main == TensorType.Q4_0 && model.HasImportance && layer < model.Layers / 8:
                return TensorType.Q4_1; // without a minimum, the first layers' outliers take all of the range
            default:
                return Main;
        }
    }

    /// <summary>The first and last eighth of the layers, and every third of those between.</summary>
    private static bool DeservesMore(int layer, int layers) => layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;

    /// <summary>What rows can be cut into, where the form wanted has longer blocks.</summary>
    private static TensorType Fitting(TensorType wanted, long columns)
    {
        if (columns % wanted.BlockLength() == 0)
            return wanted;
        TensorType shorter = wanted switch
        {
            TensorType.Q4_K => TensorType.Q5_0,
            TensorType.Q5_K => TensorType.Q5_1,
            TensorType.Q6_K => TensorType.Q8_0,
            _ => TensorType.F16,
        };
        return columns % shorter.BlockLength() == 0 ? shorter : TensorType.F16;
    }
}

/// <summary>What the rules of a mix ask about a model.</summary>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Experts">Experts in each, 0 for none.</param>
/// <param name="HasHead">Whether the head is a tensor of its own.</param>
/// <param name="HasImportance">Whether it is known how much each column matters.</param>
public readonly record struct QuantizedModel(int Layers, int Experts, bool HasHead, bool HasImportance);
