using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gestalt.Store;

/// <summary>How records are written into documents: snake_case, without what is null, readable; enumerations by name.</summary>
public static class StoreJson
{
    /// <summary>For <see cref="JsonSerializer"/>; also what Studio's API speaks.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>A record as a document.</summary>
    /// <param name="value">The record.</param>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A document as a record.</summary>
    /// <exception cref="StoreException">It is not one: somebody else wrote it, or a newer Gestalt.</exception>
    internal static T Read<T>(StoredDocument document)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(document.Json, Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException problem)
        {
            throw new StoreException($"The {document.Kind} '{document.Id}' in the store cannot be read: {problem.Message}. Delete it, or open it with the Gestalt that wrote it.", problem);
        }
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
