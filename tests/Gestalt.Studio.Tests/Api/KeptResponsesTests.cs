using System.Net;
using System.Text.Json;
using Gestalt.Store;
using Gestalt.Studio.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gestalt.Studio.Tests.Api;

/// <summary>Responses are kept as long as was said, and no longer.</summary>
public sealed class KeptResponsesTests
{
    private static async Task<string> Respond(RunningServer server) =>
        (await server.Ask("/v1/responses", """{"input":"the cat","max_output_tokens":2}""")).GetProperty("id").GetString()!;

    private static Task<HttpResponseMessage> Get(RunningServer server, string id) => server.Http.GetAsync($"/v1/responses/{id}");

    [Fact]
    public async Task Those_made_longest_ago_go_when_there_are_too_many()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = new RequestLimits { KeptResponses = 3 } });
        var store = server.Server.Services.GetRequiredService<IStore>();
        var ids = new List<string>();
        for (int i = 0; i < 8; i++)
            ids.Add(await Respond(server));
        for (int patience = 0; await store.CountAsync("response") > 3 && patience < 200; patience++)
            await Task.Delay(25);
        Assert.InRange(await store.CountAsync("response"), 1, 3);
        await RunningServer.Refused(await Get(server, ids[0]), HttpStatusCode.NotFound, "response_id");
        Assert.Equal(HttpStatusCode.OK, (await Get(server, ids[^1])).StatusCode);
    }

    [Fact]
    public async Task One_that_is_too_old_is_as_if_it_were_gone()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = new RequestLimits { ResponseAge = TimeSpan.FromMilliseconds(300) } });
        string id = await Respond(server);
        await Task.Delay(400);
        await RunningServer.Refused(await Get(server, id), HttpStatusCode.NotFound, "response_id", id);
        await server.Refused("/v1/responses", $$"""{"input":"and now?","previous_response_id":"{{id}}"}""", HttpStatusCode.NotFound, "previous_response_id");
    }

    [Fact]
    public async Task One_is_deleted_by_its_name_once()
    {
        await using RunningServer server = await new RunningServer().StartAsync();
        string id = await Respond(server);
        using HttpResponseMessage deleted = await server.Http.DeleteAsync($"/v1/responses/{id}");
        Assert.True(JsonDocument.Parse(await deleted.Content.ReadAsStringAsync()).RootElement.GetProperty("deleted").GetBoolean());
        await RunningServer.Refused(await server.Http.DeleteAsync($"/v1/responses/{id}"), HttpStatusCode.NotFound, "response_id");
    }
}
