using System.Text.Json.Nodes;
using Gestalt.Studio.Api.Reading;
using Gestalt.Studio.Api.Writing;
using Microsoft.AspNetCore.Http;

namespace Gestalt.Studio.Api.Endpoints.Responses;

/// <summary><c>/v1/responses</c>: the same pipeline as chat, in OpenAI's newer form, whose conversations the server keeps.</summary>
/// <param name="pipeline">Answers.</param>
/// <param name="responses">Keeps.</param>
internal sealed class ResponseEndpoints(ChatPipeline pipeline, ResponseStore responses)
{
    /// <summary>Answers a request.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        ResponseBody body = await RequestBody.ReadAsync(context.Request, RequestJson.Default.ResponseBody).ConfigureAwait(false);
        string user = ApiCall.User(context);
        CancellationToken gone = context.RequestAborted;
        JsonArray earlier = body.PreviousResponseId is string previous ? (await responses.GetAsync(user, previous, "previous_response_id", gone).ConfigureAwait(false)).Items : [];
        ResponseRequest request = ResponseRequest.Read(body, earlier);
        using ChatRun run = await pipeline.StartAsync(request.Job, user, gone).ConfigureAwait(false);
        string id = run.Id;
        if (body.Stream == true)
        {
            using var stream = new EventStream(context);
            var writer = new ResponseWriter(id, request, run, (name, told) => stream.Send(told, name));
            await stream.WriteAllAsync(run.ReadAsync(gone), piece => writer.Add(piece.Update), EndAsync, writer.Fail).ConfigureAwait(false);

            // It is kept before its end is told: a client may go on from it at once.
            async ValueTask EndAsync()
            {
                JsonObject whole = writer.End();
                await KeepAsync(body, user, request, whole).ConfigureAwait(false);
                writer.TellEnd(whole);
            }
        }
        else
        {
            var writer = new ResponseWriter(id, request, run, (_, _) => { });
            await foreach (ChatPiece piece in run.ReadAsync(gone).ConfigureAwait(false))
                writer.Add(piece.Update);
            JsonObject whole = writer.End();
            await KeepAsync(body, user, request, whole).ConfigureAwait(false);
            await AnswerAsync(context, whole).ConfigureAwait(false);
        }
    }

    /// <summary>A response that was kept.</summary>
    public async Task GetAsync(HttpContext context) => await AnswerAsync(context, (await FindAsync(context).ConfigureAwait(false)).Response).ConfigureAwait(false);

    /// <summary>What the request of a response brought.</summary>
    public async Task InputAsync(HttpContext context)
    {
        JsonArray input = (await FindAsync(context).ConfigureAwait(false)).Input;
        await AnswerAsync(context, new JsonObject { ["object"] = "list", ["data"] = input.DeepClone(), ["has_more"] = false }).ConfigureAwait(false);
    }

    /// <summary>Deletes a response.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        await FindAsync(context).ConfigureAwait(false);
        string id = Id(context);
        await responses.DeleteAsync(id, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true }).ConfigureAwait(false);
    }

    // What was answered is kept even if the client leaves in the same moment.
    private ValueTask KeepAsync(ResponseBody body, string user, ResponseRequest request, JsonObject whole) =>
        body.Store == false ? ValueTask.CompletedTask : responses.PutAsync(user, request, whole, CancellationToken.None);

    private ValueTask<ResponseStore.Kept> FindAsync(HttpContext context) => responses.GetAsync(ApiCall.User(context), Id(context), "response_id", context.RequestAborted);

    private static string Id(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";

    private static Task AnswerAsync(HttpContext context, JsonObject answer) => ApiCall.AnswerAsync(context, answer, AnswerJson.Readable.JsonObject);
}
