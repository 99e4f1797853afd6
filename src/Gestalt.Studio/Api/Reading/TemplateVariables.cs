using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Studio.Api.Reading;

/// <summary>Reads what a model's template is told besides messages and tools, such as <c>enable_thinking</c>.</summary>
internal static class TemplateVariables
{
    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh"];

    /// <summary>Reads variables.</summary>
    /// <param name="variables">An object of texts, numbers and truth values.</param>
    /// <param name="effort">How long the model may think to itself; templates know it as <c>reasoning_effort</c>, or as <c>enable_thinking</c>, which "none" switches off.</param>
    /// <param name="effortName">What requests call the latter.</param>
    /// <param name="options">Gets them.</param>
    public static void Read(Field? variables, string? effort, string effortName, ChatOptions options)
    {
        AdditionalPropertiesDictionary told = options.AdditionalProperties ?? [];
        if (effort is not null)
        {
            if (!Efforts.Contains(effort))
                throw ApiException.Bad(effortName, $"'{effortName}' is '{effort}'; it must be {string.Join(", ", Efforts)}.", "invalid_value");
            told["reasoning_effort"] = effort;
            if (effort == "none")
                told["enable_thinking"] = false;
        }
        if (variables is Field field)
        {
            if (field.Kind != JsonValueKind.Object)
                throw field.Wrong("an object");
            foreach (JsonProperty property in field.Value.EnumerateObject())
            {
                if (told.ContainsKey(property.Name) && property.Name is not ("reasoning_effort" or "enable_thinking"))
                    throw ApiException.Bad($"{field.Path}.{property.Name}", $"'{property.Name}' is a field of the request, not a variable of the template.", "invalid_value");
                told[property.Name] = Value(new Field(property.Value, $"{field.Path}.{property.Name}"));
            }
        }
        options.AdditionalProperties = told.Count > 0 ? told : null;
    }

    private static object? Value(Field field) => field.Kind switch
    {
        JsonValueKind.String => field.Text(),
        JsonValueKind.True or JsonValueKind.False => field.Flag(),
        JsonValueKind.Null => null,
        JsonValueKind.Number => field.Value.TryGetInt64(out long whole) ? whole : field.Value.GetDouble(),
        _ => throw field.Wrong("a text, a number, true or false"),
    };
}
