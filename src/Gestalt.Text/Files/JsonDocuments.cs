using System.Text.Json;

namespace Gestalt.Text;

/// <summary>What every reader of JSON that is not trusted has to see to.</summary>
public static class JsonDocuments
{
    /// <summary>
    /// Lets every string be read once: an escape such as <c>\ud800</c> alone, or broken UTF-8, is JSON but no text, and would fail
    /// wherever it is used.
    /// </summary>
    /// <param name="json">All that is to be read.</param>
    /// <exception cref="InvalidOperationException">A name or a string is no text.</exception>
    public static void RequireText(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray())
                    RequireText(item);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    _ = property.Name;
                    RequireText(property.Value);
                }
                break;
        }
    }
}
