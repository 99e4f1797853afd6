using Gestalt.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>A server with keys asks whoever comes with a browser for one.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SignInTests(StudioInBrowser studio)
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 320)]
    public async Task A_key_is_asked_for_once_and_a_wrong_one_is_told(bool dark, int width)
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        await using RunningServer server = await new RunningServer().StartAsync();
        (string key, _) = await new ApiKeys(server.Server.Services.GetRequiredService<IStore>()).CreateAsync("somebody");
        await using StudioTab tab = await studio.OpenAsync("/models", dark, width, address: server.Server.Address);
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Sign in");
        await Assertions.Expect(tab["nav"]).ToHaveCountAsync(0);
        await Assertions.Expect(tab["#key"]).ToBeFocusedAsync();
        await tab.AssertAccessibleAsync("asking for a key");

        tab.Expected.Add("401 (Unauthorized)");
        await tab["#key"].FillAsync("sk-wrong");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[role=alert]"]).ToContainTextAsync("none that the server knows");
        await tab.AssertAccessibleAsync("after a wrong key");

        await tab["#key"].FillAsync(key);
        await tab.Button("Sign in").ClickAsync();
        await Assertions.Expect(tab["[data-welcome]"]).ToContainTextAsync($"Talk with {RunningServer.Model}");
    }
}
