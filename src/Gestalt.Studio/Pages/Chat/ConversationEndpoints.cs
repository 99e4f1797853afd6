using System.Text.Json;
using Gestalt.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gestalt.Studio.Pages.Chat;

/// <summary>Conversations over HTTP, below <c>/studio/conversations</c>: list and search, read, keep, delete. A version in <c>If-Match</c> keeps two windows from writing over each other.</summary>
internal static class ConversationEndpoints
{
    /// <summary>Names come from browsers, and stand in addresses.</summary>
    private const int LongestId = 64;

    public static void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/studio/conversations");
        group.MapGet("/", List);
        group.MapGet("/{id}", Read);
        group.MapPut("/{id}", Keep);
        group.MapDelete("/{id}", Delete);
    }

    private static async Task<IResult> List(string? search, IStore store, CancellationToken cancellation)
    {
        var found = new List<object>();
        await foreach (StoredConversation one in new Conversations(store).ListAsync(search, cancellation).ConfigureAwait(false))
            found.Add(new { one.Id, one.Conversation.Title, one.Conversation.Model, one.Updated, one.Version, Messages = one.Conversation.Messages.Count });
        return Json(new { Conversations = found });
    }

    private static async Task<IResult> Read(string id, IStore store, CancellationToken cancellation)
    {
        if (!IsId(id)) return NoId(id);
        return await new Conversations(store).GetAsync(id, cancellation).ConfigureAwait(false) is { } found ? Json(found) : Problem(StatusCodes.Status404NotFound, $"There is no conversation '{id}' in the store.");
    }

    private static async Task<IResult> Keep(string id, HttpRequest request, IStore store, CancellationToken cancellation)
    {
        if (!IsId(id)) return NoId(id);
        long? expected = null;
        if (request.Headers.IfMatch.ToString() is { Length: > 0 } match)
        {
            if (!long.TryParse(match.Trim('"'), out long version) || version < 0)
                return Problem(StatusCodes.Status400BadRequest, $"If-Match is '{match}'; it is the version that this one follows on, such as \"3\", and \"0\" for a new conversation.");
            expected = version;
        }
        try
        {
            SavedConversation conversation = await JsonSerializer.DeserializeAsync<SavedConversation>(request.Body, StoreJson.Options, cancellation).ConfigureAwait(false) ?? throw new JsonException("it is null");
            StoredConversation kept = await new Conversations(store).PutAsync(id, conversation, expected, cancellation).ConfigureAwait(false);
            return Json(new { kept.Id, kept.Version, kept.Updated });
        }
        catch (Exception problem) when (problem is JsonException or InvalidDataException or ArgumentException)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The body is no conversation: {problem.Message}");
        }
        catch (StoreConflictException problem)
        {
            return Problem(StatusCodes.Status409Conflict, problem.Message);
        }
    }

    private static async Task<IResult> Delete(string id, IStore store, CancellationToken cancellation)
    {
        if (!IsId(id)) return NoId(id);
        return await new Conversations(store).DeleteAsync(id, cancellation).ConfigureAwait(false) ? Results.NoContent() : Problem(StatusCodes.Status404NotFound, $"There is no conversation '{id}' in the store.");
    }

    private static bool IsId(string id) => id.Length is > 0 and <= LongestId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static IResult NoId(string id) => Problem(StatusCodes.Status400BadRequest, $"'{id}' is no name of a conversation; those have at most {LongestId} letters, digits, - and _.");

    private static IResult Json<T>(T value) => Results.Json(value, StoreJson.Options);

    private static IResult Problem(int status, string message) => StudioPages.Problem(status, message);
}
