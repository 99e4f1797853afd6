using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gestalt.Studio.Api.Writing;
using Gestalt.Studio.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Endpoints;

/// <summary>What all endpoints do alike.</summary>
internal static class ApiCall
{
    /// <summary>An identifier as OpenAI's look.</summary>
    /// <param name="prefix">What it is of, such as <c>chatcmpl-</c>.</param>
    public static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N");

    /// <summary>Now, in seconds since 1970.</summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Answers with JSON.</summary>
    public static Task AnswerAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Answers with a refusal.</summary>
    public static Task RefuseAsync(HttpContext context, ApiException problem)
    {
        if (problem.RetryAfter is TimeSpan wait)
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return AnswerAsync(context, new ErrorAnswer(ErrorDetail.Of(problem)), AnswerJson.Readable.ErrorAnswer, problem.Status);
    }

    /// <summary>Who asks: the owner of the key, else the address.</summary>
    public static string User(HttpContext context) => context.Items[KeyGuard.UserItem] as string ?? context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>Checks how many answers are wanted.</summary>
    /// <exception cref="ApiException">None, or too many.</exception>
    public static int Choices(int? wanted, RequestLimits limits) => wanted is null ? 1
        : wanted >= 1 && wanted <= limits.Choices ? wanted.Value
        : throw ApiException.Bad("n", $"'n' is {wanted}; it must be at least 1 and at most {limits.Choices}.", "invalid_value");
}
