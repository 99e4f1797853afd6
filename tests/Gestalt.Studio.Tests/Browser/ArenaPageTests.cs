using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Battles as a person judges them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ArenaPageTests(StudioInBrowser studio)
{
    [Theory]
    [InlineData("ArrowLeft", "Left was better", false, 1280)]
    [InlineData("ArrowDown", "Both were bad", true, 320)]
    public async Task A_vote_by_key_tells_who_was_who_and_not_before(string key, string said, bool dark, int width)
    {
        await using StudioTab tab = await studio.OpenAsync("/arena", dark, width);
        // What the page receives, copied as it arrives: a browser does not say reliably when a stream that is left early has ended.
        await tab.Page.EvaluateAsync("""
            () => {
              const plain = window.fetch;
              window.received = "";
              window.fetch = async (...request) => {
                const response = await plain(...request);
                if (!response.url.includes("/battles")) return response;
                const [own, copy] = response.body.tee();
                copy.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write(text) { window.received += text; } }));
                return new Response(own, response);
              };
            }
            """);
        await tab["[data-first]"].SelectOptionAsync(StudioInBrowser.Model);
        await tab["[data-second]"].SelectOptionAsync("other");
        await tab["[data-prompt]"].FillAsync("the cat");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-vote=left]"]).ToBeEnabledAsync(new LocatorAssertionsToBeEnabledOptions { Timeout = 30_000 });
        Assert.Equal(["Left", "Right"], await tab[".side-name"].AllInnerTextsAsync());
        Assert.All(await tab["[data-battle] .answer"].AllInnerTextsAsync(), Assert.NotEmpty);
        await tab.Page.WaitForFunctionAsync("""() => window.received.includes('"side":"left"') && window.received.includes('"side":"right"')""");
        string seen = await tab.Page.EvaluateAsync<string>("() => window.received");
        Assert.DoesNotContain(StudioInBrowser.Model + "\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("\"other\"", seen, StringComparison.Ordinal);
        await tab.AssertAccessibleAsync("before the vote");

        await tab.PressAsync(key);
        await Assertions.Expect(tab["[data-verdict]"]).ToContainTextAsync(said);
        Assert.Equal([StudioInBrowser.Model, "other"], (await tab[".side-name"].EvaluateAllAsync<string[]>("names => names.map(name => name.firstChild.data)")).Order().Reverse());
        await Assertions.Expect(tab["[data-board] tbody tr"]).ToHaveCountAsync(2);
        Assert.True(await tab["[data-vote=right]"].IsDisabledAsync());
        await tab.AssertAccessibleAsync("after the vote");
    }

    [Fact]
    public async Task Endpoints_are_added_and_removed()
    {
        await using StudioTab tab = await studio.OpenAsync("/arena");
        await tab.Button("Endpoints").ClickAsync();
        await tab.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("far away");
        await tab.Page.GetByLabel("Address").FillAsync("http://127.0.0.1:9/v1");
        await tab["#endpoint-model"].FillAsync("m");
        await tab.Page.GetByLabel("Key, if it needs one").FillAsync("sk-hidden");
        await tab.AssertAccessibleAsync("with endpoints open");
        await tab.Button("Add").ClickAsync();
        await Assertions.Expect(tab["[data-endpoint-list] li"]).ToContainTextAsync("far away");
        Assert.DoesNotContain("sk-hidden", await tab.Page.ContentAsync(), StringComparison.Ordinal);
        await Assertions.Expect(tab["[data-first] option[value='far away']"]).ToHaveCountAsync(1);
        await tab.Button("Remove far away").ClickAsync();
        await Assertions.Expect(tab["[data-endpoint-list] li"]).ToHaveCountAsync(0);
        await tab.PressAsync("Escape");
        await Assertions.Expect(tab["[data-endpoints-dialog]"]).ToBeHiddenAsync();
    }
}
