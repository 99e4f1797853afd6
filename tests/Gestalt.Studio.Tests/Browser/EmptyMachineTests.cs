using Gestalt.Models.Hub;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Studio on a machine that has no model yet: every page says what to do first, and what comes is there at once.</summary>
[Collection(BrowserCollection.Name)]
public sealed class EmptyMachineTests(StudioInBrowser studio) : IDisposable
{
    private readonly string? _modelsBefore = Environment.GetEnvironmentVariable(ModelStore.Variable);

    public void Dispose() => Environment.SetEnvironmentVariable(ModelStore.Variable, _modelsBefore);

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 320)]
    public async Task Each_page_opens_and_says_what_to_do_first(bool dark, int width)
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        await using var server = new RunningServer();
        Environment.SetEnvironmentVariable(ModelStore.Variable, Path.Combine(server.Folder, "models"));
        await server.StartAsync(options => options with { Models = [], Runs = Path.Combine(server.Folder, "runs") });
        Uri address = server.Server.Address;
        foreach ((string path, string says) in ((string, string)[])[
            ("/chat", "There is nobody to talk with."), ("/tokens", "There is no model whose tokens could be shown yet."), ("/inside", "There is no model to look into yet."),
            ("/runs", "No life has been lived here yet."), ("/arena", "There is no model that could answer yet."), ("/models", "No model is here yet.")])
        {
            await using StudioTab tab = await studio.OpenAsync(path, dark, width, address: address);
            await Assertions.Expect(tab["main"]).ToContainTextAsync(says);
            await Assertions.Expect(tab["[role=alert]:visible"]).ToHaveCountAsync(0);
            await tab.AssertAccessibleAsync("on an empty machine");
        }

        await using StudioTab chat = await studio.OpenAsync("/chat", dark, width, address: address);
        await Assertions.Expect(chat["[data-send]"]).ToBeDisabledAsync();
        await Assertions.Expect(chat.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Begin a life" })).ToHaveAttributeAsync("href", "/runs");
        TinyModel.Write(Path.Combine(ModelStore.FolderOf("local/born"), "born-F32.gguf"));
        await chat.Page.EvaluateAsync("() => window.dispatchEvent(new Event('focus'))");
        await Assertions.Expect(chat["[data-welcome]"]).ToContainTextAsync("Talk with local/born");
        await chat["[data-say]"].FillAsync("Hello.");
        await chat.PressAsync("Enter");
        await Assertions.Expect(chat[".message.assistant .facts-line"]).ToHaveCountAsync(1);
        await chat["[data-kept=yes]"].WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    [Fact]
    public async Task Requests_are_told_that_there_is_no_model()
    {
        await using var server = new RunningServer();
        Environment.SetEnvironmentVariable(ModelStore.Variable, Path.Combine(server.Folder, "models"));
        await server.StartAsync(options => options with { Models = [], Runs = Path.Combine(server.Folder, "runs") });
        await server.Refused("/v1/chat/completions", """{"messages":[{"role":"user","content":"hello"}]}""", System.Net.HttpStatusCode.NotFound, "model", "there is none to take instead");
        Assert.Equal("""{"object":"list","data":[]}""", await server.Http.GetStringAsync("/v1/models"));
    }
}
