using Gestalt.Training.Metrics;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Runs as a person watches them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RunsPageTests(StudioInBrowser studio)
{
    private string Folder(string run) => Path.Combine(Path.GetDirectoryName(studio.Models)!, "runs", run);

    /// <summary>A run as a life leaves it that trains right now, or trained long ago.</summary>
    private MetricsLog Begin(string run, int steps)
    {
        var log = new MetricsLog(Path.Combine(Folder(run), "base"), afterStep: 0);
        for (int step = 1; step <= steps; step++)
            Write(log, step);
        return log;
    }

    private static void Write(MetricsLog log, int step) =>
        log.Write(new StepMetrics(step, step * 0.5, step * 2048L, 8.0 / step, 0.4, 1, 4000, 0.8, step % 10 == 0 ? 2.0 / step : null, step % 10 == 0 ? $"After {step} steps <b>a cat</b>" : null));

    [Fact]
    public async Task Curves_grow_as_steps_are_written_and_runs_are_compared()
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        Begin("before", 40).Dispose();
        using MetricsLog log = Begin("now", 20);
        await using StudioTab tab = await studio.OpenAsync("/runs/now");
        await Assertions.Expect(tab["[data-title]"]).ToHaveTextAsync("now");
        await Assertions.Expect(tab["[data-charts] figure"]).ToHaveCountAsync(5);
        await Assertions.Expect(tab["[data-samples] li"]).ToHaveCountAsync(2);
        await Assertions.Expect(tab["[data-samples] .text"].First).ToHaveTextAsync("After 20 steps <b>a cat</b>");
        Assert.Equal(0, await tab["[data-samples] b"].CountAsync());
        for (int step = 21; step <= 30; step++)
            Write(log, step);
        await Assertions.Expect(tab["[data-figures]"]).ToContainTextAsync("30", new LocatorAssertionsToContainTextOptions { Timeout = 12_000 });
        await Assertions.Expect(tab["[data-samples] li"]).ToHaveCountAsync(3);

        await tab.Page.GetByLabel("Compare with before").CheckAsync();
        await Assertions.Expect(tab["[data-charts] svg >> nth=0"]).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("now: .*before: |before: .*now: "));
        await tab.Page.GetByLabel("Tokens", new PageGetByLabelOptions { Exact = true }).CheckAsync();
        await Assertions.Expect(tab["[data-charts] svg >> nth=0"]).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("over tokens read"));
        await tab.AssertAccessibleAsync("with two runs");
    }

    /// <summary>A life's process takes a moment until it has a folder: the page waits for it rather than showing another run.</summary>
    [Fact]
    public async Task A_life_that_was_begun_is_shown_as_soon_as_there_is_something_of_it()
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        Begin("earlier", 20).Dispose();
        await using StudioTab tab = await studio.OpenAsync("/runs/earlier");
        await Assertions.Expect(tab["[data-title]"]).ToHaveTextAsync("earlier");
        await tab.Page.RouteAsync("**/studio/runs/", route => route.Request.Method == "POST" ? route.FulfillAsync(new RouteFulfillOptions { Json = new { name = "late" } }) : route.ContinueAsync());
        await tab["[data-run-name]"].FillAsync("late");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-run-name]"]).ToHaveValueAsync("");
        await Assertions.Expect(tab["[data-title]"]).ToHaveTextAsync("earlier");
        Begin("late", 20).Dispose();
        await Assertions.Expect(tab["[data-title]"]).ToHaveTextAsync("late");
        Assert.EndsWith("/runs/late", tab.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_one_dial_says_what_it_is_set_to_and_what_cannot_be_begun_is_told()
    {
        await using StudioTab tab = await studio.OpenAsync("/runs", width: 320);
        await tab["[data-minutes]"].FocusAsync();
        await tab.PressAsync("End");
        await Assertions.Expect(tab["[data-minutes-shown]"]).ToHaveTextAsync("8 hours");
        Assert.Equal("8 hours", await tab["[data-minutes]"].GetAttributeAsync("aria-valuetext"));
        tab.Expected.Add("400 (Bad Request)");
        await tab["[data-run-name]"].FillAsync("../out");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-problem]"]).ToContainTextAsync("A run's name has 1 to 64 letters");
        await tab.AssertAccessibleAsync("with a problem");
    }
}
