using Gestalt.Studio.Pages;
using Gestalt.Studio.Pages.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Hosting;

/// <summary>Where a person shows a key once, so that Studio's pages can use the API: the browser keeps it in a cookie that no script can read and no other site can send.</summary>
internal static class SignIn
{
    /// <summary>The page's address.</summary>
    public const string Path = "/sign-in";

    private const string Refused = "refused";

    private static readonly StudioPage Shown = new(Path, "Sign in", "For those who have a key for this server.", typeof(SignInPage), ["signin/sign-in.css"], []);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Maps the page.</summary>
    public static void Map(WebApplication app, KeyGuard keys)
    {
        app.MapGet(Path, context => ShowAsync(context, context.Request.Query.ContainsKey(Refused)));
        app.MapPost(Path, async context =>
        {
            IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            string key = form["key"].ToString().Trim();
            if (await keys.FindAsync(key, context.RequestAborted).ConfigureAwait(false) is null)
            {
                context.Response.Redirect($"{Path}?{Refused}"); // so that reloading does not send the key again
                return;
            }
            context.Response.Cookies.Append(KeyGuard.Cookie, key, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = Kept, Path = "/" });
            context.Response.Redirect("/");
        });
    }

    /// <summary>Whether a request is for a page, which a person should be asked for a key for, rather than for data.</summary>
    public static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path != Path && request.Path != "/health" && !request.Path.StartsWithSegments("/assets") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static Task ShowAsync(HttpContext context, bool refused)
    {
        Dictionary<string, object?> given = new() { [nameof(SignInPage.IsRefused)] = refused };
        return StudioPages.Document(Shown, context, given, refused ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK).ExecuteAsync(context);
    }
}
