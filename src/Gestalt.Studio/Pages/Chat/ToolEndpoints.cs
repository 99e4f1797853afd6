using Gestalt.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;

namespace Gestalt.Studio.Pages.Chat;

/// <summary>The tools that a chat can use, below <c>/studio/tools</c>.</summary>
internal static class ToolEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/studio/tools", () => Results.Json(new { Tools = Array.Empty<object>() }, StoreJson.Options));
}
