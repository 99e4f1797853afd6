using System.Runtime.CompilerServices;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Pages;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>
/// Makes the pictures of docs/tour/studio: every page in light, in dark and on a phone. <c>GESTALT_SCREENSHOTS=runs/NAME ./test --filter Screenshots Studio</c> takes them with that run's model.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class Screenshots(StudioInBrowser studio)
{
    private const string Variable = "GESTALT_SCREENSHOTS";

    private const int MostBytes = 200_000;

    [Fact]
    public async Task Every_page_has_its_picture_in_light_in_dark_and_on_a_phone()
    {
        string? model = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(model), $"Pictures are only made on demand: {Variable}=runs/NAME");
        Directory.SetCurrentDirectory(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."))); // runs/NAME and docs are the repository's
        string store = Directory.CreateTempSubdirectory("gestalt-pictures").FullName;
        Environment.SetEnvironmentVariable(Gestalt.Models.Hub.ModelStore.Variable, null);
        await using StudioServer server = await StudioServer.StartAsync(new StudioOptions { Models = [model], Port = 0, Store = store });
        string folder = Directory.CreateDirectory(Path.Combine("docs", "tour", "studio")).FullName;
        foreach ((string look, bool dark, int width, int height) in ((string, bool, int, int)[])[("light", false, 1280, 860), ("dark", true, 1280, 860), ("phone", false, 320, 640)])
        {
            foreach (StudioPage page in StudioPage.All)
            {
                await using StudioTab tab = await studio.OpenAsync(page.Path, dark, width, page.Name == "Inside" ? 2 * height : height, address: server.Address);
                if (page.Name == "Chat") await TalkAsync(tab);
                if (page.Name == "Inside") await tab.Button("Read and go on").ClickAsync();
                await tab.Page.WaitForTimeoutAsync(1500); // what moves by itself has come to rest
                string path = Path.Combine(folder, $"{page.Name.ToLowerInvariant()}-{look}.png");
                await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
                Assert.True(new FileInfo(path).Length <= MostBytes, $"{path} has {new FileInfo(path).Length:N0} bytes");
            }
        }
        await server.StopAsync();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static async Task TalkAsync(StudioTab tab)
    {
        await tab["#dial-seed"].EvaluateAsync("field => { field.value = 7; field.dispatchEvent(new Event('input', { bubbles: true })); }");
        foreach ((string text, int at) in new[] { "Who are you?", "Tell me a story about a girl called Ada." }.Select((text, at) => (text, at)))
        {
            await tab["[data-say]"].FillAsync(text);
            await tab.PressAsync("Enter");
            await Assertions.Expect(tab[".message.assistant:not(.busy)"]).ToHaveCountAsync(at + 1, new LocatorAssertionsToHaveCountOptions { Timeout = 60_000 });
        }
    }
}
