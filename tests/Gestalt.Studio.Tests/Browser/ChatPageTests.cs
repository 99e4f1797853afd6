using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Text;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Conversations with a model that is really there, as a person has them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChatPageTests(StudioInBrowser studio)
{
    private const string Say = "[data-say]", Answers = ".message.assistant:not(.busy)";

    /// <summary>Asks for short answers, so that tests are short, too.</summary>
    private static async Task<StudioTab> OpenAsync(StudioInBrowser studio, int tokens = 24, int width = 1280)
    {
        StudioTab tab = await studio.OpenAsync("/chat", width: width);
        await tab["#dial-max_tokens"].EvaluateAsync("(field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); }", tokens.ToString());
        await tab["#dial-seed"].EvaluateAsync("field => { field.value = 7; field.dispatchEvent(new Event('input', { bubbles: true })); }");
        return tab;
    }

    private static async Task SayAsync(StudioTab tab, string text)
    {
        int before = await tab[Answers].CountAsync();
        await tab[Say].FillAsync(text);
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[Answers]).ToHaveCountAsync(before + 1);
        await KeptAsync(tab);
    }

    /// <summary>Waits until the store has it, and the list of conversations, which is asked for after that, shows it.</summary>
    private static async Task KeptAsync(StudioTab tab)
    {
        await tab["[data-kept=yes]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await tab[".history-item a[aria-current]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    [Fact]
    public async Task An_answer_streams_in_is_said_aloud_once_and_is_there_after_a_reload()
    {
        await using StudioTab tab = await OpenAsync(studio);
        await tab.Page.EvaluateAsync("""
            () => {
              window.heard = [];
              const region = document.getElementById("announcer");
              new MutationObserver(() => region.textContent && window.heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
            }
            """);
        Assert.True(await tab["[data-welcome]"].IsVisibleAsync());
        await SayAsync(tab, "Who are you?\nTell me.");
        string answer = await tab[".message.assistant .md"].InnerTextAsync();
        Assert.NotEmpty(answer);
        Assert.Equal("Who are you?\nTell me.", await tab[".message.user .said"].InnerTextAsync());
        Assert.Matches(@"^\d[\d,]* of 4,096 tokens$", await tab["[data-context-text]"].InnerTextAsync());
        Assert.Matches(@"^\d+ tokens? · ([\d,]+ tokens/s · )?first after \d+", await tab[".message.assistant .facts-line"].InnerTextAsync());
        await tab.Page.WaitForFunctionAsync("() => window.heard.length > 0");
        string[] heard = await tab.Page.EvaluateAsync<string[]>("() => window.heard");
        Assert.StartsWith($"{StudioInBrowser.Model} answered: ", Assert.Single(heard), StringComparison.Ordinal);
        Assert.Equal("Who are you?", await tab["[data-title]"].InnerTextAsync());
        Assert.True(await tab[Say].EvaluateAsync<bool>("field => field === document.activeElement"));
        await tab.AssertAccessibleAsync("with an answer");

        await tab.Page.ReloadAsync();
        await tab.ReadyAsync();
        Assert.Equal(answer, await tab[".message.assistant .md"].InnerTextAsync());
        Assert.Equal("24", await tab["#dial-max_tokens"].InputValueAsync());
    }

    [Fact]
    public async Task Escape_stops_an_answer_and_what_came_stays()
    {
        await using StudioTab tab = await OpenAsync(studio, tokens: 4000);
        await tab["[data-model]"].SelectOptionAsync("other"); // it takes seconds for as much
        await tab.Page.RouteAsync("**/v1/chat/completions", route => route.ContinueAsync(new RouteContinueOptions { PostData = Endless(route.Request.PostData!) }));
        await tab[Say].FillAsync("Go on and on.");
        await tab.PressAsync("Enter");
        await tab.Page.WaitForFunctionAsync("() => document.querySelector('.message.assistant.busy .md')?.textContent.length > 20");
        Assert.True(await tab.Button("Stop").IsVisibleAsync());
        await tab.PressAsync("Escape");
        await Assertions.Expect(tab[Answers]).ToHaveCountAsync(1);
        await Assertions.Expect(tab[".message .cut"]).ToHaveTextAsync("Stopped.");
        await KeptAsync(tab);
        string answer = await tab[".message.assistant .md"].InnerTextAsync();
        await tab.Page.ReloadAsync();
        await tab.ReadyAsync();
        Assert.Equal(answer, await tab[".message.assistant .md"].InnerTextAsync());
    }

    /// <summary>A request whose answer does not end by itself: tokens that would end it cannot come.</summary>
    private static byte[] Endless(string request)
    {
        JsonNode body = JsonNode.Parse(request)!;
        body["logit_bias"] = new JsonObject(Enumerable.Range(0, TinyModel.Tokenizer.VocabularySize).Where(id => TinyModel.Tokenizer.KindOf(id) == TokenKind.Control).Select(id => KeyValuePair.Create($"{id}", (JsonNode?)-100)));
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    [Fact]
    public async Task Editing_and_asking_again_grow_branches_and_nothing_is_lost()
    {
        await using StudioTab tab = await OpenAsync(studio);
        await SayAsync(tab, "First.");
        await tab[Say].FocusAsync();
        await tab.PressAsync("ArrowUp");
        ILocator editor = tab.Page.GetByLabel("The message, changed");
        Assert.Equal("First.", await editor.InputValueAsync());
        await tab.AssertAccessibleAsync("while editing");
        await editor.FillAsync("Second.");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".message.user .said"]).ToHaveTextAsync("Second.");
        await Assertions.Expect(tab[Answers]).ToHaveCountAsync(1);
        await Assertions.Expect(tab[".message.user .branches span"]).ToHaveTextAsync("2/2");

        await tab.PressAsync("Alt+KeyR");
        await Assertions.Expect(tab[".message.assistant .branches span"]).ToHaveTextAsync("2/2");
        await Assertions.Expect(tab[Answers]).ToHaveCountAsync(1);
        await tab[".message.assistant"].First.FocusAsync();
        await tab.PressAsync("Alt+Comma");
        await Assertions.Expect(tab[".message.assistant .branches span"]).ToHaveTextAsync("1/2");
        await tab[".message.user"].GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "The branch before" }).ClickAsync();
        await Assertions.Expect(tab[".message.user .said"]).ToHaveTextAsync("First.");
        Assert.Equal(0, await tab[".message.assistant .branches"].CountAsync());

        await tab.Page.WaitForResponseAsync(response => response.Request.Method == "PUT");
        await tab.Page.ReloadAsync();
        await tab.ReadyAsync();
        await Assertions.Expect(tab[".message.user .said"]).ToHaveTextAsync("First.");
        await Assertions.Expect(tab[".message.user .branches span"]).ToHaveTextAsync("1/2");
    }

    [Fact]
    public async Task What_is_set_is_what_is_asked_for()
    {
        await using StudioTab tab = await OpenAsync(studio);
        await tab.PressAsync("Alt+KeyS");
        Assert.True(await tab["[data-system]"].EvaluateAsync<bool>("field => field === document.activeElement"));
        await tab["[data-system]"].FillAsync("You are a cat.");
        await tab["#dial-temperature"].FillAsync("0.3");
        Assert.Equal("0.3", await tab["[data-dial=temperature] input[type=range]"].InputValueAsync());
        await tab["[data-dial=top_p] input[type=range]"].FillAsync("0.5");
        await tab["#dial-top_k"].FillAsync("12");
        await tab["#dial-stop"].FillAsync("END|STOP");
        await tab.AssertAccessibleAsync("with the dials open");
        await tab.PressAsync("Escape");
        Assert.False(await tab["#dials"].IsVisibleAsync());
        await tab["[data-model]"].SelectOptionAsync("other");

        Task<IRequest> asked = tab.Page.WaitForRequestAsync("**/v1/chat/completions");
        await SayAsync(tab, "Hello.");
        JsonElement body = JsonDocument.Parse((await asked).PostData!).RootElement;
        Assert.Equal("other", body.GetProperty("model").GetString());
        Assert.Equal((0.3, 0.5, 12, 24, 7), (body.GetProperty("temperature").GetDouble(), body.GetProperty("top_p").GetDouble(), body.GetProperty("top_k").GetInt32(), body.GetProperty("max_tokens").GetInt32(), body.GetProperty("seed").GetInt32()));
        Assert.Equal(["END", "STOP"], body.GetProperty("stop").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(["system", "user"], body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.False(body.TryGetProperty("min_p", out _), "what is left empty must not be sent");
        await Assertions.Expect(tab[".message.assistant .who"]).ToHaveTextAsync("other");
    }

    [Fact]
    public async Task Files_go_with_a_message_as_text_and_what_is_no_text_is_refused()
    {
        await using StudioTab tab = await OpenAsync(studio);
        await tab["[data-files]"].SetInputFilesAsync([
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "The moon is a cat.\n"u8.ToArray() },
            new FilePayload { Name = "picture.png", MimeType = "image/png", Buffer = [0x89, 0x50, 0, 0xFF] },
        ]);
        await Assertions.Expect(tab["[data-attachments] .attachment"]).ToHaveCountAsync(1);
        await Assertions.Expect(tab["[data-attachments] .size"]).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d+ tokens$"));
        await Assertions.Expect(tab["[data-problem]"]).ToContainTextAsync("picture.png is not text in UTF-8.");
        await tab.AssertAccessibleAsync("with a file");
        await tab[Say].EvaluateAsync("""
            field => {
              const data = new DataTransfer();
              data.setData("text/plain", "word ".repeat(1500));
              field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """);
        await Assertions.Expect(tab["[data-attachments] .attachment"]).ToHaveCountAsync(2);
        await tab.Button("Remove pasted-2.txt").ClickAsync();
        await tab.Button("notes.txt").ClickAsync();
        await Assertions.Expect(tab["dialog[open] .file-text"]).ToHaveTextAsync("The moon is a cat.");
        await tab.PressAsync("Escape");

        Task<IRequest> asked = tab.Page.WaitForRequestAsync("**/v1/chat/completions");
        await SayAsync(tab, "What is the moon?");
        string content = JsonDocument.Parse((await asked).PostData!).RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
        Assert.Equal("<file name=\"notes.txt\">\nThe moon is a cat.\n\n</file>\n\nWhat is the moon?", content);
        await tab.Page.ReloadAsync();
        await tab.ReadyAsync();
        await Assertions.Expect(tab[".message .attachment .name"]).ToHaveTextAsync("notes.txt");
    }

    [Fact]
    public async Task A_conversation_that_does_not_fit_is_refused_with_both_numbers_and_nothing_is_lost()
    {
        await using StudioTab tab = await OpenAsync(studio);
        tab.Expected.Add("400 (Bad Request)");
        string text = string.Concat(Enumerable.Repeat("moon ", 2300)) + "!?";
        await tab[Say].FillAsync(text);
        await Assertions.Expect(tab["[data-context]"]).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("full"));
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-problem]"]).ToContainTextAsync(new System.Text.RegularExpressions.Regex("4,?096"));
        await Assertions.Expect(tab[".message.user"]).ToHaveCountAsync(1);
        Assert.Equal(0, await tab[".message.assistant"].CountAsync());
    }

    [Fact]
    public async Task Conversations_are_found_renamed_exported_and_deleted()
    {
        await using StudioTab tab = await OpenAsync(studio);
        string word = $"marmalade{Guid.NewGuid():N}";
        await SayAsync(tab, $"I like {word}.");
        await tab.PressAsync("Alt+KeyN");
        Assert.True(await tab["[data-welcome]"].IsVisibleAsync());
        await tab.PressAsync("Alt+KeyF");
        await tab.Page.Keyboard.TypeAsync(word.ToUpperInvariant());
        await Assertions.Expect(tab[".history-item"]).ToHaveCountAsync(1);
        await tab.PressAsync("ArrowDown");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".message.user .said"]).ToContainTextAsync(word);

        ILocator more = tab[".history-item .icon-button"];
        await more.ClickAsync();
        await tab.AssertAccessibleAsync("with a menu open");
        await tab.Button("Rename").ClickAsync();
        await tab.Page.GetByLabel("Name of the conversation").FillAsync("Breakfast");
        int asked = 0; // a list that comes anew while a name is typed leaves the name alone
        tab.Page.Response += (_, answer) => asked += answer.Url.Contains("/studio/conversations?search=", StringComparison.Ordinal) ? 1 : 0;
        await tab["[data-search]"].DispatchEventAsync("input");
        for (int patience = 0; asked == 0 && patience < 200; patience++) await Task.Delay(25);
        await Assertions.Expect(tab.Page.GetByLabel("Name of the conversation")).ToHaveValueAsync("Breakfast");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-title]"]).ToHaveTextAsync("Breakfast");

        IDownload markdown = await tab.Page.RunAndWaitForDownloadAsync(async () =>
        {
            await more.ClickAsync();
            await tab.Button("Export as Markdown").ClickAsync();
        });
        Assert.Equal("breakfast.md", markdown.SuggestedFilename);
        string text = await File.ReadAllTextAsync(await markdown.PathAsync());
        Assert.StartsWith($"# Breakfast\n\n## You\n\nI like {word}.\n\n## {StudioInBrowser.Model}\n\n", text, StringComparison.Ordinal);
        IDownload json = await tab.Page.RunAndWaitForDownloadAsync(async () =>
        {
            await more.ClickAsync();
            await tab.Button("Export as JSON").ClickAsync();
        });
        JsonElement document = JsonDocument.Parse(await File.ReadAllTextAsync(await json.PathAsync())).RootElement;
        Assert.Equal(2, document.GetProperty("messages").GetArrayLength());

        await more.ClickAsync();
        await tab.Button("Delete").ClickAsync();
        await tab.AssertAccessibleAsync("while asked");
        await tab.Button("Cancel").ClickAsync();
        await Assertions.Expect(tab[".history-item"]).ToHaveCountAsync(1);
        await more.ClickAsync();
        await tab.Button("Delete").ClickAsync();
        await tab["dialog"].GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(tab[".history-item"]).ToHaveCountAsync(0);
        Assert.EndsWith("/chat", tab.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_windows_do_not_write_over_each_other()
    {
        await using StudioTab one = await OpenAsync(studio);
        await SayAsync(one, "Mine.");
        await using StudioTab two = await studio.OpenAsync(new Uri(one.Page.Url).PathAndQuery);
        await SayAsync(two, "Theirs.");
        one.Expected.Add("409 (Conflict)");
        await one[Say].FillAsync("Again mine.");
        await one.PressAsync("Enter");
        await Assertions.Expect(one["[data-problem]"]).ToContainTextAsync("changed in another window");
        await one.Button("Show that").ClickAsync();
        await Assertions.Expect(one[".message.user .said"].Nth(1)).ToHaveTextAsync("Theirs.");
    }

    /// <summary>A small model does not call tools by itself: the answer that asks for one is made up here, all else is real.</summary>
    [Fact]
    public async Task A_tool_runs_when_the_user_allows_it_and_its_result_goes_back_to_the_model()
    {
        await using StudioTab tab = await studio.OpenAsync("/chat", waits: false);
        var asked = new List<JsonElement>();
        await tab.Page.RouteAsync("**/studio/tools", route => route.FulfillAsync(new RouteFulfillOptions { Json = new { tools = new[] { new { name = "clock__now", description = "The time of day.", parameters = new { type = "object" }, server = "clock", permission = "ask" } }, servers = Array.Empty<object>() } }));
        await tab.Page.RouteAsync("**/studio/tools/call", route =>
        {
            asked.Add(JsonDocument.Parse(route.Request.PostData!).RootElement);
            return route.FulfillAsync(new RouteFulfillOptions { Json = new { content = "{\"time\":\"12:34\"}", isError = false, refused = false } });
        });
        await tab.Page.RouteAsync("**/v1/chat/completions", route =>
        {
            JsonElement body = JsonDocument.Parse(route.Request.PostData!).RootElement;
            asked.Add(body);
            object[] chunks = body.GetProperty("messages").EnumerateArray().Last().GetProperty("role").GetString() == "tool"
                ? [Chunk(new { content = "It is **12:34**." }), Chunk(new { }, "stop")]
                : [Chunk(new { reasoning_content = "I need a clock." }), Chunk(new { tool_calls = new[] { new { index = 0, id = "call_1", type = "function", function = new { name = "clock__now", arguments = "{\"zone\":" } } } }),
                    Chunk(new { tool_calls = new[] { new { index = 0, function = new { arguments = "\"UTC\"}" } } } }), Chunk(new { }, "tool_calls")];
            return route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/event-stream", Body = string.Concat(chunks.Select(chunk => $"data: {JsonSerializer.Serialize(chunk)}\n\n")) + "data: [DONE]\n\n" });
        });
        await tab.Page.ReloadAsync();
        await tab.ReadyAsync();
        await tab.Button("Tools: none").ClickAsync();
        await tab["dialog[open] input[type=checkbox]"].CheckAsync();
        await tab.AssertAccessibleAsync("choosing tools");
        await tab.PressAsync("Escape");
        await tab[Say].FillAsync("What time is it?");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".call .state"]).ToHaveTextAsync("waits for you");
        Assert.Equal("Once", await tab.Page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await tab.AssertAccessibleAsync("while a tool waits");
        Assert.Equal("clock__now", asked[0].GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".message.assistant .md strong"]).ToHaveTextAsync("12:34");
        Assert.Equal(("clock__now", "{\"zone\":\"UTC\"}", false), (asked[1].GetProperty("name").GetString(), asked[1].GetProperty("arguments").GetString(), asked[1].GetProperty("always").GetBoolean()));
        JsonElement[] messages = [.. asked[2].GetProperty("messages").EnumerateArray()];
        Assert.Equal(["user", "assistant", "tool"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal("call_1", messages[2].GetProperty("tool_call_id").GetString());
        Assert.DoesNotContain("I need a clock.", asked[2].GetRawText()); // what it thought is not said to it again
        await Assertions.Expect(tab[".call .state"]).ToHaveTextAsync("done");
        Assert.False(await tab[".thinking"].First.IsVisibleAsync());
        await tab[".thought summary"].First.ClickAsync();
        Assert.Equal("I need a clock.", await tab[".thinking"].First.InnerTextAsync());
        await tab[".call summary"].First.ClickAsync();
        await tab.AssertAccessibleAsync("with a tool's result");

        static object Chunk(object delta, string? finish = null) => new { choices = new[] { new { index = 0, delta, finish_reason = finish } } };
    }

    /// <summary>From an answer to why each of its tokens came: the very tokens that were generated, behind all that the model had read.</summary>
    [Fact]
    public async Task An_answer_is_looked_into_token_by_token()
    {
        await using StudioTab tab = await OpenAsync(studio, tokens: 12);
        await SayAsync(tab, "The cat?");
        await SayAsync(tab, "And the moon?");
        int[] ids = await tab.Page.EvaluateAsync<int[]>("async () => (await (await fetch(`/studio/conversations/${location.pathname.split('/')[2]}`)).json()).conversation.messages.at(-1).ids");
        Assert.InRange(ids.Length, 1, 12);
        await tab[".message.assistant"].Last.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Look inside: why these tokens came" }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/inside?*");
        await tab.ReadyAsync();
        await Assertions.Expect(tab["[data-origin]"]).ToContainTextAsync("“The cat?”. Pick any of its tokens.");
        await Assertions.Expect(tab[".strip .token.mate"]).ToHaveCountAsync(ids.Length);
        await Assertions.Expect(tab["[data-why]"]).ToContainTextAsync("came after");
        await Assertions.Expect(tab[".bars li.came"]).ToHaveCountAsync(1);
        await tab.AssertAccessibleAsync("with an answer of the chat");
        await tab["[data-view]"].FocusAsync();
        await tab.PressAsync("End");
        await Assertions.Expect(tab[".bars li.came"]).ToHaveCountAsync(1);
        await tab["[data-origin] a"].ClickAsync();
        await Assertions.Expect(tab[".message.assistant"]).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_dial_turned_just_before_another_conversation_is_shown_is_kept()
    {
        await using StudioTab tab = await OpenAsync(studio, tokens: 4);
        await SayAsync(tab, "First.");
        string first = new Uri(tab.Page.Url).AbsolutePath;
        await tab.Page.EvaluateAsync("""
            () => {
              const dial = document.querySelector("#dial-max_tokens");
              dial.value = "9";
              dial.dispatchEvent(new Event("input", { bubbles: true }));
              document.querySelector("[data-new]").click();
            }
            """);
        await Assertions.Expect(tab[".message"]).ToHaveCountAsync(0);
        await tab["[data-kept=yes]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await tab.Page.GotoAsync(first);
        await tab.ReadyAsync();
        await Assertions.Expect(tab["#dial-max_tokens"]).ToHaveValueAsync("9");
    }

    [Fact]
    public async Task What_an_answer_said_until_it_was_left_is_kept()
    {
        await using StudioTab tab = await OpenAsync(studio, tokens: 4000);
        await tab["[data-model]"].SelectOptionAsync("other"); // it takes seconds for as much
        await tab.Page.RouteAsync("**/v1/chat/completions", route => route.ContinueAsync(new RouteContinueOptions { PostData = Endless(route.Request.PostData!) }));
        await tab[Say].FillAsync("Go on and on.");
        await tab.PressAsync("Enter");
        await tab.Page.WaitForFunctionAsync("() => document.querySelector('.message.assistant.busy .md')?.textContent.length > 20");
        string first = new Uri(tab.Page.Url).AbsolutePath;
        await tab.Page.EvaluateAsync("() => document.querySelector('[data-new]').click()");
        await Assertions.Expect(tab[".message"]).ToHaveCountAsync(0);
        await Assertions.Expect(tab[".history-item a"].First).ToHaveTextAsync("Go on and on.");
        await tab["[data-kept=yes]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await tab.Page.GotoAsync(first);
        await tab.ReadyAsync();
        await Assertions.Expect(tab[".message.assistant .cut"]).ToHaveTextAsync("Stopped.");
        Assert.True((await tab[".message.assistant .md"].InnerTextAsync()).Length > 20);
    }

    [Fact]
    public async Task Everything_has_a_key_and_the_keys_are_listed()
    {
        await using StudioTab tab = await OpenAsync(studio);
        await SayAsync(tab, "Hello.");
        await tab.PressAsync("Control+/");
        Assert.True(await tab["#keys"].IsVisibleAsync());
        await tab.AssertAccessibleAsync("with the shortcuts open");
        await tab.PressAsync("Escape");
        await tab.PressAsync("Alt+ArrowUp");
        Assert.Equal("assistant", await Focused("element => element.className.split(' ')[1]"));
        await tab.PressAsync("Alt+ArrowUp");
        Assert.Equal("user", await Focused("element => element.className.split(' ')[1]"));
        await tab.PressAsync("Alt+KeyI");
        Assert.Equal("say", await Focused("element => element.id"));
        await tab.PressAsync("Alt+KeyC");
        await tab.Page.WaitForFunctionAsync("() => document.getElementById('announcer').textContent === 'Copied'");
        Assert.Equal((await tab[".message.assistant .md"].InnerTextAsync()).Trim()[..4], (await tab.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).Trim()[..4]);
        await tab.WalkAsync();

        Task<string> Focused(string what) => tab.Page.EvaluateAsync<string>($"() => ({what})(document.activeElement)");
    }

    [Fact]
    public async Task A_phone_has_room_for_all_of_it()
    {
        await using StudioTab tab = await OpenAsync(studio, width: 320);
        await SayAsync(tab, "Averyveryverylongwordwithoutanyblankinitthatdoesnotfitintoalineofaphone, and more.");
        await tab.AssertAccessibleAsync("with an answer");
        await tab.Button("Conversations").ClickAsync();
        await tab.AssertAccessibleAsync("with the list open");
        await tab.PressAsync("Escape");
        Assert.False(await tab["#history"].IsVisibleAsync());
        await tab.Button("How it answers").ClickAsync();
        await tab.AssertAccessibleAsync("with the dials open");
    }
}
