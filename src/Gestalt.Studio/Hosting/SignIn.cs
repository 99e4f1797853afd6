using Gestalt.Studio.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Hosting;

/// <summary>Where a person shows a key once, so that Studio's pages can use the API: the browser keeps it in a cookie that no script can read and no other site can send.</summary>
internal static class SignIn
{
    /// <summary>The page's address.</summary>
    public const string Path = "/sign-in";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Maps the page.</summary>
    public static void Map(WebApplication app, KeyGuard keys)
    {
        app.MapGet(Path, context => ShowAsync(context, refused: false));
        app.MapPost(Path, async context =>
        {
            IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            string key = form["key"].ToString().Trim();
            if (await keys.FindAsync(key, context.RequestAborted).ConfigureAwait(false) is null)
            {
                await ShowAsync(context, refused: true).ConfigureAwait(false);
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
        HttpResponse response = context.Response;
        response.StatusCode = refused ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        return response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in · Gestalt Studio</title>
            <link rel="stylesheet" href="{StudioAssets.Url("shell/studio.css")}">
            </head>
            <body class="sign-in">
            <main>
            <h1>Gestalt Studio</h1>
            <form method="post" action="{Path}">
            <p><label for="key">Your key for this server</label></p>
            <p><input id="key" name="key" type="password" autocomplete="current-password" required autofocus{(refused ? " aria-invalid=\"true\" aria-describedby=\"refused\"" : "")}></p>
            {(refused ? "<p id=\"refused\" role=\"alert\">This key is none that the server knows, or was revoked.</p>" : "")}
            <p><button type="submit">Sign in</button></p>
            </form>
            <p>Whoever runs the server makes keys with <code>gestalt serve keys add NAME</code>.</p>
            </main>
            </body>
            </html>
            """, context.RequestAborted);
    }
}
