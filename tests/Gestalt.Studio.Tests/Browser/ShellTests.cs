using Gestalt.Studio.Pages;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>What all pages have in common, on every page that there is.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ShellTests(StudioInBrowser studio)
{
    /// <summary>The issue's limits.</summary>
    private const int MostPageBytes = 400_000, MostPaintMilliseconds = 1000;

    /// <summary>When the page was first painted, in milliseconds. A busy browser can load a page before it paints it, so this waits for the paint.</summary>
    private const string FirstPaint = """
        () => new Promise(found => new PerformanceObserver(list => {
            const paint = list.getEntriesByName('first-contentful-paint')[0];
            if (paint) found(paint.startTime);
        }).observe({ type: 'paint', buffered: true }))
        """;

    public static TheoryData<string> Pages => [.. StudioPage.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_can_be_used_by_everyone_and_is_light_and_soon_there(string path)
    {
        await using StudioTab tab = await studio.OpenAsync(path);
        double paint = double.PositiveInfinity;
        for (int again = 0; again < 5 && paint > MostPaintMilliseconds; again++) // others may use this machine, too
        {
            if (again > 0) await tab.Page.ReloadAsync();
            paint = await tab.Page.EvaluateAsync<double>(FirstPaint);
        }
        await tab.ReadyAsync();
        Assert.True(paint <= MostPaintMilliseconds, $"the first paint of {path} came after {paint:0} ms");
        long weight = await tab.Page.EvaluateAsync<long>("() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource').filter(entry => entry.initiatorType !== 'fetch')).reduce((sum, entry) => sum + entry.decodedBodySize, 0)");
        Assert.True(weight is > 10_000 and <= MostPageBytes, $"{path} weighs {weight:N0} bytes");

        IReadOnlyList<string> visited = await tab.WalkAsync();
        Assert.True(visited.Count > StudioPage.All.Count, $"only {string.Join(", ", visited)} can be reached");
        foreach ((int width, int height) in ((int, int)[])[(1280, 860), (320, 640)])
        {
            await tab.Page.SetViewportSizeAsync(width, height);
            foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                await tab.AssertAccessibleAsync($"{scheme}, {width} wide");
            }
        }
    }

    [Fact]
    public async Task The_switch_between_light_and_dark_is_remembered_from_the_first_byte_on()
    {
        await using StudioTab tab = await studio.OpenAsync("/models");
        await tab.Button("Light or dark").ClickAsync();
        Assert.Equal("dark", await tab["html"].GetAttributeAsync("data-theme"));
        await tab.AssertAccessibleAsync("switched to dark");
        IResponse? answer = await tab.Page.GotoAsync("/chat");
        Assert.Contains("data-theme=\"dark\"", await answer!.TextAsync(), StringComparison.Ordinal);
        await tab.Button("Light or dark").ClickAsync();
        Assert.Equal("light", await tab["html"].GetAttributeAsync("data-theme"));
    }

    [Fact]
    public async Task The_menu_of_a_phone_opens_closes_and_leads_on()
    {
        await using StudioTab tab = await studio.OpenAsync("/chat", width: 320, height: 640);
        ILocator models = tab["#menu"].GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Models" });
        Assert.False(await models.IsVisibleAsync());
        await tab.Button("Menu").ClickAsync();
        Assert.True(await models.IsVisibleAsync());
        await tab.AssertAccessibleAsync("with the menu open");
        await tab.PressAsync("Escape");
        Assert.False(await models.IsVisibleAsync());
        await tab.Button("Menu").ClickAsync();
        await models.ClickAsync();
        await tab.Page.WaitForURLAsync("**/models");
    }

    [Fact]
    public async Task Assets_are_kept_for_ever_and_pages_are_strict()
    {
        await using StudioTab tab = await studio.OpenAsync("/chat", waits: false);
        IAPIResponse page = await tab.Page.APIRequest.GetAsync("/chat"), style = await tab.Page.APIRequest.GetAsync(StudioAssets.Url("shell/studio.css"));
        string policy = page.Headers["content-security-policy"];
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("immutable", style.Headers["cache-control"], StringComparison.Ordinal);
        IAPIResponse other = await tab.Page.APIRequest.GetAsync("/assets/0123456789abcdef/shell/studio.css");
        Assert.Equal(404, other.Status);
        string markup = await page.TextAsync();
        Assert.DoesNotContain("style=", markup, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?![^>]*src=)|\\son[a-z]+=", markup);
    }
}
