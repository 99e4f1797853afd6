using System.Text.Json.Nodes;

namespace Gestalt.Models;

/// <summary>Hugging Face's <c>rope_scaling</c> and our <see cref="RotaryScaling"/>, both ways.</summary>
internal static class HubScaling
{
    private const string Factors = "rope_freqs.weight", Short = "rope_factors_short.weight", Long = "rope_factors_long.weight";

    /// <summary>Reads it, with the constants that go with some kinds.</summary>
    public static RotaryScaling? Read(HubJson json, TransformerConfig config, Dictionary<string, float[]> constants)
    {
        if ((json.Child("rope_scaling") ?? json.Child("rope_parameters")) is not { } rope)
            return null;
        string kind = rope.Has("rope_type") ? rope.Text("rope_type") : rope.Has("type") ? rope.Text("type") : "default";
        double factor = rope.Number("factor", 1);
        int original = rope.Size("original_max_position_embeddings", otherwise: json.Size("original_max_position_embeddings", otherwise: config.Context));
        switch (kind)
        {
            case "default":
                return null;
            case "linear":
                return new RotaryScaling { Kind = RotaryScalingKind.Linear, Factor = factor };
            case "yarn":
                double own = 1 + (0.1 * Math.Log(factor));
                return new RotaryScaling
                {
                    Kind = RotaryScalingKind.Yarn,
                    Factor = factor,
                    OriginalContext = original,
                    FastTurns = rope.Number("beta_fast", 32),
                    SlowTurns = rope.Number("beta_slow", 1),
                    Magnitude = rope.Number("attention_factor", own) / own,
                };
            case "llama3":
                constants[Factors] = RotaryFrequencies.Llama3Factors(
                    config.RotaryTheta, config.RotatedWidth, factor, rope.Number("low_freq_factor", 1), rope.Number("high_freq_factor", 4), original);
                return new RotaryScaling { Kind = RotaryScalingKind.Factors };
            case "longrope" or "su":
                constants[Short] = List(rope, "short_factor", config.RotatedWidth / 2);
                constants[Long] = List(rope, "long_factor", config.RotatedWidth / 2);
                double stretch = rope.Has("factor") ? factor : (double)config.Context / original;
                double magnitude = stretch > 1 ? Math.Sqrt(1 + (Math.Log(stretch) / Math.Log(original))) : 1;
                return new RotaryScaling
                {
                    Kind = RotaryScalingKind.LongAndShortFactors,
                    OriginalContext = original,
                    Magnitude = rope.Number("attention_factor", magnitude),
                };
            default:
                throw new ModelFileException(json.Path, $"asks for rope_scaling of type '{kind}'; linear, yarn, llama3 and longrope can be run");
        }
    }

    /// <summary>Writes it, or null for none.</summary>
    /// <exception cref="ArgumentException">Llama 3's factors are none that its formula gives.</exception>
    public static JsonObject? Write(Transformer model)
    {
        TransformerConfig config = model.Config;
        if (config.RotaryScaling is not { } scaling)
            return null;
        switch (scaling.Kind)
        {
            case RotaryScalingKind.Linear:
                return new JsonObject { ["rope_type"] = "linear", ["factor"] = scaling.Factor };
            case RotaryScalingKind.Yarn:
                return new JsonObject
                {
                    ["rope_type"] = "yarn",
                    ["factor"] = scaling.Factor,
                    ["original_max_position_embeddings"] = scaling.OriginalContext,
                    ["beta_fast"] = scaling.FastTurns,
                    ["beta_slow"] = scaling.SlowTurns,
                    ["attention_factor"] = scaling.Magnitude * (1 + (0.1 * Math.Log(scaling.Factor))),
                };
            case RotaryScalingKind.LongAndShortFactors:
                return new JsonObject
                {
                    ["rope_type"] = "longrope",
                    ["short_factor"] = new JsonArray([.. model[Short].Values.ToArray().Select(value => JsonValue.Create(value))]),
                    ["long_factor"] = new JsonArray([.. model[Long].Values.ToArray().Select(value => JsonValue.Create(value))]),
                    ["original_max_position_embeddings"] = scaling.OriginalContext,
                    ["attention_factor"] = scaling.Magnitude,
                };
            default:
                return Llama3(model);
        }
    }

    /// <summary>The file keeps what the formula gave; the formula's numbers are those of the published models, if they give the same.</summary>
    private static JsonObject Llama3(Transformer model)
    {
        const double Low = 1, High = 4;
        float[] factors = model[Factors].Values.ToArray();
        double factor = factors.Max();
        foreach (int context in (int[])[8192, model.Config.Context, 4096, 16_384, 32_768])
        {
            float[] formula = RotaryFrequencies.Llama3Factors(model.Config.RotaryTheta, model.Config.RotatedWidth, factor, Low, High, context);
            if (formula.Zip(factors).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3f * pair.Second))
            {
                return new JsonObject
                {
                    ["rope_type"] = "llama3",
                    ["factor"] = factor,
                    ["low_freq_factor"] = Low,
                    ["high_freq_factor"] = High,
                    ["original_max_position_embeddings"] = context,
                };
            }
        }
        throw new ArgumentException("The model's rotary factors (rope_freqs.weight) are not those that Llama 3's formula gives, and config.json can say no others.");
    }

    private static float[] List(HubJson rope, string name, int count) =>
        rope.Numbers(name) is { } numbers && numbers.Length == count && numbers.All(number => number > 0)
            ? [.. numbers.Select(number => (float)number)]
            : throw new ModelFileException(rope.Path, $"has no '{name}' of {count} positive numbers");
}
