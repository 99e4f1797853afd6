using Gestalt.Store.Improving;
using Gestalt.Studio.Api;
using Gestalt.Studio.Api.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Chat;

/// <summary>Flags over HTTP, <c>POST /studio/flags</c>: a person says what is wrong with an answer, or that nothing is. Only where answers are logged.</summary>
internal static class FlagEndpoints
{
    private const int LongestReason = 500;

    /// <summary>A flag that a page sends: without a reason, the flags before are withdrawn.</summary>
    private sealed record NewFlag(string? Answer, string? Why);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/studio/flags", Add);

    private static IResult Add(NewFlag flag, HttpContext context, AnswerLog log)
    {
        ReviewStore review = log.Review ?? throw new ApiException(StatusCodes.Status404NotFound, "Nothing is logged here, and so nothing can be flagged. Start the server with: gestalt serve --log FOLDER");
        if (string.IsNullOrWhiteSpace(flag.Answer)) throw ApiException.Bad("answer", "Say which answer: the id that came with it.");
        if (flag.Why?.Length > LongestReason) throw ApiException.Bad("why", $"The reason has {flag.Why.Length} characters; {LongestReason} are enough.");
        if (!log.Has(flag.Answer)) throw new ApiException(StatusCodes.Status404NotFound, $"There is no answer '{flag.Answer}' in the log. It was given before the server began to log, or by another one.");
        bool isWithdrawn = string.IsNullOrWhiteSpace(flag.Why);
        review.Add(new Flag(flag.Answer, ApiCall.User(context) is { Length: > 0 } user ? user : "studio", DateTimeOffset.UtcNow, flag.Why?.Trim() ?? "") { IsWithdrawn = isWithdrawn });
        return Results.NoContent();
    }
}
