using System.Diagnostics;
using System.Net;
using System.Text;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Tests.Hosting;

/// <summary>Many clients at once, clients that leave, and a server that is asked to stop.</summary>
public sealed class LoadTests
{
    private static string Streamed(int tokens, string text = "the cat") => $$"""{"messages":[{"role":"user","content":"{{text}}"}],"max_tokens":{{tokens}},"temperature":0,"stream":true,"logit_bias":{{NeverEnds}}}""";

    // The tokens that end an answer are forbidden, so that answers are as long as they are asked to be.
    private static string NeverEnds => "{" + string.Join(",", Enumerable.Range(0, TinyModel.Tokenizer.VocabularySize).Where(id => TinyModel.Tokenizer.KindOf(id) != Text.TokenKind.Normal).Select(id => $"\"{id}\":-100")) + "}";

    private static async Task<Stream> Open(RunningServer server, string body, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        HttpResponseMessage response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStreamAsync(cancellation);
    }

    private static async Task Until(Func<bool> holds, string what, Func<string>? shown = null)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{what} {shown?.Invoke()}");
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_frees_its_place_at_once()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { RunningSequences = 1 } }, context: 30_000);
        Stream stream = await Open(server, Streamed(25_000));
        Assert.True(await stream.ReadAsync(new byte[10]) > 0);
        HostedModel model = Assert.Single(server.Server.Pool.Loaded);
        Assert.Equal(1, model.Admission.Running);
        await stream.DisposeAsync();
        await Until(() => model.Admission.Running == 0, "the place is not freed");
        await server.Ask("/v1/chat/completions", """{"messages":[{"role":"user","content":"hi"}],"max_tokens":2}""");
        string metrics = "";
        await Until(() => (metrics = server.Http.GetStringAsync("/metrics").Result).Contains("status=\"499\""), "who left is not counted", () => metrics);
        Assert.Empty(server.Warnings);
    }

    [Fact]
    public async Task When_all_places_are_taken_and_the_queue_is_full_clients_are_told_when_to_come_again()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { RunningSequences = 1, WaitingRequests = 1 } }, context: 30_000);
        await using Stream running = await Open(server, Streamed(25_000));
        Assert.True(await running.ReadAsync(new byte[10]) > 0);
        HostedModel model = Assert.Single(server.Server.Pool.Loaded);
        Task<HttpResponseMessage> waiting = server.Post("/v1/chat/completions", Streamed(2));
        await Until(() => model.Admission.Waiting == 1, "nobody waits");
        using HttpResponseMessage refused = await server.Post("/v1/chat/completions", Streamed(2));
        await RunningServer.Refused(refused, HttpStatusCode.TooManyRequests, null, "1 sequences running", "1 requests waiting");
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await running.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Fact]
    public async Task Running_answers_end_before_the_server_does()
    {
        await using RunningServer server = await new RunningServer().StartAsync(context: 4000);
        await using Stream stream = await Open(server, Streamed(300));
        Task stopping = server.Server.StopAsync();
        using var reader = new StreamReader(stream);
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync());
        await stopping;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Http.GetAsync("/health"));
    }

    [Fact]
    public async Task Answers_that_take_too_long_to_end_are_ended()
    {
        await using RunningServer server = await new RunningServer().StartAsync(options => options with { Limits = options.Limits with { ShutdownTime = TimeSpan.FromMilliseconds(200) } }, context: 30_000);
        await using Stream stream = await Open(server, Streamed(25_000));
        Assert.True(await stream.ReadAsync(new byte[10]) > 0);
        var clock = Stopwatch.StartNew();
        await server.Server.StopAsync();
        await server.Server.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task Many_clients_at_once_each_get_their_own_answer()
    {
        await using RunningServer server = await new RunningServer().StartAsync();
        string[] texts = [.. Enumerable.Range(0, 16).Select(i => $"the cat sat {i} times")];
        string Body(string text) => $$"""{"messages":[{"role":"user","content":"{{text}}"}],"max_tokens":12,"temperature":0}""";
        async Task<string> Answer(string text) => (await server.Ask("/v1/chat/completions", Body(text))).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        var alone = new List<string>();
        foreach (string text in texts)
            alone.Add(await Answer(text));
        Assert.Equal(alone, await Task.WhenAll(texts.Select(Answer)));
    }
}
