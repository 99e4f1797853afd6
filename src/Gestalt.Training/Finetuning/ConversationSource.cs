using System.Globalization;

namespace Gestalt.Training.Finetuning;

/// <summary>Conversations to learn from, and how often.</summary>
/// <param name="Path">A JSONL file, a folder with such files, or a glob.</param>
/// <param name="Weight">How often each conversation is read in an epoch: 2 for twice, 0.5 for every other one, others each time.</param>
public sealed record ConversationSource(string Path, double Weight = 1)
{
    /// <summary>Reads a source as people write it: <c>talk.jsonl</c>, <c>talk.jsonl=2</c>, <c>folder=0.5</c>.</summary>
    /// <param name="text">The path, and perhaps a weight behind an equals sign.</param>
    /// <exception cref="ArgumentException">The weight is not above 0.</exception>
    public static ConversationSource Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        int sign = text.LastIndexOf('=');
        if (sign <= 0 || File.Exists(text) || Directory.Exists(text))
        {
            return new ConversationSource(text);
        }

        return double.TryParse(text.AsSpan(sign + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && weight is > 0 and <= 1000
            ? new ConversationSource(text[..sign], weight)
            : throw new ArgumentException($"'{text[(sign + 1)..]}' in '{text}' is no weight: how often each conversation is read in an epoch, above 0 and at most 1000, such as 2 or 0.5.", nameof(text));
    }
}
