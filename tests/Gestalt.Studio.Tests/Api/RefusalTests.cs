using System.Net;
using System.Text;
using System.Text.Json;

namespace Gestalt.Studio.Tests.Api;

/// <summary>What cannot be answered is refused in OpenAI's shape, with the parameter named, and nothing of it is done.</summary>
public sealed class RefusalTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("{", null)]
    [InlineData("[1]", "")]
    [InlineData("null", null)]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}", "messages")]
    public async Task What_is_no_request_is_refused(string body, string? param)
    {
        using HttpResponseMessage response = await server.Post("/v1/chat/completions", body);
        JsonElement error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.True(param is null || (error.GetProperty("param").GetString() ?? "").StartsWith(param, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"temperature\":-1", "temperature")]
    [InlineData("\"temperature\":1e300", "temperature")]
    [InlineData("\"top_p\":0", "top_p")]
    [InlineData("\"top_p\":1.1", "top_p")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":1000000", "n")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":-5", "max_tokens")]
    [InlineData("\"max_tokens\":1.5", "max_tokens")]
    [InlineData("\"max_tokens\":99999999999", "max_tokens")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens")]
    [InlineData("\"presence_penalty\":3", "presence_penalty")]
    [InlineData("\"top_logprobs\":3", "top_logprobs")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs")]
    [InlineData("\"logit_bias\":{\"the\":1}", "logit_bias.the")]
    [InlineData("\"logit_bias\":{\"5\":101}", "logit_bias.5")]
    [InlineData("\"stop\":[\"\"]", "stop")]
    [InlineData("\"stop\":7", "stop")]
    [InlineData("\"temprature\":1", "temprature")]
    [InlineData("\"stream\":\"yes\"", "stream")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options")]
    [InlineData("\"seed\":1.5", "seed")]
    [InlineData("\"tools\":[{\"type\":\"web\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{}}]", "tools[0].function.name")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tool_choice\":\"often\"", "tool_choice")]
    [InlineData("\"response_format\":{\"type\":\"xml\"}", "response_format.type")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":{\"type\":\"strange\"}}}", "response_format")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}", "response_format.json_schema.schema")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities[1]")]
    [InlineData("\"temperature\":1,\"temperature\":2", "temperature")]
    public Task A_parameter_that_is_impossible_is_named(string field, string param) => server.Refused("/v1/chat/completions", $"{{{Messages},{field}}}", HttpStatusCode.BadRequest, param);

    [Theory]
    [InlineData("[]", "messages")]
    [InlineData("\"hi\"", "messages")]
    [InlineData("[{\"content\":\"hi\"}]", "messages[0].role")]
    [InlineData("[{\"role\":\"emperor\",\"content\":\"hi\"}]", "messages[0].role")]
    [InlineData("[{\"role\":\"user\"}]", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":{}}]", "messages[0].content")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}}]}]", "messages[0].content[0].type")]
    [InlineData("[{\"role\":\"user\",\"content\":\"hi\",\"colour\":\"red\"}]", "messages[0].colour")]
    [InlineData("[{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"rain\"}]", "messages[0].tool_call_id")]
    [InlineData("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}]", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("[{\"role\":\"assistant\"}]", "messages[0].content")]
    public Task A_message_that_is_none_is_named(string messages, string param) => server.Refused("/v1/chat/completions", $"{{\"messages\":{messages}}}", HttpStatusCode.BadRequest, param);

    [Fact]
    public async Task A_prompt_that_is_too_long_is_refused_with_both_numbers()
    {
        string text = string.Concat(Enumerable.Repeat("moon ", 2000));
        int tokens = (await server.Ask("/v1/tokenize", JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = text } } }))).GetProperty("count").GetInt32();
        string body = JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = text } } });
        JsonElement error = await server.Refused("/v1/chat/completions", body, HttpStatusCode.BadRequest, "messages", tokens.ToString(System.Globalization.CultureInfo.InvariantCulture), "1024");
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        await server.Refused("/v1/chat/completions", body[..^1] + ",\"stream\":true}", HttpStatusCode.BadRequest, "messages", "1024"); // before anything is streamed
        await server.Refused("/v1/embeddings", JsonSerializer.Serialize(new { input = text }), HttpStatusCode.BadRequest, "input", "1024");
        await server.Refused("/v1/completions", JsonSerializer.Serialize(new { prompt = text }), HttpStatusCode.BadRequest, "prompt", "1024");
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        using HttpResponseMessage form = await server.Http.PostAsync("/v1/chat/completions", new StringContent($"{{{Messages}}}", Encoding.UTF8, "text/plain"));
        await RunningServer.Refused(form, HttpStatusCode.UnsupportedMediaType, null, "application/json");
    }

    [Fact]
    public async Task Addresses_that_are_not_there_are_refused_in_the_same_shape()
    {
        await RunningServer.Refused(await server.Http.GetAsync("/v1/nothing"), HttpStatusCode.NotFound, null, "/v1/nothing");
        await RunningServer.Refused(await server.Http.GetAsync("/v1/chat/completions"), HttpStatusCode.MethodNotAllowed, null, "POST");
    }

    [Fact]
    public async Task JSON_that_is_nested_without_end_is_refused() => Assert.Equal(
        HttpStatusCode.BadRequest, (await server.Post("/v1/chat/completions", "{\"messages\":" + new string('[', 100_000))).StatusCode);

    [Fact]
    public async Task Anything_at_all_gets_an_answer_in_shape()
    {
        var random = new Random(4);
        string whole = $"{{{Messages},\"temperature\":0.5,\"max_tokens\":1,\"tools\":[{{\"type\":\"function\",\"function\":{{\"name\":\"f\"}}}}],\"stop\":[\"x\"],\"response_format\":{{\"type\":\"text\"}}}}";
        const string Noise = "{}[]\",:0-9xé\u0001 ";
        for (int i = 0; i < 150; i++)
        {
            char[] text = whole.ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
                text[random.Next(text.Length)] = Noise[random.Next(Noise.Length)];
            using HttpResponseMessage response = await server.Post("/v1/chat/completions", new string(text));
            string answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode || ((int)response.StatusCode < 500 && JsonDocument.Parse(answer).RootElement.TryGetProperty("error", out _)), $"{new string(text)} → {(int)response.StatusCode}: {answer}");
        }
        Assert.Empty(server.Warnings);
    }
}
