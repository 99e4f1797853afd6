using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>How the options of .NET's chat interface choose tokens. What it has no name for comes as an additional property, by the names that llama.cpp's server uses.</summary>
public static class ChatSampling
{
    private const string MinP = "min_p";
    private const string RepetitionPenalty = "repeat_penalty";
    private const string RepetitionWindow = "repeat_last_n";
    private const string TypicalP = "typical_p";
    private const string LogitBias = "logit_bias";
    private const string LogProbabilities = "logprobs";
    private const string LikeliestTokens = "top_logprobs";

    /// <summary>Whether an additional property is one of ours.</summary>
    internal static bool IsOption(string name) => name is MinP or RepetitionPenalty or RepetitionWindow or TypicalP or LogitBias or LogProbabilities or LikeliestTokens;

    /// <summary>The options for the sampler. Without a seed, each request has its own.</summary>
    /// <param name="options">The options, additional properties included.</param>
    /// <exception cref="ArgumentException">A number is impossible; the message names it.</exception>
    public static SamplingOptions Read(ChatOptions options)
    {
        var defaults = new SamplingOptions();
        SamplingOptions sampling = defaults with
        {
            Temperature = options.Temperature ?? defaults.Temperature,
            TopP = options.TopP ?? defaults.TopP,
            TopK = options.TopK ?? defaults.TopK,
            MinP = Number(options, MinP) ?? defaults.MinP,
            TypicalP = Number(options, TypicalP) ?? defaults.TypicalP,
            FrequencyPenalty = options.FrequencyPenalty ?? defaults.FrequencyPenalty,
            PresencePenalty = options.PresencePenalty ?? defaults.PresencePenalty,
            RepetitionPenalty = Number(options, RepetitionPenalty) ?? defaults.RepetitionPenalty,
            RepetitionWindow = (int?)Number(options, RepetitionWindow) ?? defaults.RepetitionWindow,
            LogitBias = Biases(options) ?? defaults.LogitBias,
            Seed = unchecked((ulong)(options.Seed ?? Random.Shared.NextInt64())),
        };
        sampling.Validate();
        return sampling;
    }

    /// <summary>Whether the probabilities of tokens are asked for.</summary>
    internal static bool WantsLogProbabilities(ChatOptions options) => options.AdditionalProperties?.TryGetValue(LogProbabilities, out bool wanted) == true && wanted;

    /// <summary>How many likely tokens are asked for in place of each.</summary>
    internal static int Likeliest(ChatOptions options) => (int?)Number(options, LikeliestTokens) ?? 0;

    private static IReadOnlyDictionary<int, float>? Biases(ChatOptions options) =>
        options.AdditionalProperties?.TryGetValue(LogitBias, out object? value) != true || value is null ? null
        : value as IReadOnlyDictionary<int, float>
        ?? throw new ArgumentException($"The additional property '{LogitBias}' is a {value.GetType().Name}; it must be an IReadOnlyDictionary<int, float>.", nameof(options));

    private static float? Number(ChatOptions options, string name)
    {
        if (options.AdditionalProperties is null || !options.AdditionalProperties.TryGetValue(name, out object? value) || value is null)
            return null;
        return value switch
        {
            JsonElement { ValueKind: JsonValueKind.Number } json => json.GetSingle(),
            IConvertible number and not (string or bool or char or DateTime) => number.ToSingle(CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"The additional property '{name}' is {value}; it must be a number.", nameof(options)),
        };
    }
}
