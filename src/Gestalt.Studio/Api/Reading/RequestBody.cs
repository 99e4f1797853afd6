using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Reading;

/// <summary>Reads the body of a request, and says what is wrong with it in terms of the request rather than of this program.</summary>
internal static partial class RequestBody
{
    /// <summary>Reads a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">What the body must be.</param>
    /// <exception cref="ApiException">It is no JSON, has fields that are unknown or of the wrong kind, or is not said to be JSON.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        // A page of another site can send forms and plain text without being asked for leave, but not this.
        if (!request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, $"The body is {(string.IsNullOrEmpty(request.ContentType) ? "of no type" : $"'{request.ContentType}'")}; send it as Content-Type: application/json.", code: "unsupported_content_type");
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted).ConfigureAwait(false)
                ?? throw new ApiException(StatusCodes.Status400BadRequest, "The body is null; it must be an object.", code: "invalid_json");
        }
        catch (JsonException problem)
        {
            throw Explain(problem);
        }
    }

    private static ApiException Explain(JsonException problem)
    {
        string param = Prefix().Replace(problem.Path ?? "", "");
        if (Unmapped().Match(problem.Message) is { Success: true } unmapped)
        {
            string name = unmapped.Groups[1].Value;
            return ApiException.Bad(param.Length > 0 && !param.EndsWith(name, StringComparison.Ordinal) ? $"{param}.{name}" : name, $"There is no parameter '{name}' here.", "unknown_parameter");
        }
        if (Missing().Match(problem.Message) is { Success: true } missing)
        {
            string name = missing.Groups[1].Value;
            return ApiException.Bad(param.Length > 0 ? $"{param}.{name}" : name, $"'{name}' is missing.", "missing_required_parameter");
        }
        if (Converted().Match(problem.Message) is { Success: true } converted)
            return ApiException.Bad(param, $"'{(param.Length > 0 ? param : "The body")}' must be {KindOf(converted.Groups[1].Value)}.", "invalid_type");
        if (problem.Message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return ApiException.Bad(param, $"'{param}' stands in the body twice.", "duplicate_parameter");
        string where = problem.LineNumber is long line ? FormattableString.Invariant($" at line {line + 1}, byte {problem.BytePositionInLine + 1}") : "";
        return new ApiException(StatusCodes.Status400BadRequest, $"The body is no JSON that can be read{where}.", param: param.Length > 0 ? param : null, code: "invalid_json");
    }

    private static string KindOf(string type) => type switch
    {
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => "a number",
        _ when type.Contains("Dictionary", StringComparison.Ordinal) => "an object",
        _ when type.Contains("List", StringComparison.Ordinal) || type.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ when type.Contains("Int32", StringComparison.Ordinal) || type.Contains("Int64", StringComparison.Ordinal) => "a whole number of a sensible size",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        "System.String" => "a text",
        _ => "an object",
    };

    [GeneratedRegex(@"^\$\.?")]
    private static partial Regex Prefix();

    [GeneratedRegex("^The JSON property '(.*?)' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: '(.*?)'")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON value could not be converted to (.*?)\\. Path")]
    private static partial Regex Converted();
}
