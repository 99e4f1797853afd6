using System.Text.Json;
using Gestalt.Os.Mcp;
using Gestalt.Os.Tools;
using Gestalt.Studio.Pages;
using Gestalt.Studio.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gestalt.Studio.Tools;

/// <summary>
/// Tools over HTTP: which there are and whether they may run (<c>/studio/tools</c>), a call that a person allowed (<c>/studio/tools/call</c>), what holds for a tool from now on
/// (<c>/studio/tools/{name}/permission</c>); and Gestalt's own tools for other programs, as an MCP server (<c>/v1/mcp</c>).
/// </summary>
internal static class ToolEndpoints
{
    /// <summary>Registers what the endpoints need.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<StudioTools>();
        services.AddSingleton(provider => Own(provider.GetRequiredService<ModelPool>()));
    }

    /// <summary>Maps all of it.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/tools");
        group.MapGet("/", List);
        group.MapPost("/call", Call);
        group.MapPost("/reconnect", Reconnect);
        group.MapPut("/{name}/permission", Permit);
        app.MapPost("/v1/mcp", Answer);
    }

    private static async Task<IResult> List(StudioTools tools, CancellationToken cancellation) =>
        await Guarded(async () => await Describe(tools, await tools.ConnectAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task<IResult> Reconnect(StudioTools tools, CancellationToken cancellation) =>
        await Guarded(async () => await Describe(tools, await tools.ReconnectAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false)).ConfigureAwait(false);

    private static Task<IResult> Call(ToolCallRequest call, StudioTools tools, CancellationToken cancellation) => WithTool(tools, call.Name, cancellation, async tool =>
    {
        string arguments = call.Arguments is { ValueKind: JsonValueKind.String } text ? text.GetString()! : call.Arguments?.GetRawText() ?? "";
        // That this request came means that a person allowed the call; what they said of all calls before still holds.
        ToolOutcome outcome = await tool.CallAsync(arguments, call.Always ? ToolDecision.Always : ToolDecision.Once, cancellation).ConfigureAwait(false);
        return Results.Json(new { content = outcome.Content, isError = outcome.IsError, refused = outcome.IsRefused });
    });

    private static Task<IResult> Permit(string name, PermissionRequest said, StudioTools tools, CancellationToken cancellation) => WithTool(tools, name, cancellation, async tool =>
    {
        if (!Enum.TryParse(said.Permission, ignoreCase: true, out ToolPermission permission) || !Enum.IsDefined(permission))
            return StudioPages.Problem(StatusCodes.Status400BadRequest, $"The permission is '{said.Permission}'; it must be ask, always or never.");
        await tools.Permissions.SetAsync(tool, permission, cancellation).ConfigureAwait(false);
        return Results.NoContent();
    });

    /// <summary>A message for Gestalt's own MCP server.</summary>
    private static async Task Answer(HttpContext context, GestaltMcpServer server)
    {
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            if (!await server.AnswerAsync(context.Request.Body, response.Body, context.RequestAborted).ConfigureAwait(false) && !response.HasStarted)
            {
                response.ContentType = null;
                response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        catch (JsonException problem) when (!response.HasStarted)
        {
            response.ContentType = null;
            await StudioPages.Problem(StatusCodes.Status400BadRequest, $"The body is no message of MCP: {problem.Message}").ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    private static Task<IResult> WithTool(StudioTools tools, string name, CancellationToken cancellation, Func<GuardedTool, Task<IResult>> use) => Guarded(async () =>
        (await tools.ConnectAsync(cancellation).ConfigureAwait(false))?.Tools.FirstOrDefault(tool => tool.Name == name) is { } found
            ? await use(found).ConfigureAwait(false)
            : StudioPages.Problem(StatusCodes.Status404NotFound, $"There is no tool '{name}'."));

    private static async Task<IResult> Guarded(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return StudioPages.Problem(StatusCodes.Status500InternalServerError, problem.Message);
        }
    }

    private static async Task<IResult> Describe(StudioTools tools, McpTools? mcp, CancellationToken cancellation)
    {
        var described = new List<object>();
        foreach (GuardedTool tool in mcp?.Tools ?? [])
        {
            ToolPermission permission = await tools.Permissions.GetAsync(tool, cancellation).ConfigureAwait(false);
            described.Add(new { name = tool.Name, description = tool.Description, parameters = tool.JsonSchema, server = tool.Server, permission = permission.ToString().ToLowerInvariant() });
        }
        return Results.Json(new
        {
            tools = described,
            servers = (mcp?.Servers ?? []).Select(server => new { name = server.Name, title = server.Title, tools = server.Tools, problems = server.Problems }),
        });
    }

    private static GestaltMcpServer Own(ModelPool pool) => new(
        async (name, cancellation) =>
        {
            ModelLease lease = await pool.UseAsync(name, cancellation).ConfigureAwait(false);
            return new ModelUse(lease.Hosted.Model, lease);
        },
        () => pool.Catalog.All().Select(model => model.Name));

    /// <summary>A call that a person allowed.</summary>
    private sealed record ToolCallRequest(string Name, JsonElement? Arguments, bool Always = false);

    /// <summary>What holds for a tool from now on.</summary>
    private sealed record PermissionRequest(string Permission);
}
