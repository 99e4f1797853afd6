using System.Net;
using System.Text;
using System.Text.Json;
using Gestalt.Store;

namespace Gestalt.Studio.Tests.Pages;

/// <summary>Battles: nobody is told who is who before the vote, in no answer of the server; votes are kept and ranked.</summary>
public sealed class ArenaTests : IAsyncLifetime
{
    // Names that no babble contains by chance.
    private const string First = "quixotic-left-hander", Second = "zephyr-of-the-west";

    private readonly RunningServer _running = new();

    public async ValueTask InitializeAsync() => await _running.StartAsync(options => options with
    {
        Models = [TinyModel.Write(Path.Combine(_running.Folder, First + ".gguf"), context: 64), TinyModel.Write(Path.Combine(_running.Folder, Second + ".gguf"), context: 64, seed: 2)],
    });

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task Nothing_tells_who_is_who_before_the_vote_and_everything_after()
    {
        (string id, string seen) = await Fight();
        Assert.DoesNotContain(First, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Second, seen, StringComparison.Ordinal);
        Assert.Contains("\"side\":\"left\"", seen, StringComparison.Ordinal);
        Assert.Contains("\"side\":\"right\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("\"failed\":true", seen, StringComparison.Ordinal);

        JsonElement who = await _running.Ask($"/studio/arena/battles/{id}/vote", """{"outcome":"left"}""");
        string left = who.GetProperty("left").GetProperty("name").GetString()!, right = who.GetProperty("right").GetProperty("name").GetString()!;
        Assert.Equal([First, Second], new[] { left, right }.Order());
        await _running.Refused($"/studio/arena/battles/{id}/vote", """{"outcome":"right"}""", HttpStatusCode.Conflict, null, "already");

        JsonElement board = await Get("/studio/arena/board");
        Assert.Equal(1, board.GetProperty("votes").GetInt32());
        Assert.Equal(left, board.GetProperty("standings")[0].GetProperty("model").GetString());
        var store = (IStore)_running.Server.Services.GetService(typeof(IStore))!;
        StoredVote vote = Assert.Single(await new Votes(store).ListAsync().ToListAsync());
        Assert.Equal((left, right, VoteOutcome.Left, "the cat"), (vote.Vote.Left, vote.Vote.Right, vote.Vote.Outcome, vote.Vote.Prompt));
        Assert.NotEmpty(vote.Vote.LeftAnswer);
        Assert.NotEqual(vote.Vote.LeftAnswer, vote.Vote.RightAnswer);
    }

    [Fact]
    public async Task Chance_chooses_the_sides()
    {
        var lefts = new HashSet<string>();
        for (int i = 0; i < 40 && lefts.Count < 2; i++)
        {
            (string id, _) = await Fight();
            lefts.Add((await _running.Ask($"/studio/arena/battles/{id}/vote", """{"outcome":"tie"}""")).GetProperty("left").GetProperty("name").GetString()!);
        }
        Assert.Equal(2, lefts.Count); // fails once in 2^39 times
    }

    [Fact]
    public async Task An_endpoint_fights_too_its_key_stays_here_and_a_side_that_fails_makes_the_round_void()
    {
        string address = _running.Server.Address + "v1";
        await Put(new { name = "elsewhere", url = address, model = First, key = "sk-secret" });
        string shown = await _running.Http.GetStringAsync("/studio/arena/endpoints");
        Assert.Contains("elsewhere", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", shown, StringComparison.Ordinal);

        // An endpoint limits answers by tokens; a context of 64 refuses that many, which makes the round void.
        (string id, string seen) = await Fight("elsewhere", Second);
        Assert.DoesNotContain("elsewhere", seen, StringComparison.Ordinal);
        Assert.Contains("\"failed\":true", seen, StringComparison.Ordinal);
        await _running.Refused($"/studio/arena/battles/{id}/vote", """{"outcome":"left"}""", HttpStatusCode.Conflict, null, "does not count");
        Assert.Contains("elsewhere answered 400", await _running.Http.GetStringAsync($"/studio/arena/battles/{id}"), StringComparison.Ordinal);
        Assert.Equal(0, (await Get("/studio/arena/board")).GetProperty("votes").GetInt32());
    }

    [Fact]
    public async Task What_cannot_be_fought_is_refused()
    {
        await _running.Refused("/studio/arena/battles", """{"prompt":" "}""", HttpStatusCode.BadRequest, "prompt", "nothing to answer");
        await _running.Refused("/studio/arena/battles", JsonSerializer.Serialize(new { prompt = "a", first = First, second = First }), HttpStatusCode.BadRequest, "second", "itself");
        await _running.Refused("/studio/arena/battles", """{"prompt":"a","first":"nobody"}""", HttpStatusCode.NotFound, "model", "nobody");
        string id = await Begin(First, Second);
        await _running.Refused($"/studio/arena/battles/{id}/vote", """{"outcome":"best"}""", HttpStatusCode.BadRequest, "outcome", "best");
        await _running.Refused($"/studio/arena/battles/{id}/vote", """{"outcome":"left"}""", HttpStatusCode.Conflict, null, "still coming");
        using HttpResponseMessage peek = await _running.Http.GetAsync($"/studio/arena/battles/{id}");
        await RunningServer.Refused(peek, HttpStatusCode.Forbidden, null, "after the vote");
        foreach (object wrong in (object[])[new { name = "x", url = "file:///etc/passwd", model = "m" }, new { name = "", url = "http://a/v1", model = "m" }, new { name = First, url = "http://a/v1", model = "m" }])
        {
            using HttpResponseMessage response = await _running.Http.PutAsync("/studio/arena/endpoints", new StringContent(JsonSerializer.Serialize(wrong), Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    private async Task<string> Begin(string? first, string? second) =>
        (await _running.Ask("/studio/arena/battles", JsonSerializer.Serialize(new { prompt = "the cat", first, second }))).GetProperty("id").GetString()!;

    /// <summary>A battle up to the vote, and everything that the server said on the way, headers and all.</summary>
    private async Task<(string Id, string Seen)> Fight(string? first = null, string? second = null)
    {
        string id = await Begin(first ?? First, second ?? Second);
        using HttpResponseMessage events = await _running.Http.GetAsync($"/studio/arena/battles/{id}/events");
        using HttpResponseMessage peek = await _running.Http.GetAsync($"/studio/arena/battles/{id}");
        string seen = $"{id} {events.Headers} {await events.Content.ReadAsStringAsync()}";
        return (id, peek.StatusCode == HttpStatusCode.Forbidden ? seen + await peek.Content.ReadAsStringAsync() : seen);
    }

    private async Task<JsonElement> Get(string path) => JsonDocument.Parse(await _running.Http.GetStringAsync(path)).RootElement;

    private async Task Put(object endpoint)
    {
        using HttpResponseMessage response = await _running.Http.PutAsync("/studio/arena/endpoints", new StringContent(JsonSerializer.Serialize(endpoint), Encoding.UTF8, "application/json"));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
