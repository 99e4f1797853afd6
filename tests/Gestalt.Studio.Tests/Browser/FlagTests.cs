using Gestalt.Store.Improving;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Saying what is wrong with an answer, below it, where the server logs.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FlagTests(StudioInBrowser studio)
{
    private const string Answers = ".message.assistant:not(.busy)";

    [Fact]
    public async Task A_bad_answer_is_flagged_with_a_reason_and_the_flag_can_be_withdrawn()
    {
        await using var server = new RunningServer();
        string folder = Path.Combine(server.Folder, "kept");
        await server.StartAsync(options => options with { Log = folder });
        await using StudioTab tab = await studio.OpenAsync("/chat", address: server.Server.Address);
        await Assertions.Expect(tab["[data-welcome]"]).ToContainTextAsync("is logged there, in");
        await SayAsync(tab);
        await tab.Button("Something is wrong with this answer").ClickAsync();
        await tab.Button("It is made up").ClickAsync();
        await Assertions.Expect(tab.Button("Flagged: It is made up")).ToBeVisibleAsync();
        await tab.AssertAccessibleAsync("with a flagged answer");
        LoggedAnswer answer = Assert.Single(new ConversationLog(folder).Read().Answers);
        Assert.Equal(("the cat", "It is made up"), (answer.Question, Assert.Single(new ReviewStore(folder).Read().Of(answer.Id).Flags).Why));
        await tab.Button("Flagged: It is made up").ClickAsync();
        await tab.Button("Nothing after all").ClickAsync();
        await Assertions.Expect(tab.Button("Something is wrong with this answer")).ToBeVisibleAsync();
        Assert.True(new ReviewStore(folder).Read().Of(answer.Id).IsCleared);
    }

    [Fact]
    public async Task Where_nothing_is_logged_nothing_can_be_flagged()
    {
        await using StudioTab tab = await studio.OpenAsync("/chat");
        await SayAsync(tab);
        await Assertions.Expect(tab.Button("Copy").Last).ToBeAttachedAsync();
        Assert.Equal(0, await tab.Button("Something is wrong with this answer").CountAsync());
    }

    private static async Task SayAsync(StudioTab tab)
    {
        await tab["#dial-max_tokens"].EvaluateAsync("field => { field.value = 12; field.dispatchEvent(new Event('input', { bubbles: true })); }");
        await tab["[data-say]"].FillAsync("the cat");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[Answers]).ToHaveCountAsync(1);
        await tab["[data-kept=yes]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }
}
