using System.ClientModel;
using System.Net;
using System.Text.Json;
using OpenAI.Responses;

namespace Gestalt.Studio.Tests.Api;

/// <summary>OpenAI's own client talks to <c>/v1/responses</c>, whose conversations the server keeps.</summary>
public sealed class ResponsesClientTests(RunningServer server) : IClassFixture<RunningServer>
{
    private ResponsesClient Responses => server.OpenAI.GetResponsesClient();

    private static CreateResponseOptions Options(string text, int tokens = 12, string? previous = null) =>
        new(RunningServer.Model, [ResponseItem.CreateUserMessageItem(text)]) { Temperature = 0, MaxOutputTokenCount = tokens, PreviousResponseId = previous };

    [Fact]
    public async Task A_response_says_what_chat_says()
    {
        ResponseResult response = await Responses.CreateResponseAsync(Options("the cat"));
        JsonElement chat = await server.Ask("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"the cat"}],"temperature":0,"max_tokens":12}""");
        Assert.Equal(chat.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), response.GetOutputText());
        Assert.Equal(ResponseStatus.Incomplete, response.Status);
        Assert.Equal(12, response.Usage.OutputTokenCount);
        Assert.Equal(chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), response.Usage.InputTokenCount);
        Assert.Equal(RunningServer.Model, response.Model);
        Assert.Null(response.Error);
    }

    [Fact]
    public async Task A_stream_tells_each_step_and_ends_with_the_whole()
    {
        CreateResponseOptions options = Options("the cat", 20);
        options.StreamingEnabled = true;
        var kinds = new List<string>();
        string text = "";
        ResponseResult? whole = null;
        await foreach (StreamingResponseUpdate update in await Responses.CreateResponseStreamingAsync(options))
        {
            Assert.Equal(kinds.Count, update.SequenceNumber);
            kinds.Add(update.GetType().Name);
            text += (update as StreamingResponseOutputTextDeltaUpdate)?.Delta;
            whole = (update as StreamingResponseCompletedUpdate)?.Response ?? (update as StreamingResponseIncompleteUpdate)?.Response ?? whole;
        }
        Assert.Equal(["StreamingResponseCreatedUpdate", "StreamingResponseInProgressUpdate", "StreamingResponseOutputItemAddedUpdate", "StreamingResponseContentPartAddedUpdate"], kinds.Take(4));
        Assert.Equal(["StreamingResponseOutputTextDoneUpdate", "StreamingResponseContentPartDoneUpdate", "StreamingResponseOutputItemDoneUpdate"], kinds.TakeLast(4).Take(3));
        Assert.Equal(text, whole!.GetOutputText());
        Assert.NotEmpty(text);
    }

    [Fact]
    public async Task A_conversation_goes_on_from_a_response_by_its_name()
    {
        ResponseResult first = await Responses.CreateResponseAsync(Options("the cat sat on the mat and saw the moon"));
        ResponseResult second = await Responses.CreateResponseAsync(Options("and then?", previous: first.Id));
        Assert.Equal(first.Id, second.PreviousResponseId);
        JsonElement chat = await server.Ask("/v1/chat/completions", JsonSerializer.Serialize(new
        {
            model = "tiny",
            temperature = 0,
            max_tokens = 12,
            messages = new object[] { new { role = "user", content = "the cat sat on the mat and saw the moon" }, new { role = "assistant", content = first.GetOutputText() }, new { role = "user", content = "and then?" } },
        }));
        Assert.Equal(chat.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), second.GetOutputText());
        Assert.True(second.Usage.InputTokenDetails.CachedTokenCount > 10);

        ResponseResult kept = await Responses.GetResponseAsync(first.Id);
        Assert.Equal(first.GetOutputText(), kept.GetOutputText());
        Assert.True((await Responses.DeleteResponseAsync(first.Id)).Value.Deleted);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => Responses.GetResponseAsync(first.Id))).Status);
    }

    [Fact]
    public async Task A_response_that_is_not_to_be_kept_is_not()
    {
        CreateResponseOptions options = Options("the cat");
        options.StoredOutputEnabled = false;
        ResponseResult response = await Responses.CreateResponseAsync(options);
        ClientResultException problem = await Assert.ThrowsAsync<ClientResultException>(() => Responses.CreateResponseAsync(Options("and?", previous: response.Id)));
        Assert.Equal(404, problem.Status);
    }

    [Fact]
    public async Task A_format_is_held_to_and_instructions_are_read()
    {
        CreateResponseOptions options = Options("a cat?", 100);
        int plain = (await Responses.CreateResponseAsync(Options("a cat?", 100))).Value.Usage.InputTokenCount;
        options.Instructions = "be a cat";
        options.TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("animal", BinaryData.FromString("""{"type":"object","properties":{"name":{"enum":["cat","moon"]}},"required":["name"],"additionalProperties":false}"""), jsonSchemaIsStrict: true) };
        ResponseResult response = await Responses.CreateResponseAsync(options);
        Assert.Equal(ResponseStatus.Completed, response.Status);
        Assert.Contains(JsonDocument.Parse(response.GetOutputText()).RootElement.GetProperty("name").GetString(), new[] { "cat", "moon" });
        Assert.True(response.Usage.InputTokenCount > plain);
    }

    [Fact]
    public async Task Calls_and_their_results_are_part_of_a_conversation()
    {
        var options = new CreateResponseOptions(RunningServer.Model,
        [
            ResponseItem.CreateUserMessageItem("is it raining?"),
            ResponseItem.CreateFunctionCallItem("call_1", "weather", BinaryData.FromString("""{"town":"Ulm"}""")),
            ResponseItem.CreateFunctionCallOutputItem("call_1", "rain"),
        ])
        { MaxOutputTokenCount = 4 };
        options.Tools.Add(ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object","properties":{"town":{"type":"string"}}}"""), strictModeEnabled: false));
        ResponseResult response = await Responses.CreateResponseAsync(options);
        Assert.True(response.Usage.InputTokenCount > 100);
        await server.Refused("/v1/responses", """{"input":[{"type":"function_call_output","call_id":"call_9","output":"rain"}]}""", HttpStatusCode.BadRequest, "input[0].call_id", "call_9");
    }

    [Theory]
    [InlineData("""{"input":"x","truncation":"auto"}""", "truncation")]
    [InlineData("""{"input":"x","background":true}""", "background")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{}""", "input")]
    [InlineData("""{"input":[{"type":"computer_call"}]}""", "input[0].type")]
    [InlineData("""{"input":[{"role":"king","content":"x"}]}""", "input[0].role")]
    [InlineData("""{"input":"x","tools":[{"type":"web_search"}]}""", "tools[0].type")]
    [InlineData("""{"input":"x","reasoning":{"effort":"much"}}""", "reasoning.effort")]
    public Task What_cannot_be_done_is_refused(string body, string param) => server.Refused("/v1/responses", body, HttpStatusCode.BadRequest, param);
}
