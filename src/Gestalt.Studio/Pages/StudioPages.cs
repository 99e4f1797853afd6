using Gestalt.Store.Labels;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Pages.Models;
using Gestalt.Studio.Pages.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gestalt.Studio.Pages;

/// <summary>The web app: pages that the server renders, and what they load.</summary>
public static class StudioPages
{
    /// <summary>The cookie that remembers <c>light</c> or <c>dark</c>; without it, the system decides.</summary>
    public const string ThemeCookie = "gestalt-theme";

    /// <summary>Registers what pages need.</summary>
    /// <param name="services">The server's services.</param>
    public static void AddTo(IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<ModelJobs>();
        services.AddSingleton<Runs.RunShelf>();
        services.AddSingleton<Tokens.TokenizerShelf>();
        services.AddSingleton<Arena.ArenaHall>();
        services.AddSingleton(LabelsOf);
    }

    /// <summary>Maps every page, its assets, and what only Studio's pages ask for, below <c>/studio</c>.</summary>
    /// <param name="app">The server.</param>
    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => Results.LocalRedirect(StudioPage.All[0].Path)).ExcludeFromDescription();
        app.MapGet("/favicon.ico", () => Results.LocalRedirect(StudioAssets.Url("shell/mark.svg"))).ExcludeFromDescription();
        app.MapGet("/assets/{version}/{**name}", StudioAssets.Answer).ExcludeFromDescription();
        Chat.ConversationEndpoints.Map(app);
        Chat.FlagEndpoints.Map(app);
        ModelEndpoints.Map(app);
        Runs.RunEndpoints.Map(app);
        Tokens.TokenEndpoints.Map(app);
        Inside.InsideEndpoints.Map(app);
        Arena.ArenaEndpoints.Map(app);
        Labels.LabelEndpoints.Map(app);
        foreach (StudioPage page in StudioPage.All)
            app.MapGet($"{page.Path}/{{**below}}", (HttpContext context) => Document(page, context)).ExcludeFromDescription();
    }

    /// <summary>Refuses a request in the shape that all of the server's refusals have.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    internal static IResult Problem(int status, string message) =>
        Results.Json(new { error = new { message, type = status < 500 ? "invalid_request_error" : "server_error", param = (string?)null, code = (string?)null } }, statusCode: status);

    private static LabelStore LabelsOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<StudioOptions>();
        return new LabelStore(LabelStore.Beside(options.Store), options.Warn);
    }

    /// <summary>A page as a whole document.</summary>
    /// <param name="page">The page.</param>
    /// <param name="context">The request.</param>
    /// <param name="given">What its main part is given; null for nothing.</param>
    /// <param name="status">The HTTP status.</param>
    internal static RazorComponentResult Document(StudioPage page, HttpContext context, IDictionary<string, object?>? given = null, int status = StatusCodes.Status200OK)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.Vary = "Cookie";
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin"; // with none, browsers send forms from nowhere (Origin: null), which is refused
        string? theme = context.Request.Cookies[ThemeCookie];
        return new RazorComponentResult<StudioDocument>(new { Page = page, Theme = theme is "light" or "dark" ? theme : null, Given = given }) { StatusCode = status };
    }
}
