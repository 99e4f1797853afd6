using System.Diagnostics;
using System.Net;
using Gestalt.Studio.Api;
using Gestalt.Studio.Api.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Gestalt.Studio.Hosting;

/// <summary>
/// Stands before everything: refuses hosts and origins that are not meant, asks for keys, sets headers, turns what goes wrong into OpenAI's errors, and counts. A server that listens on this
/// machine alone is asked by name, so that no site can point its own name at it (DNS rebinding) and use a visitor's browser to get in.
/// </summary>
/// <param name="next">What follows.</param>
/// <param name="options">Where the server listens.</param>
/// <param name="keys">Who may come in.</param>
/// <param name="metrics">Counts.</param>
internal sealed class RequestGuard(RequestDelegate next, StudioOptions options, KeyGuard keys, ServerMetrics metrics)
{
    /// <summary>The status that a client which left is counted with, as nginx does.</summary>
    private const int ClientLeft = 499;

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        long began = Stopwatch.GetTimestamp();
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            SetHeaders(context);
            if (!AnswersOrigin(context))
            {
                CheckHost(context.Request);
                if (IsGuarded(context.Request.Path))
                    await keys.AdmitAsync(context).ConfigureAwait(false);
                if (SignIn.IsPage(context.Request) && !await keys.MayShowPagesAsync(context).ConfigureAwait(false))
                {
                    context.Response.Redirect(SignIn.Path);
                }
                else
                {
                    await next(context).ConfigureAwait(false);
                    await FillRefusalAsync(context).ConfigureAwait(false);
                }
            }
            status = context.Response.StatusCode;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            status = ClientLeft;
        }
        catch (Exception problem)
        {
            ApiException refusal = Explain(problem);
            status = refusal.Status;
            if (context.Response.HasStarted)
                context.Abort(); // half an answer must not look like a whole one
            else
                await ApiCall.RefuseAsync(context, refusal).ConfigureAwait(false);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            metrics.NoteRequest(route, status, Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>Pages, their assets and the sign of life are open: they hold nothing; what they load is guarded.</summary>
    private static bool IsGuarded(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments("/studio") || path.StartsWithSegments("/metrics");

    private static void SetHeaders(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        if (!IsGuarded(context.Request.Path))
            return;
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
    }

    /// <summary>Pages of this machine may use the server, pages of other sites may not. Answers what browsers ask beforehand.</summary>
    /// <returns>Whether the request is answered.</returns>
    /// <exception cref="ApiException">The page is of another site.</exception>
    private static bool AnswersOrigin(HttpContext context)
    {
        string? origin = context.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
            return false;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) || !(IsLocal(page.Host) || IsSame(page, context.Request)))
            throw new ApiException(StatusCodes.Status403Forbidden, $"Pages of '{(origin.Length > 200 ? "another site" : origin)}' may not use this server; those of localhost may.", code: "origin_not_allowed");
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlExposeHeaders = "Retry-After";
        if (!HttpMethods.IsOptions(context.Request.Method) || !context.Request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod))
            return false;
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    private void CheckHost(HttpRequest request)
    {
        if (!IPAddress.IsLoopback(options.Address) || IsLocal(request.Host.Host))
            return;
        throw new ApiException(StatusCodes.Status421MisdirectedRequest, "This server listens on this machine alone and answers to localhost, 127.0.0.1 and [::1]; the request is for another host.", code: "host_not_allowed");
    }

    private static bool IsLocal(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsSame(Uri page, HttpRequest request) => page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase) && page.Scheme == request.Scheme;

    /// <summary>Routes that are not there, and methods that they do not have, get a body like all other refusals.</summary>
    private static Task FillRefusalAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted || response.ContentType is not null || !context.Request.Path.StartsWithSegments("/v1"))
            return Task.CompletedTask;
        string asked = $"{context.Request.Method} {context.Request.Path}";
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiCall.RefuseAsync(context, new ApiException(StatusCodes.Status404NotFound, $"There is no {asked} here. The API's address ends in /v1.", code: "unknown_url")),
            StatusCodes.Status405MethodNotAllowed => ApiCall.RefuseAsync(context, new ApiException(StatusCodes.Status405MethodNotAllowed, $"There is no {asked}; this address knows {response.Headers.Allow}.", code: "method_not_allowed")),
            _ => Task.CompletedTask,
        };
    }

    private ApiException Explain(Exception problem)
    {
        switch (problem)
        {
            case ApiException refusal:
                return refusal;
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, bad.StatusCode switch
                {
                    StatusCodes.Status413PayloadTooLarge => $"The body is longer than the {options.Limits.BodyBytes} bytes that this server takes.",
                    StatusCodes.Status408RequestTimeout => "The body came too slowly.",
                    _ => "The request is no HTTP that can be read.",
                }, code: bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : null);
            case OperationCanceledException or ObjectDisposedException:
                return ApiException.Unavailable("The server is stopping.");
            default:
                // What went wrong inside is the operator's business.
                options.Warn?.Invoke(problem.ToString());
                return new ApiException(StatusCodes.Status500InternalServerError, "Something went wrong on the server, and its log says what.", "server_error", code: "internal_error");
        }
    }
}
