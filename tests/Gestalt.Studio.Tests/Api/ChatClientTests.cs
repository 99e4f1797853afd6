using System.ClientModel;
using System.Text.Json;
using OpenAI.Chat;

namespace Gestalt.Studio.Tests.Api;

/// <summary>OpenAI's own client talks to <c>/v1/chat/completions</c> as if OpenAI answered.</summary>
public sealed class ChatClientTests(RunningServer server) : IClassFixture<RunningServer>
{
    private ChatClient Chat => server.OpenAI.GetChatClient(RunningServer.Model);

    private static ChatCompletionOptions Greedy(int tokens = 12) => new() { Temperature = 0, MaxOutputTokenCount = tokens };

    [Fact, Trait("Speed", "Smoke")]
    public async Task A_question_is_answered_with_its_cost()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new SystemChatMessage("be a cat"), new UserChatMessage("the cat")], Greedy());
        Assert.NotEmpty(answer.Content[0].Text);
        Assert.Equal(12, answer.Usage.OutputTokenCount);
        Assert.Equal(answer.Usage.InputTokenCount + 12, answer.Usage.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(RunningServer.Model, answer.Model);
        Assert.StartsWith("chatcmpl-", answer.Id);
        Assert.InRange(answer.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task A_stream_is_the_same_answer_in_pieces()
    {
        ChatCompletion whole = await Chat.CompleteChatAsync([new UserChatMessage("the cat")], Greedy(24));
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage("the cat")], Greedy(24)))
            updates.Add(update);
        Assert.Equal(whole.Content[0].Text, string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(whole.FinishReason, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
        // The client always asks for usage in streams, and it comes last.
        Assert.Equal(whole.Usage.OutputTokenCount, updates[^1].Usage.OutputTokenCount);
        Assert.True(updates.Count > 6);
    }

    [Fact]
    public async Task A_second_turn_reads_only_what_is_new()
    {
        UserChatMessage question = new("the cat sat on the mat and saw the moon, and the moon saw the cat");
        ChatCompletion first = await Chat.CompleteChatAsync([question], Greedy());
        ChatCompletion second = await Chat.CompleteChatAsync([question, new AssistantChatMessage(first.Content[0].Text), new UserChatMessage("and then?")], Greedy());
        Assert.True(second.Usage.InputTokenDetails.CachedTokenCount >= first.Usage.InputTokenCount - 2, $"{second.Usage.InputTokenDetails.CachedTokenCount} cached of {second.Usage.InputTokenCount}");
    }

    [Fact]
    public async Task Every_token_is_told_with_its_probability()
    {
        ChatCompletionOptions options = Greedy(6);
        options.IncludeLogProbabilities = true;
        options.TopLogProbabilityCount = 3;
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("the cat")], options);
        Assert.Equal(6, answer.ContentTokenLogProbabilities.Count);
        foreach (ChatTokenLogProbabilityDetails token in answer.ContentTokenLogProbabilities)
        {
            Assert.True(token.LogProbability <= 0);
            Assert.Equal(3, token.TopLogProbabilities.Count);
            Assert.Equal(token.Token, token.TopLogProbabilities[0].Token); // greedy takes the likeliest
            Assert.True(token.TopLogProbabilities[0].LogProbability >= token.TopLogProbabilities[2].LogProbability);
        }
        byte[] bytes = [.. answer.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray())];
        Assert.Equal(answer.Content[0].Text, System.Text.Encoding.UTF8.GetString(bytes));

        int streamed = 0;
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage("the cat")], options))
            streamed += update.ContentTokenLogProbabilities.Count;
        Assert.Equal(6, streamed);
    }

    [Fact]
    public async Task A_seed_repeats_an_answer_and_a_bias_forbids_a_token()
    {
        ChatCompletionOptions Seeded(long seed) => new() { Temperature = 1.5f, MaxOutputTokenCount = 16, Seed = seed };
        async Task<string> Text(ChatCompletionOptions options) => (await Chat.CompleteChatAsync([new UserChatMessage("the cat")], options)).Value.Content[0].Text;
        string first = await Text(Seeded(7));
        Assert.Equal(first, await Text(Seeded(7)));
        Assert.NotEqual(first, await Text(Seeded(8)));

        ChatCompletionOptions likely = Greedy(1);
        likely.IncludeLogProbabilities = true;
        likely.TopLogProbabilityCount = 1;
        ChatTokenLogProbabilityDetails taken = (await Chat.CompleteChatAsync([new UserChatMessage("the cat")], likely)).Value.ContentTokenLogProbabilities[0];
        int id = Enumerable.Range(0, TinyModel.Tokenizer.VocabularySize).First(token => TinyModel.Tokenizer.TokenBytes(token).SequenceEqual(taken.Utf8Bytes!.Value.Span));
        likely.LogitBiases[id] = -100;
        Assert.NotEqual(taken.Utf8Bytes!.Value.ToArray(), (await Chat.CompleteChatAsync([new UserChatMessage("the cat")], likely)).Value.ContentTokenLogProbabilities[0].Utf8Bytes!.Value.ToArray());
    }

    [Fact]
    public async Task A_stop_text_ends_an_answer_before_it()
    {
        string whole = (await Chat.CompleteChatAsync([new UserChatMessage("the cat")], Greedy(24))).Value.Content[0].Text;
        string stop = whole.Substring(whole.Length / 2, 2);
        ChatCompletionOptions options = Greedy(24);
        options.StopSequences.Add(stop);
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("the cat")], options);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
    }

    [Fact]
    public async Task A_schema_is_held_to_by_any_model()
    {
        BinaryData schema = BinaryData.FromString("""{"type":"object","properties":{"name":{"enum":["cat","moon"]},"legs":{"type":"integer","minimum":0,"maximum":9}},"required":["name","legs"],"additionalProperties":false}""");
        var options = new ChatCompletionOptions { Temperature = 1, MaxOutputTokenCount = 200, ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("animal", schema, jsonSchemaIsStrict: true) };
        for (int seed = 0; seed < 3; seed++)
        {
            options.Seed = seed;
            ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("a cat?")], options);
            Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
            JsonElement json = JsonDocument.Parse(answer.Content[0].Text).RootElement;
            Assert.Contains(json.GetProperty("name").GetString(), new[] { "cat", "moon" });
            Assert.InRange(json.GetProperty("legs").GetInt32(), 0, 9);
        }
    }

    [Fact]
    public async Task Several_answers_to_one_question_differ()
    {
        JsonElement answer = await server.Ask("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"the cat"}],"n":3,"temperature":1.5,"seed":5,"max_tokens":16}""");
        string[] texts = [.. answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!)];
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal([0, 1, 2], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.InRange(answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), (2 * 16) + 1, 3 * 16); // all three count, though one may end early
        JsonElement again = await server.Ask("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":"the cat"}],"n":3,"temperature":1.5,"seed":5,"max_tokens":16}""");
        Assert.Equal(texts, again.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task Refusals_are_exceptions_with_status_and_reason()
    {
        ClientResultException problem = await Assert.ThrowsAsync<ClientResultException>(() => server.OpenAI.GetChatClient("nobody").CompleteChatAsync(new UserChatMessage("hi")));
        Assert.Equal(404, problem.Status);
        Assert.Contains("nobody", problem.Message);
        problem = await Assert.ThrowsAsync<ClientResultException>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate _ in Chat.CompleteChatStreamingAsync([new UserChatMessage("hi")], new ChatCompletionOptions { MaxOutputTokenCount = 5000 }))
            {
            }
        });
        Assert.Equal(400, problem.Status);
        Assert.Contains("1024", problem.Message);
    }
}
