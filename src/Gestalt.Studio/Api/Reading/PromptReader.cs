using System.Text.Json;

namespace Gestalt.Studio.Api.Reading;

/// <summary>A text, or its tokens.</summary>
/// <param name="Text">The text; null where ids were given.</param>
/// <param name="Ids">The ids; null where a text was given.</param>
internal readonly record struct PromptText(string? Text, int[]? Ids);

/// <summary>Reads what completions and embeddings are made of: a text, a list of texts, a list of ids, or a list of such lists.</summary>
internal static class PromptReader
{
    /// <summary>Reads texts.</summary>
    /// <param name="field">The field.</param>
    /// <param name="most">How many are taken.</param>
    /// <exception cref="ApiException">It is none of these, or too many.</exception>
    public static PromptText[] Read(Field field, int most)
    {
        if (field.Kind == JsonValueKind.String)
            return [new PromptText(field.Text(), null)];
        if (field.Kind != JsonValueKind.Array)
            throw field.Wrong("a text, a list of texts, a list of token ids, or a list of such lists");
        int count = field.Value.GetArrayLength();
        if (count == 0)
            throw ApiException.Bad(field.Path, $"'{field.Path}' is empty; there must be at least one text.", "empty_array");
        if (field.Value[0].ValueKind == JsonValueKind.Number)
            return [new PromptText(null, Ids(field))];
        if (count > most)
            throw ApiException.Bad(field.Path, $"'{field.Path}' has {count} texts; at most {most} are taken at once.", "array_too_long");
        return [.. field.Items().Select(item => item.Kind == JsonValueKind.String ? new PromptText(item.Text(), null)
            : item.Kind == JsonValueKind.Array ? new PromptText(null, Ids(item)) : throw item.Wrong("a text or a list of token ids"))];
    }

    private static int[] Ids(Field field) =>
        field.Value.GetArrayLength() > 0 ? [.. field.Items().Select(item => item.Number())] : throw ApiException.Bad(field.Path, $"'{field.Path}' has no tokens.", "empty_array");
}
