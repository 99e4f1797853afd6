using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gestalt.Store;
using Gestalt.Studio.Api;
using Gestalt.Studio.Api.Endpoints;
using Gestalt.Studio.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Arena;

/// <summary>The arena over HTTP, below <c>/studio/arena</c>: battles whose answers say nothing of who is who until the vote, the leaderboard, and endpoints.</summary>
internal static class ArenaEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A battle that is asked for.</summary>
    private sealed record NewBattle(string? Prompt, string? First, string? Second);

    /// <summary>A vote: <c>left</c>, <c>right</c>, <c>tie</c> or <c>bad</c>.</summary>
    private sealed record NewVote(string? Outcome);

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/arena");
        group.MapGet("/names", async (ArenaHall hall, CancellationToken cancellation) => Results.Json(await hall.NamesAsync(cancellation), Json));
        group.MapGet("/board", async (ArenaHall hall, CancellationToken cancellation) => Results.Json(await hall.BoardAsync(cancellation), Json));
        group.MapPost("/battles", async (NewBattle wish, ArenaHall hall, CancellationToken cancellation) => Results.Json(new { (await hall.BeginAsync(wish.Prompt, wish.First, wish.Second, cancellation)).Id }, Json));
        group.MapGet("/battles/{id}/events", Fight);
        group.MapPost("/battles/{id}/vote", VoteAsync);
        group.MapGet("/battles/{id}", Reveal);
        group.MapGet("/endpoints", async (IStore store, CancellationToken cancellation) => Results.Json(await Shown(store, cancellation), Json));
        group.MapPut("/endpoints", AddEndpointAsync);
        group.MapDelete("/endpoints", RemoveEndpointAsync);
    }

    private static IResult Fight(string id, ArenaHall hall, HttpContext context, CancellationToken cancellation)
    {
        Battle battle = Battle(hall, id);
        if (!battle.TryBegin())
            throw new ApiException(StatusCodes.Status409Conflict, "The answers of this round were asked for already.");
        return TypedResults.ServerSentEvents(Items(hall, battle, ApiCall.User(context), cancellation));
    }

    private static async IAsyncEnumerable<SseItem<string>> Items(ArenaHall hall, Battle battle, string user, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (BattlePiece piece in hall.FightAsync(battle, user, cancellation).ConfigureAwait(false))
            yield return new SseItem<string>(JsonSerializer.Serialize(piece, Json));
    }

    private static async Task<IResult> VoteAsync(string id, NewVote vote, ArenaHall hall, HttpContext context, CancellationToken cancellation)
    {
        Battle battle = Battle(hall, id);
        VoteOutcome outcome = vote.Outcome switch
        {
            "left" => VoteOutcome.Left,
            "right" => VoteOutcome.Right,
            "tie" => VoteOutcome.Tie,
            "bad" => VoteOutcome.BothBad,
            _ => throw ApiException.Bad("outcome", $"A vote is left, right, tie or bad, not '{vote.Outcome}'."),
        };
        await hall.VoteAsync(battle, outcome, context.Items[KeyGuard.UserItem] as string, cancellation).ConfigureAwait(false);
        return Reveal(id, hall);
    }

    /// <summary>Who was who, once it can no longer sway anybody.</summary>
    private static IResult Reveal(string id, ArenaHall hall)
    {
        Battle battle = Battle(hall, id);
        if (!battle.HasVote && !(battle.HasAnswers && battle.IsVoid))
            throw new ApiException(StatusCodes.Status403Forbidden, "Who is who is told after the vote.");
        return Results.Json(new
        {
            Left = new { battle.Left.Name, battle.Left.Tokens, battle.Left.Problem },
            Right = new { battle.Right.Name, battle.Right.Tokens, battle.Right.Problem },
        }, Json);
    }

    private static async Task<object> Shown(IStore store, CancellationToken cancellation) =>
        (await ArenaEndpoint.AllAsync(store, cancellation).ConfigureAwait(false)).Select(endpoint => new { endpoint.Name, endpoint.Url, endpoint.Model, HasKey = endpoint.Key is { Length: > 0 } });

    private static async Task<IResult> AddEndpointAsync(ArenaEndpoint endpoint, IStore store, ArenaHall hall, CancellationToken cancellation)
    {
        endpoint = endpoint with { Name = endpoint.Name?.Trim() ?? "", Url = endpoint.Url?.Trim() ?? "", Model = endpoint.Model?.Trim() ?? "" };
        if (endpoint.Problem is string problem)
            throw ApiException.Bad("endpoint", problem);
        ArenaEndpoint[] before = await ArenaEndpoint.AllAsync(store, cancellation).ConfigureAwait(false);
        if ((await hall.NamesAsync(cancellation).ConfigureAwait(false)).Contains(endpoint.Name) && !before.Any(other => other.Name == endpoint.Name))
            throw ApiException.Bad("name", $"A model of this server is called '{endpoint.Name}' already. Choose another name.");
        await new Settings(store).ChangeAsync<ArenaEndpoint[]>(ArenaEndpoint.Setting, [], all => [.. all.Where(other => other.Name != endpoint.Name), endpoint], cancellation).ConfigureAwait(false);
        return Results.Json(await Shown(store, cancellation).ConfigureAwait(false), Json);
    }

    private static async Task<IResult> RemoveEndpointAsync(string name, IStore store, CancellationToken cancellation)
    {
        await new Settings(store).ChangeAsync<ArenaEndpoint[]>(ArenaEndpoint.Setting, [], all => [.. all.Where(other => other.Name != name)], cancellation).ConfigureAwait(false);
        return Results.Json(await Shown(store, cancellation).ConfigureAwait(false), Json);
    }

    private static Battle Battle(ArenaHall hall, string id) => hall.Find(id) ?? throw new ApiException(StatusCodes.Status404NotFound, "There is no such round, or it is long over. Begin another.");
}
