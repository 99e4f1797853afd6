using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Store.Tests.Typed;

public sealed class ConversationsTests : IDisposable
{
    /// <summary>As Studio's page writes it: a question asked twice, the second time answered with a tool.</summary>
    private const string Document = """
        {"title":"The moon","model":"tiny","system":"Be brief.","sampling":{"temperature":0.5},"tools":["sky__look"],"chosen":{"":"b"},
         "messages":[
          {"id":"a","parent":null,"role":"user","content":"What is a moon?","created":"2026-11-21T04:00:00Z"},
          {"id":"a2","parent":"a","role":"assistant","content":"A rock.","usage":{"tokens":3}},
          {"id":"b","parent":null,"role":"user","content":"How far?","attachments":[{"name":"note \"1\".txt","text":"about distances"}]},
          {"id":"b2","parent":"b","role":"assistant","content":"","toolCalls":[{"id":"1","name":"sky__look","arguments":"{\"at\":\"moon\"}"}]},
          {"id":"b3","parent":"b2","role":"tool","content":"384400 km ``` far","call":"1"},
          {"id":"b4","parent":"b3","role":"assistant","content":"Far."}]}
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_shown_is_the_chosen_path_and_else_the_newest()
    {
        SavedConversation conversation = Read(Document);
        Assert.Equal(["b", "b2", "b3", "b4"], conversation.Path().Select(message => message.Id));
        Assert.Equal(["a", "a2"], (conversation with { Chosen = new Dictionary<string, string> { [""] = "a" } }).Path().Select(message => message.Id));
        Assert.Equal(["b", "b2", "b3", "b4"], (conversation with { Chosen = new Dictionary<string, string> { [""] = "gone" } }).Path().Select(message => message.Id));
        Assert.Equal(["a", "b"], conversation.Children(null).Select(message => message.Id));
        Assert.Empty(new SavedConversation().Path());
    }

    [Fact]
    public void A_model_reads_system_message_attachments_calls_and_results()
    {
        Message[] messages = [.. Read(Document).AsShown().Messages];
        Assert.Equal([Roles.System, Roles.User, Roles.Assistant, Roles.Tool, Roles.Assistant], messages.Select(message => message.Role));
        Assert.Equal("<file name=\"note '1'.txt\">\nabout distances\n</file>\n\nHow far?", messages[1].Content);
        Assert.Equal([new ToolCall("sky__look", "{\"at\":\"moon\"}", "1")], messages[2].ToolCalls);
        Assert.Equal("1", messages[3].ToolCallId);
    }

    [Fact]
    public async Task Nothing_that_a_page_wrote_is_lost()
    {
        await using IStore store = await Stores.OpenAsync(_folder.Path);
        var conversations = new Conversations(store);
        StoredConversation added = await conversations.AddAsync(Read(Document));
        StoredConversation kept = (await conversations.GetAsync(added.Id))!;
        using JsonDocument before = JsonDocument.Parse(Document), after = JsonDocument.Parse(StoreJson.Write(kept.Conversation));
        Assert.Equal("sky__look", after.RootElement.GetProperty("tools")[0].GetString());
        Assert.Equal(3, after.RootElement.GetProperty("messages")[1].GetProperty("usage").GetProperty("tokens").GetInt32());
        foreach (JsonProperty property in before.RootElement.EnumerateObject().Where(one => one.Name != "messages"))
            Assert.True(JsonElement.DeepEquals(property.Value, after.RootElement.GetProperty(property.Name)), property.Name);
        Assert.Equal(1, kept.Version);
        await conversations.PutAsync(added.Id, kept.Conversation with { Title = "Renamed" }, kept.Version);
        await Assert.ThrowsAsync<StoreConflictException>(() => conversations.PutAsync(added.Id, kept.Conversation, kept.Version));
        Assert.Equal("Renamed", (await conversations.GetAsync(added.Id))!.Conversation.Title);
        Assert.True(await conversations.DeleteAsync(added.Id));
        Assert.Null(await conversations.GetAsync(added.Id));
    }

    [Theory]
    [InlineData("moon", 1)]
    [InlineData("ROCK brief", 1)]
    [InlineData("distances note", 1)]
    [InlineData("assistant", 0)]
    [InlineData("tiny", 0)]
    [InlineData("sun", 0)]
    public async Task Search_looks_at_what_was_said_on_any_branch_and_not_at_names(string search, int found)
    {
        await using IStore store = await Stores.OpenAsync(_folder.Path);
        var conversations = new Conversations(store);
        await conversations.AddAsync(Read(Document));
        await conversations.AddAsync(new SavedConversation { Title = "Another" });
        Assert.Equal(found, await conversations.ListAsync(search).CountAsync());
    }

    [Theory]
    [InlineData("""[{"id":"a","role":"user"},{"id":"a","role":"user"}]""", "Two messages have the id 'a'")]
    [InlineData("""[{"id":"a","parent":"b","role":"user"},{"id":"b","role":"user"}]""", "'a' follows on 'b'")]
    [InlineData("""[{"id":"a","parent":"a","role":"user"}]""", "'a' follows on 'a'")]
    [InlineData("""[{"id":"a","role":"judge"}]""", "role 'judge'")]
    [InlineData("""[{"id":"","role":"user"}]""", "id of 0 characters")]
    public async Task What_is_no_tree_is_refused_with_the_message_that_spoils_it(string messages, string reason)
    {
        await using IStore store = await Stores.OpenAsync(_folder.Path);
        SavedConversation conversation = Read($$"""{"messages":{{messages}}}""");
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidDataException>(() => new Conversations(store).AddAsync(conversation))).Message);
        Assert.Equal(0, await store.CountAsync(Conversations.Kind));
    }

    [Fact]
    public void A_conversation_is_exported_for_people_and_for_fine_tuning()
    {
        SavedConversation conversation = Read(Document);
        string page = Conversations.ToMarkdown(conversation);
        Assert.StartsWith("# The moon\n\n*Model: tiny*\n\n## System\n\nBe brief.\n\n## You\n\n", page);
        Assert.Contains("Calls `sky__look`:\n\n```json\n{\"at\":\"moon\"}\n```", page);
        Assert.Contains("````\n384400 km ``` far\n````", page);
        Assert.EndsWith("## Assistant\n\nFar.\n", page);
        string line = Conversations.ToJsonLine(conversation);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(line));
        Assert.Equal(conversation.AsShown(), Assert.Single(ConversationFile.Read(stream)));
    }

    private static SavedConversation Read(string json) => JsonSerializer.Deserialize<SavedConversation>(json, StoreJson.Options)!;
}
