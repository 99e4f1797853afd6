using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api;

/// <summary>OpenAI's HTTP interface.</summary>
internal static class ApiRoutes
{
    /// <summary>Maps all of it.</summary>
    public static void Map(WebApplication app) => app.MapGet("/health", () => Results.Text("""{"status":"ok"}""", "application/json"));
}
