using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api;

/// <summary>A request that is refused, as OpenAI's clients read it: <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One sentence or two: what, where, what to do next.</param>
/// <param name="type">The kind, such as <c>invalid_request_error</c>.</param>
/// <param name="param">The parameter that is wrong, as a path; null if none is.</param>
/// <param name="code">A short name for programs; null if there is none.</param>
internal sealed class ApiException(int status, string message, string type = ApiException.InvalidRequest, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>The kind of errors that the one who asks can put right.</summary>
    public const string InvalidRequest = "invalid_request_error";

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The kind.</summary>
    public string Type => type;

    /// <summary>The parameter that is wrong.</summary>
    public string? Param => param;

    /// <summary>A short name for programs.</summary>
    public string? Code => code;

    /// <summary>When to come again; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A parameter that is wrong.</summary>
    public static ApiException Bad(string param, string message, string? code = null) => new(StatusCodes.Status400BadRequest, message, param: param, code: code);

    /// <summary>A model that is not there.</summary>
    public static ApiException NoModel(string message) => new(StatusCodes.Status404NotFound, message, param: "model", code: "model_not_found");

    /// <summary>More requests than there is room for.</summary>
    public static ApiException Busy(string message, TimeSpan retryAfter) => new(StatusCodes.Status429TooManyRequests, message, "rate_limit_error", code: "too_many_requests") { RetryAfter = retryAfter };

    /// <summary>A model that cannot be served now.</summary>
    public static ApiException Unavailable(string message, TimeSpan? retryAfter = null) => new(StatusCodes.Status503ServiceUnavailable, message, "server_error", code: "model_unavailable") { RetryAfter = retryAfter };
}
