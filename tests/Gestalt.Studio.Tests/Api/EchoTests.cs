using System.Text.Json;
using Gestalt.Inference;

namespace Gestalt.Studio.Tests.Api;

/// <summary>Texts that come back with how likely each of their tokens was, as OpenAI's older interface tells it.</summary>
public sealed class EchoTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Prompt = "the cat sat on the moon — 東京";

    private async Task<JsonElement> Echoed(string more) =>
        (await server.Ask("/v1/completions", $$"""{"prompt":{{JsonSerializer.Serialize(Prompt)}},"temperature":0,"echo":true,{{more}}}""")).GetProperty("choices")[0];

    [Fact]
    public async Task A_prompt_is_scored_as_if_each_of_its_tokens_had_been_generated()
    {
        JsonElement choice = await Echoed("""
            "max_tokens":4,"logprobs":2
            """);
        JsonElement told = choice.GetProperty("logprobs");
        int[] ids = TinyModel.Tokenizer.Encode(Prompt);
        Assert.Equal(ids.Length + 4, told.GetProperty("tokens").GetArrayLength());
        double?[] probabilities = [.. told.GetProperty("token_logprobs").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())];
        Assert.Null(probabilities[0]);
        Assert.Equal(JsonValueKind.Null, told.GetProperty("top_logprobs")[0].ValueKind);

        // The oracle: the engine draws each of these tokens where every other one is forbidden, and says how likely it was.
        Engine engine = Assert.Single(server.Server.Pool.Loaded).Model.Engine;
        int[] whole = Assert.Single(server.Server.Pool.Loaded).Model.Generator.PromptIds(Prompt);
        int start = whole.Length - ids.Length;
        for (int i = 1; i < ids.Length; i++)
        {
            var forced = new GenerationOptions { MaxTokens = 1, LogProbabilities = true, Vocabulary = TinyModel.Tokenizer.VocabularySize, Sampling = new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, float> { [ids[i]] = 1000 } } };
            Generation drawn = engine.GenerateAll([whole[..(start + i)]], forced)[0];
            Assert.Equal(ids[i], Assert.Single(drawn.Ids));
            Assert.Equal(drawn.LogProbabilities[0], probabilities[i]!.Value, 1e-3);
        }
    }

    [Fact]
    public async Task Places_and_texts_of_tokens_make_up_the_text_and_nothing_need_be_generated()
    {
        JsonElement choice = await Echoed("""
            "max_tokens":0,"logprobs":0
            """);
        Assert.Equal(Prompt, choice.GetProperty("text").GetString());
        JsonElement told = choice.GetProperty("logprobs");
        Assert.Equal(TinyModel.Tokenizer.Encode(Prompt).Length, told.GetProperty("tokens").GetArrayLength());
        Assert.False(told.TryGetProperty("top_logprobs", out _));
        int[] places = [.. told.GetProperty("text_offset").EnumerateArray().Select(value => value.GetInt32())];
        Assert.Equal(0, places[0]);
        string[] texts = [.. told.GetProperty("tokens").EnumerateArray().Select(value => value.GetString()!)];
        int letters = Prompt.IndexOf('—'); // behind it, tokens are parts of letters
        for (int i = 0; i < places.Length && places[i] + texts[i].Length <= letters; i++)
            Assert.Equal(texts[i], Prompt.Substring(places[i], texts[i].Length));
    }

    [Fact]
    public async Task A_stream_tells_the_prompt_first_and_ids_are_scored_as_they_stand()
    {
        using HttpResponseMessage response = await server.Post("/v1/completions", """{"prompt":[84,104,101],"max_tokens":2,"temperature":0,"echo":true,"logprobs":1,"stream":true}""");
        string[] events = [.. (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line != "data: [DONE]")];
        JsonElement first = JsonDocument.Parse(events[0]["data: ".Length..]).RootElement.GetProperty("choices")[0];
        Assert.Equal(TinyModel.Tokenizer.DecodeText([84, 104, 101]), first.GetProperty("text").GetString());
        Assert.Equal(3, first.GetProperty("logprobs").GetProperty("tokens").GetArrayLength());
        Assert.Equal(2, events[1..].Sum(line => JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("choices")[0].TryGetProperty("logprobs", out JsonElement told) && told.ValueKind == JsonValueKind.Object ? told.GetProperty("tokens").GetArrayLength() : 0));
    }

    [Fact]
    public async Task A_count_comes_without_the_tokens_where_only_that_is_wanted()
    {
        JsonElement whole = await server.Ask("/v1/tokenize", """{"input":"the cat sat"}""");
        JsonElement count = await server.Ask("/v1/tokenize", """{"input":"the cat sat","count_only":true}""");
        Assert.Equal(whole.GetProperty("count").GetInt32(), count.GetProperty("count").GetInt32());
        Assert.False(count.TryGetProperty("tokens", out _));
        Assert.False(count.TryGetProperty("ids", out _));
    }
}
