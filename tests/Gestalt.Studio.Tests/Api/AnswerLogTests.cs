using System.Net;
using System.Text.Json;
using Gestalt.Store.Improving;

namespace Gestalt.Studio.Tests.Api;

/// <summary>What a server keeps of conversations: nothing, unless it was told to.</summary>
public sealed class AnswerLogTests
{
    private const string Question = """{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"the cat"}],"max_tokens":6,"seed":1}""";

    [Fact]
    public async Task Nothing_is_kept_and_nothing_can_be_flagged_without_a_log()
    {
        await using var server = new RunningServer();
        await server.StartAsync();
        JsonElement answer = await server.Ask("/v1/chat/completions", Question);
        await server.Refused("/studio/flags", JsonSerializer.Serialize(new { answer = answer.GetProperty("id").GetString(), why = "bad" }), HttpStatusCode.NotFound, null, "--log");
        Assert.DoesNotContain(Directory.GetFiles(server.Folder, "*.jsonl", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("the cat", StringComparison.Ordinal));
        Assert.DoesNotContain("data-log=", await server.Http.GetStringAsync("/chat"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_is_kept_under_the_id_that_the_client_got_and_can_be_flagged_by_it()
    {
        await using var server = new RunningServer();
        string folder = Path.Combine(server.Folder, "kept");
        await server.StartAsync(options => options with { Log = folder });
        JsonElement whole = await server.Ask("/v1/chat/completions", Question);
        JsonElement two = await server.Ask("/v1/chat/completions", Question.Replace("\"seed\":1", "\"n\":2", StringComparison.Ordinal));
        JsonElement response = await server.Ask("/v1/responses", """{"input":"the mat","instructions":"be kind","max_output_tokens":16}""");
        using (HttpResponseMessage streamed = await server.Post("/v1/chat/completions", Question.Replace("\"seed\":1", "\"stream\":true", StringComparison.Ordinal)))
            Assert.EndsWith("data: [DONE]", (await streamed.Content.ReadAsStringAsync()).Trim(), StringComparison.Ordinal);
        string id = whole.GetProperty("id").GetString()!, second = two.GetProperty("id").GetString()!;

        (IReadOnlyList<LoggedAnswer> answers, IReadOnlyList<string> problems) = new ConversationLog(folder).Read();
        Assert.Empty(problems);
        Assert.Equal(5, answers.Count);
        Assert.Equal([id, second, second + "-1", response.GetProperty("id").GetString()!], answers.Take(4).Select(answer => answer.Id));
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), answers[0].Answer.Content);
        Assert.Equal(["be brief", "the cat"], answers[0].Prompt.Messages.Select(message => message.Content));
        Assert.Equal(["be kind", "the mat"], answers[3].Prompt.Messages.Select(message => message.Content));
        Assert.All(answers, answer => Assert.Equal(("serve", RunningServer.Model, AnswerEnd.Length), (answer.Via, answer.Model, answer.End)));

        using (HttpResponseMessage flagged = await server.Post("/studio/flags", JsonSerializer.Serialize(new { answer = id, why = "It is made up" })))
            Assert.Equal(HttpStatusCode.NoContent, flagged.StatusCode);
        Assert.Equal("It is made up", Assert.Single(new ReviewStore(folder).Read().Of(id).Flags).Why);
        using (HttpResponseMessage withdrawn = await server.Post("/studio/flags", JsonSerializer.Serialize(new { answer = id })))
            Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
        Assert.True(new ReviewStore(folder).Read().Of(id).IsCleared);
        await server.Refused("/studio/flags", """{"answer":"chatcmpl-other","why":"x"}""", HttpStatusCode.NotFound, null, "chatcmpl-other");
        await server.Refused("/studio/flags", """{"why":"x"}""", HttpStatusCode.BadRequest, "answer", "which answer");
        await server.Refused("/studio/flags", JsonSerializer.Serialize(new { answer = id, why = new string('x', 501) }), HttpStatusCode.BadRequest, "why", "500");
        Assert.Contains("data-log=", await server.Http.GetStringAsync("/chat"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_is_logged_as_far_as_it_heard_and_a_log_that_cannot_be_written_breaks_no_conversation()
    {
        await using var server = new RunningServer();
        string folder = Path.Combine(server.Folder, "kept");
        await server.StartAsync(options => options with { Log = folder }, width: 256);
        // Without the tokens that end answers it goes on until the context is full, which takes longer than to go away.
        string bias = string.Join(',', ((int[])[TinyModel.Tokenizer.Special.EndOfText, TinyModel.Tokenizer.Special.MessageEnd]).Select(id => $"\"{id}\":-100"));
        string endless = Question.Replace("\"max_tokens\":6", $"\"max_tokens\":900,\"stream\":true,\"logit_bias\":{{{bias}}}", StringComparison.Ordinal);
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(endless, System.Text.Encoding.UTF8, "application/json") })
        {
            HttpResponseMessage response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using Stream stream = await response.Content.ReadAsStreamAsync();
            _ = await stream.ReadAsync(new byte[200]);
            response.Dispose();
        }

        var log = new ConversationLog(folder);
        for (int wait = 0; wait < 200 && log.Read().Answers.Count == 0; wait++) await Task.Delay(50);
        Assert.Equal(AnswerEnd.Interrupted, Assert.Single(log.Read().Answers).End);

        File.Delete(log.Path);
        Directory.Delete(folder);
        await File.WriteAllTextAsync(folder, "in the way");
        Assert.NotEqual("", (await server.Ask("/v1/chat/completions", Question)).GetProperty("id").GetString());
        await server.Ask("/v1/chat/completions", Question);
        Assert.Single(server.Warnings, warning => warning.Contains("could not be logged", StringComparison.Ordinal));
    }
}
