using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Reading;

/// <summary>Reads how tokens are drawn, and refuses what is impossible with its range.</summary>
internal static class SamplingReader
{
    /// <summary>OpenAI's limit for <c>stop</c> is 4; more cost nothing here, but somebody who sends thousands means something else.</summary>
    private const int MostStops = 64;

    private const int MostLikeliest = 20;

    /// <summary>Reads the fields that all requests share.</summary>
    /// <exception cref="ApiException">One is impossible.</exception>
    public static void Read(SamplingFields body, ChatOptions options)
    {
        options.Temperature = Within("temperature", body.Temperature, 0, 100);
        options.TopP = Within("top_p", body.TopP, 0, 1, excludesLeast: true);
        options.TopK = body.TopK is null ? null : (int)Within("top_k", body.TopK, 0, int.MaxValue)!;
        options.FrequencyPenalty = Within("frequency_penalty", body.FrequencyPenalty, -2, 2);
        options.PresencePenalty = Within("presence_penalty", body.PresencePenalty, -2, 2);
        options.Seed = body.Seed;
        options.StopSequences = Stops(Field.Of(body.Stop, "stop"));
        Add(options, "min_p", Within("min_p", body.MinP, 0, 1));
        Add(options, "typical_p", Within("typical_p", body.TypicalP, 0, 1, excludesLeast: true));
        Add(options, "repeat_penalty", Within("repeat_penalty", body.RepeatPenalty, 0, 100, excludesLeast: true));
        Add(options, "repeat_last_n", Within("repeat_last_n", body.RepeatLastN, 0, int.MaxValue));
        if (body.LogitBias is { Count: > 0 } biases)
            Add(options, "logit_bias", biases.ToDictionary(bias => Id(bias.Key), bias => Within($"logit_bias.{bias.Key}", bias.Value, -100, 100)!.Value));
    }

    /// <summary>Reads how many likely tokens are told.</summary>
    /// <exception cref="ApiException">It is impossible.</exception>
    public static void ReadLogProbabilities(bool wanted, int? likeliest, ChatOptions options)
    {
        if (likeliest is not null && !wanted)
            throw ApiException.Bad("top_logprobs", "'top_logprobs' needs 'logprobs': true.", "invalid_value");
        Within("top_logprobs", likeliest, 0, MostLikeliest);
        if (!wanted)
            return;
        Add(options, "logprobs", true);
        Add(options, "top_logprobs", likeliest ?? 0);
    }

    /// <summary>Checks a token limit.</summary>
    /// <exception cref="ApiException">It is below 1.</exception>
    public static int? TokenLimit(string name, int? limit, int least = 1) =>
        limit is null or >= 0 && (limit ?? least) >= least ? limit : throw ApiException.Bad(name, $"'{name}' is {limit}; it must be at least {least}.", "invalid_value");

    /// <summary>Checks that a number is in its range.</summary>
    /// <exception cref="ApiException">It is not.</exception>
    public static float? Within(string name, double? value, double least, double most, bool excludesLeast = false)
    {
        if (value is null || ((excludesLeast ? value > least : value >= least) && value <= most))
            return (float?)value;
        throw ApiException.Bad(name, string.Create(CultureInfo.InvariantCulture, $"'{name}' is {value}; it must be {(excludesLeast ? "above" : "at least")} {least} and at most {most}."), "invalid_value");
    }

    private static string[]? Stops(Field? field)
    {
        if (field is not Field stop)
            return null;
        string[] stops = stop.Kind == JsonValueKind.Array ? [.. stop.Items().Select(item => item.Text())] : [stop.Text()];
        if (stops.Length > MostStops)
            throw ApiException.Bad(stop.Path, $"'stop' has {stops.Length} texts; at most {MostStops} are taken.", "invalid_value");
        return stops.All(text => text.Length > 0) ? stops : throw ApiException.Bad(stop.Path, "'stop' holds an empty text, which would end every answer before it begins.", "invalid_value");
    }

    private static int Id(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id
        : throw ApiException.Bad($"logit_bias.{text}", $"'logit_bias' has the key '{text}'; keys are ids of tokens, as /v1/tokenize tells them.", "invalid_value");

    private static void Add(ChatOptions options, string name, object? value)
    {
        if (value is not null)
            (options.AdditionalProperties ??= [])[name] = value;
    }
}
