using System.Net;
using System.Text;
using System.Text.Json;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace Gestalt.Studio.Tests.Api;

/// <summary>Completions, embeddings, models, tokens, and what the server tells of itself.</summary>
public sealed class OtherEndpointTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_text_goes_on_and_is_echoed()
    {
        JsonElement plain = await server.Ask("/v1/completions", """{"model":"tiny","prompt":"the cat","max_tokens":8,"temperature":0}""");
        JsonElement echoed = await server.Ask("/v1/completions", """{"model":"tiny","prompt":"the cat","max_tokens":8,"temperature":0,"echo":true}""");
        string text = plain.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.NotEmpty(text);
        Assert.Equal("the cat" + text, echoed.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(plain.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() + plain.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), plain.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Several_prompts_are_answered_in_their_order()
    {
        JsonElement both = await server.Ask("/v1/completions", """{"prompt":["the cat","the moon"],"max_tokens":6,"temperature":0,"n":1}""");
        string[] together = [.. both.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()!)];
        JsonElement moon = await server.Ask("/v1/completions", """{"prompt":"the moon","max_tokens":6,"temperature":0}""");
        Assert.Equal(moon.GetProperty("choices")[0].GetProperty("text").GetString(), together[1]);
        Assert.NotEqual(together[0], together[1]);
    }

    [Fact]
    public async Task Tokens_of_a_text_are_told_with_probabilities_and_places()
    {
        JsonElement choice = (await server.Ask("/v1/completions", """{"prompt":"the cat","max_tokens":5,"temperature":0,"logprobs":2}""")).GetProperty("choices")[0];
        JsonElement likely = choice.GetProperty("logprobs");
        Assert.Equal(5, likely.GetProperty("tokens").GetArrayLength());
        Assert.All(likely.GetProperty("token_logprobs").EnumerateArray(), value => Assert.True(value.GetDouble() <= 0));
        Assert.All(likely.GetProperty("top_logprobs").EnumerateArray(), value => Assert.InRange(value.EnumerateObject().Count(), 1, 2));
        Assert.Equal(0, likely.GetProperty("text_offset")[0].GetInt32());
    }

    [Fact]
    public async Task A_stream_of_a_text_ends_with_done()
    {
        using HttpResponseMessage response = await server.Post("/v1/completions", """{"prompt":"the cat","max_tokens":6,"temperature":0,"stream":true,"stream_options":{"include_usage":true}}""");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string[] events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        JsonElement[] chunks = [.. events[..^1].Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement)];
        JsonElement whole = await server.Ask("/v1/completions", """{"prompt":"the cat","max_tokens":6,"temperature":0}""");
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("text").GetString(), string.Concat(chunks[..^1].Select(chunk => chunk.GetProperty("choices")[0].GetProperty("text").GetString())));
        Assert.Equal(6, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public Task A_model_that_cannot_fill_in_says_so() => server.Refused("/v1/completions", """{"prompt":"a","suffix":"b"}""", HttpStatusCode.BadRequest, "suffix", "fill in");

    [Fact]
    public async Task Vectors_come_as_numbers_and_packed_and_short()
    {
        EmbeddingClient client = server.OpenAI.GetEmbeddingClient(RunningServer.Model);
        OpenAIEmbeddingCollection vectors = await client.GenerateEmbeddingsAsync(["the cat", "the moon"]); // the client asks for base64
        Assert.Equal([0, 1], vectors.Select(vector => vector.Index));
        float[] packed = vectors[1].ToFloats().ToArray();
        Assert.Equal(32, packed.Length);
        Assert.Equal(1, packed.Sum(value => value * value), 1e-4);
        JsonElement plain = await server.Ask("/v1/embeddings", """{"model":"tiny","input":"the moon"}""");
        Assert.Equal(packed, plain.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.True(vectors.Usage.InputTokenCount > 0);

        OpenAIEmbedding shortened = await client.GenerateEmbeddingAsync("the moon", new EmbeddingGenerationOptions { Dimensions = 8 });
        Assert.Equal(8, shortened.ToFloats().Length);
        Assert.Equal(1, shortened.ToFloats().ToArray().Sum(value => value * value), 1e-4);
        await server.Refused("/v1/embeddings", """{"input":"x","dimensions":33}""", HttpStatusCode.BadRequest, "dimensions", "33", "32");
    }

    [Fact]
    public async Task Models_are_listed_and_found_by_name()
    {
        OpenAIModelClient client = server.OpenAI.GetOpenAIModelClient();
        OpenAIModelCollection models = await client.GetModelsAsync();
        Assert.Contains(models, model => model.Id == RunningServer.Model);
        Assert.Equal(RunningServer.Model, (await client.GetModelAsync(RunningServer.Model)).Value.Id);
        await RunningServer.Refused(await server.Http.GetAsync("/v1/models/owner/none"), HttpStatusCode.NotFound, "model", "owner/none");
        await RunningServer.Refused(await server.Http.GetAsync("/v1/models/..%2f..%2fetc%2fpasswd"), HttpStatusCode.NotFound, "model");
        await server.Refused("/v1/completions", $$"""{"model":"{{Path.Combine(server.Folder, "tiny.gguf")}}","prompt":"x"}""", HttpStatusCode.NotFound, "model");
    }

    [Fact]
    public async Task Tokens_make_up_their_text_again()
    {
        JsonElement tokens = await server.Ask("/v1/tokenize", """{"model":"tiny","input":"the cat — 東京"}""");
        int[] ids = [.. tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(TinyModel.Tokenizer.Encode("the cat — 東京"), ids);
        Assert.Equal(ids.Length, tokens.GetProperty("count").GetInt32());
        byte[] bytes = [.. tokens.GetProperty("tokens").EnumerateArray().SelectMany(token => token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte()))];
        Assert.Equal("the cat — 東京", Encoding.UTF8.GetString(bytes));
        Assert.Equal("the cat — 東京", (await server.Ask("/v1/detokenize", JsonSerializer.Serialize(new { tokens = ids }))).GetProperty("text").GetString());
        JsonElement conversation = await server.Ask("/v1/tokenize", """{"messages":[{"role":"user","content":"the cat"}]}""");
        JsonElement answer = await server.Ask("/v1/chat/completions", """{"messages":[{"role":"user","content":"the cat"}],"max_tokens":1}""");
        Assert.Equal(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), conversation.GetProperty("count").GetInt32());
        await server.Refused("/v1/detokenize", """{"tokens":[1,99999]}""", HttpStatusCode.BadRequest, "tokens[1]", "99999");
    }

    [Fact]
    public async Task The_server_tells_how_it_is()
    {
        await server.Ask("/v1/chat/completions", """{"messages":[{"role":"user","content":"the cat"}],"max_tokens":5,"temperature":0}""");
        JsonElement health = JsonDocument.Parse(await server.Http.GetStringAsync("/health")).RootElement;
        Assert.Equal("ok", health.GetProperty("status").GetString());
        string metrics = await server.Http.GetStringAsync("/metrics");
        Assert.Contains("# TYPE gestalt_requests_total counter", metrics);
        Assert.Contains("gestalt_requests_total{route=\"/v1/chat/completions\",status=\"200\"}", metrics);
        Assert.Contains("gestalt_tokens_total{model=\"tiny\",kind=\"generated\"}", metrics);
        Assert.Contains("gestalt_first_token_seconds_bucket{operation=\"chat\",model=\"tiny\",le=\"+Inf\"}", metrics);
        Assert.Contains("gestalt_running{model=\"tiny\"} 0", metrics);
        Assert.Matches("gestalt_cache_memory_bytes\\{model=\"tiny\"\\} [1-9]", metrics);
        Assert.All(metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\\{.*\\})? [0-9.eE+-]+)$", line));
    }
}
