using System.ComponentModel;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Text;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference.Tests.Chat;

/// <summary>The engine behind .NET's interfaces: what a request asks for is what the engine is asked for.</summary>
public sealed class ModelChatClientTests : IDisposable
{
    private readonly LoadedModel _loaded;
    private readonly LanguageModel _model;

    public ModelChatClientTests()
    {
        Transformer transformer = SmallModel.Build(context: 1024);
        _loaded = new LoadedModel { Transformer = transformer, Tokenizer = SmallModel.Tokenizer, Metadata = new Dictionary<string, string> { ["general.name"] = "tiny" }, Template = ChatMl.Template };
        _model = new LanguageModel(_loaded, owns: true);
    }

    public void Dispose() => _model.Dispose();

    private static ChatOptions Greedy(int tokens = 12) => new() { Temperature = 0, MaxOutputTokens = tokens };

    private string Expected(Conversation conversation, int tokens = 12) =>
        _model.Generator.Reply(conversation, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = tokens }).ReadToEnd();

    [Fact]
    public async Task Answers_as_the_engine_does_and_says_what_it_cost()
    {
        using IChatClient client = _model.AsChatClient();
        ChatResponse response = await client.GetResponseAsync([new ChatMessage(ChatRole.System, "be a cat"), new ChatMessage(ChatRole.User, "the cat")], Greedy());
        var conversation = Conversation.Of(new Message(Roles.System, "be a cat"), new Message(Roles.User, "the cat"));
        Assert.Equal(Expected(conversation), response.Text);
        Assert.Equal(_model.Generator.PromptIds(conversation).Length, response.Usage!.InputTokenCount);
        Assert.Equal(12, response.Usage.OutputTokenCount);
        Assert.Equal(response.Usage.InputTokenCount + 12, response.Usage.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("tiny", response.ModelId);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
    }

    [Fact]
    public async Task Streams_pieces_that_make_up_the_answer()
    {
        using IChatClient client = _model.AsChatClient();
        var updates = new List<ChatResponseUpdate>();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("the cat", Greedy(20)))
            updates.Add(update);
        Assert.True(updates.Count > 5);
        Assert.Equal(Expected(Conversation.Of(new Message(Roles.User, "the cat")), 20), string.Concat(updates.Select(update => update.Text)));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));
        Assert.NotNull(updates[^1].FinishReason);
    }

    [Fact]
    public async Task Instructions_go_before_what_the_system_says()
    {
        using IChatClient client = _model.AsChatClient();
        ChatOptions options = Greedy();
        options.Instructions = "be brief";
        ChatResponse response = await client.GetResponseAsync([new ChatMessage(ChatRole.System, "be a cat"), new ChatMessage(ChatRole.User, "hi")], options);
        Assert.Equal(Expected(Conversation.Of(new Message(Roles.System, "be brief\n\nbe a cat"), new Message(Roles.User, "hi"))), response.Text);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_and_none_gives_any()
    {
        using IChatClient client = _model.AsChatClient();
        ChatOptions Seeded(long? seed) => new() { Temperature = 1.5f, TopP = 0.99f, TopK = 200, MaxOutputTokens = 24, Seed = seed };
        string first = (await client.GetResponseAsync("the cat", Seeded(7))).Text;
        Assert.Equal(first, (await client.GetResponseAsync("the cat", Seeded(7))).Text);
        Assert.NotEqual(first, (await client.GetResponseAsync("the cat", Seeded(8))).Text);
        Assert.NotEqual((await client.GetResponseAsync("the cat", Seeded(null))).Text, (await client.GetResponseAsync("the cat", Seeded(null))).Text);
    }

    [Fact]
    public async Task Stops_before_a_stop_sequence()
    {
        using IChatClient client = _model.AsChatClient();
        string whole = Expected(Conversation.Of(new Message(Roles.User, "the cat")), 24);
        string stop = whole.Substring(whole.Length / 2, 2);
        ChatOptions options = Greedy(24);
        options.StopSequences = [stop];
        ChatResponse response = await client.GetResponseAsync("the cat", options);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task Json_by_a_schema_is_json_by_that_schema()
    {
        using IChatClient client = _model.AsChatClient();
        JsonElement schema = JsonDocument.Parse("""{"type":"object","properties":{"name":{"enum":["cat","moon"]},"legs":{"type":"integer","minimum":0,"maximum":9}},"required":["name","legs"]}""").RootElement;
        for (int seed = 0; seed < 5; seed++)
        {
            var options = new ChatOptions { Temperature = 1, Seed = seed, MaxOutputTokens = 200, ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) };
            ChatResponse response = await client.GetResponseAsync("a cat?", options);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            JsonElement answer = JsonDocument.Parse(response.Text).RootElement;
            Assert.Contains(answer.GetProperty("name").GetString(), new[] { "cat", "moon" });
            Assert.InRange(answer.GetProperty("legs").GetInt32(), 0, 9);
            Assert.Equal(2, answer.EnumerateObject().Count());
        }
    }

    [Fact]
    public async Task Tools_reach_the_prompt_and_results_come_back()
    {
        using IChatClient client = _model.AsChatClient();
        ChatOptions options = Greedy(4);
        options.Tools = [AIFunctionFactory.Create(([Description("which town")] string town) => "rain", "weather", "tells the weather")];
        long plain = (await client.GetResponseAsync("the cat", Greedy(4))).Usage!.InputTokenCount!.Value;
        long told = (await client.GetResponseAsync("the cat", options)).Usage!.InputTokenCount!.Value;
        Assert.True(told > plain + 100, $"{told} tokens with a tool, {plain} without");
        ChatMessage[] messages =
        [
            new(ChatRole.User, "the cat"),
            new(ChatRole.Assistant, [new FunctionCallContent("abcdefghi", "weather", new Dictionary<string, object?> { ["town"] = "Ulm" })]),
            new(ChatRole.Tool, [new FunctionResultContent("abcdefghi", "rain")]),
        ];
        Conversation read = ChatMessages.Read(messages, null);
        Assert.Equal(new ToolCall("weather", "{\"town\":\"Ulm\"}", "abcdefghi"), Assert.Single(read.Messages[1].ToolCalls));
        Assert.Equal(("rain", "abcdefghi", "weather"), (read.Messages[2].Content, read.Messages[2].ToolCallId, read.Messages[2].Name));
        Assert.True((await client.GetResponseAsync(messages, options)).Usage!.InputTokenCount > told);
    }

    [Fact]
    public void Templates_that_know_no_tools_get_them_in_the_text()
    {
        var conversation = Conversation.Of(
            new Message(Roles.User, "hi"),
            new Message(Roles.Assistant, "") { ToolCalls = [new ToolCall("clock", "{}", "1")] },
            new Message(Roles.Tool, "12:00") { ToolCallId = "1" });
        Conversation told = ToolDefinitions.InText(conversation, "[{}]");
        Assert.Equal([Roles.System, Roles.User, Roles.Assistant, Roles.User], told.Messages.Select(message => message.Role));
        Assert.Contains("<tools>\n[{}]\n</tools>", told.Messages[0].Content, StringComparison.Ordinal);
        Assert.Equal("<tool_call>\n{\"name\": \"clock\", \"arguments\": {}}\n</tool_call>", told.Messages[2].Content);
        Assert.Equal("<tool_response>\n12:00\n</tool_response>", told.Messages[3].Content);
        Assert.All(told.Messages, message => Assert.Empty(message.ToolCalls));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused()
    {
        using IChatClient client = _model.AsChatClient();
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync("hi", new ChatOptions { Temperature = -1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("hi", new ChatOptions { AdditionalProperties = new() { ["min_p"] = "much" } }));
        await Assert.ThrowsAsync<ContextLimitException>(() => client.GetResponseAsync("hi", new ChatOptions { MaxOutputTokens = 5000 }));
        ChatOptions closed = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"strange"}""").RootElement) };
        await Assert.ThrowsAnyAsync<Exception>(() => client.GetResponseAsync("hi", closed));
    }

    [Fact]
    public async Task Callers_at_the_same_time_each_get_their_answer()
    {
        using IChatClient client = _model.AsChatClient();
        string[] asked = [.. Enumerable.Range(0, 8).Select(i => $"the cat sat {i} times")];
        string[] alone = [.. asked.Select(text => Expected(Conversation.Of(new Message(Roles.User, text)), 16))];
        ChatResponse[] together = await Task.WhenAll(asked.Select(text => Task.Run(() => client.GetResponseAsync(text, Greedy(16)))));
        Assert.Equal(alone, together.Select(response => response.Text));
    }

    [Fact]
    public async Task Cancelling_ends_an_answer_and_frees_the_engine()
    {
        using IChatClient client = _model.AsChatClient();
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("the cat", Greedy(800), source.Token))
                source.Cancel();
        });
        Assert.NotEmpty((await client.GetResponseAsync("the cat", Greedy())).Text);
    }

    [Fact]
    public async Task Embeddings_are_the_engines_with_their_cost()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = _model.AsEmbeddingGenerator();
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(["the cat", "the moon"]);
        Assert.Equal(2, vectors.Count);
        Assert.Equal(_model.Embed("the moon"), vectors[1].Vector.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(1, vectors[0].Vector.ToArray().Sum(value => value * value), 1e-4);
        Assert.Equal(_model.Generator.PromptIds("the cat").Length + _model.Generator.PromptIds("the moon").Length, vectors.Usage!.InputTokenCount);
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(["x"], new EmbeddingGenerationOptions { Dimensions = 3 }));
    }

    [Fact]
    public void Adapters_tell_what_is_behind_them()
    {
        IChatClient client = _model.AsChatClient();
        Assert.Same(_model, client.GetService(typeof(LanguageModel)));
        Assert.Equal("tiny", client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Null(client.GetService(typeof(LanguageModel), "key"));
        Assert.Equal(32, _model.AsEmbeddingGenerator().GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
    }

    [Fact]
    public async Task Opens_a_file_and_reads_in_ten_lines()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gestalt-{Guid.NewGuid():N}.gguf");
        try
        {
            ModelFile.Save(path, _loaded.Transformer, _loaded.Tokenizer, new ModelFileOptions { IsAssistant = true, Name = "small" });
            using var model = LanguageModel.Open(path);
            var pieces = new List<string>();
            await foreach (string piece in model.Reply("the cat", new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = 8 }))
                pieces.Add(piece);
            Assert.Equal("small", model.Name);
            Assert.True(model.IsAssistant);
            Assert.NotEmpty(pieces);
            Assert.NotEmpty(await model.Complete("the", new GenerationOptions { MaxTokens = 3 }).ToListAsync());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
