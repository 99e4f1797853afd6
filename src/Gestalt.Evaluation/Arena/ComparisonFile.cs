using System.Text.Json;

namespace Gestalt.Evaluation.Arena;

/// <summary>
/// Comparisons in JSONL: Studio's votes (<c>left</c>, <c>right</c>, <c>outcome</c>: left, right, tie or both_bad; <c>left_tokens</c>, <c>right_tokens</c> or the answers themselves), or what Chatbot
/// Arena publishes (<c>model_a</c>, <c>model_b</c>, <c>winner</c>: model_a, model_b, tie or tie (bothbad)).
/// </summary>
public static class ComparisonFile
{
    /// <summary>Reads the comparisons of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">A line is none; the message names file, line and reason.</exception>
    public static IEnumerable<Comparison> Read(string path) =>
        File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)).Select(line => Parse(line.Item, $"{path}, line {line.Index + 1}"));

    /// <summary>Reads one comparison.</summary>
    /// <param name="json">An object.</param>
    /// <param name="place">What an error message calls it.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Comparison Parse(string json, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement vote = document.RootElement;
            string left = Text(vote, "left", "model_a"), right = Text(vote, "right", "model_b");
            if (left == right)
                throw new InvalidDataException($"'{left}' is compared with itself");
            (double? Left, double? Right) tokens = (Number(vote, "left_tokens"), Number(vote, "right_tokens"));
            bool counted = tokens is { Left: not null, Right: not null };
            return new Comparison(left, right, Outcome(Text(vote, "outcome", "winner")))
            {
                LeftLength = counted ? tokens.Left : Characters(vote, "left_answer"),
                RightLength = counted ? tokens.Right : Characters(vote, "right_answer"),
            };
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{place}: this is not JSON (byte {problem.BytePositionInLine}). Each line is an object with \"left\", \"right\" and \"outcome\".", problem);
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidDataException($"{place}: {problem.Message}. Each line is an object with \"left\", \"right\" and \"outcome\": left, right, tie or both_bad.", problem);
        }
    }

    private static ComparisonOutcome Outcome(string name) => name switch
    {
        "left" or "model_a" => ComparisonOutcome.Left,
        "right" or "model_b" => ComparisonOutcome.Right,
        "tie" => ComparisonOutcome.Tie,
        "both_bad" or "tie (bothbad)" => ComparisonOutcome.BothBad,
        _ => throw new InvalidDataException($"'{name}' is no outcome"),
    };

    private static string Text(JsonElement vote, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (vote.ValueKind == JsonValueKind.Object && vote.TryGetProperty(name, out JsonElement text))
                return text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } said ? said : throw new InvalidDataException($"\"{name}\" is not text");
        }
        throw new InvalidDataException($"there is no \"{names[0]}\"");
    }

    private static double? Number(JsonElement vote, string name) => vote.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number ? count.GetDouble() : null;

    private static double? Characters(JsonElement vote, string name) => vote.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()!.Length : null;
}
