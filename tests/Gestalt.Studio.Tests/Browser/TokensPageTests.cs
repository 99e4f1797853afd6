using System.Globalization;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Texts as tokens, as a person looks at them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TokensPageTests(StudioInBrowser studio)
{
    private const string View = "[data-pane=first] [data-view]", Tokens = "[data-pane=first] .token";

    [Fact]
    public async Task What_is_typed_is_seen_as_tokens_and_no_markup_comes_of_it()
    {
        await using StudioTab tab = await studio.OpenAsync("/tokens");
        const string text = "the <b>cat</b> <img src=x onerror=alert(1)>\n\tmoon";
        await tab["[data-text]"].FillAsync(text);
        int[] ids = TinyModel.Tokenizer.Encode(text);
        await Assertions.Expect(tab[Tokens]).ToHaveCountAsync(ids.Length);
        string?[] titles = [.. (await tab[Tokens].EvaluateAllAsync<string[]>("tokens => tokens.map(token => token.title)"))];
        Assert.Equal(ids.Select(id => $"id {id} · "), titles.Select(title => title![..(title!.IndexOf('·', StringComparison.Ordinal) + 2)]));
        Assert.Equal(text.Replace("\n", "⏎", StringComparison.Ordinal).Replace("\t", "⇥", StringComparison.Ordinal), string.Concat(await tab[Tokens].EvaluateAllAsync<string[]>("tokens => tokens.map(token => token.textContent)")));
        Assert.Equal(0, await tab[View].Locator("b, img").CountAsync());
        await Assertions.Expect(tab["[data-pane=first] .figures dd"].First).ToHaveTextAsync(ids.Length.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 320)]
    public async Task Tokens_are_walked_with_keys_and_their_merges_step_by_step(bool dark, int width)
    {
        await using StudioTab tab = await studio.OpenAsync("/tokens", dark, width);
        await tab["[data-text]"].FillAsync("the cat");
        await Assertions.Expect(tab[Tokens]).ToHaveCountAsync(TinyModel.Tokenizer.Encode("the cat").Length);
        await tab[View].FocusAsync();
        await tab.PressAsync("Home");
        await tab.PressAsync("ArrowRight");
        Assert.Equal("first-token-1", await tab[View].GetAttributeAsync("aria-activedescendant"));
        await Assertions.Expect(tab["[data-trace-title]"]).ToHaveTextAsync("Token “␣cat”");
        int steps = TinyModel.Tokenizer.Trace("the cat")[1].Steps.Count;
        Assert.True(steps > 1);
        await Assertions.Expect(tab["[data-said]"]).ToContainTextAsync($"Step {steps} of {steps}.");
        await Assertions.Expect(tab[".symbol"]).ToHaveCountAsync(1);
        await tab.Button("Back").ClickAsync();
        await Assertions.Expect(tab[".symbol"]).ToHaveCountAsync(2);
        await tab["[data-step]"].FocusAsync();
        await tab.PressAsync("Home");
        await Assertions.Expect(tab[".symbol"]).ToHaveCountAsync(4);
        await Assertions.Expect(tab["[data-said]"]).ToContainTextAsync("So it begins.");
        await tab["[data-trace] summary"].ClickAsync();
        await Assertions.Expect(tab["[data-all] li"]).ToHaveCountAsync(steps);
        await tab.AssertAccessibleAsync("with a trace");
    }

    [Fact]
    public async Task Special_tokens_are_flagged_and_a_second_vocabulary_stands_beside()
    {
        await using StudioTab tab = await studio.OpenAsync("/tokens");
        await tab["[data-text]"].FillAsync("cat<|im_end|>");
        await Assertions.Expect(tab[Tokens].First).ToBeVisibleAsync();
        Assert.Equal(0, await tab[Tokens + ".special"].CountAsync());
        await tab["[data-specials]"].CheckAsync();
        await Assertions.Expect(tab[Tokens + ".special"]).ToHaveTextAsync("<|im_end|>");
        await Assertions.Expect(tab["[data-pane=first] .figures"]).ToContainTextAsync("special or unknown");
        await tab["[data-compare]"].CheckAsync();
        await Assertions.Expect(tab["[data-pane=second] .token.special"]).ToHaveTextAsync("<|im_end|>");
        Assert.NotEqual(await tab["[data-pane=first] [data-model]"].InputValueAsync(), await tab["[data-pane=second] [data-model]"].InputValueAsync());
        await tab.AssertAccessibleAsync("with two vocabularies");
    }

    [Fact]
    public async Task A_megabyte_stays_responsive()
    {
        await using StudioTab tab = await studio.OpenAsync("/tokens");
        double shown = await tab.Page.EvaluateAsync<double>("""
            async () => {
              const field = document.querySelector("[data-text]"), figure = document.querySelector("[data-pane=first] .figures dd");
              const begin = performance.now();
              field.value = "the cat saw the moon too,\n".repeat(40000);
              field.dispatchEvent(new Event("input", { bubbles: true }));
              while (!/,\d{3}$/.test(document.querySelector("[data-pane=first] .figures dd").textContent) || document.querySelector("[data-pane=first] .figures dd").textContent.length < 7) await new Promise(requestAnimationFrame);
              return performance.now() - begin;
            }
            """);
        // How long a scroll to anywhere takes until it is painted, and how much is in the page.
        double[] frames = await tab.Page.EvaluateAsync<double[]>("""
            async () => {
              const view = document.querySelector("[data-pane=first] [data-view]"), times = [];
              for (let i = 1; i <= 20; i++) {
                const begin = performance.now();
                view.scrollTop = view.scrollHeight * i / 20;
                await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
                times.push(performance.now() - begin);
              }
              return [Math.max(...times), document.querySelectorAll(".token").length, view.querySelectorAll(".token-row").length];
            }
            """);
        await tab[View].FocusAsync();
        await tab.PressAsync("End");
        await Assertions.Expect(tab["[data-trace]"]).ToBeVisibleAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"1.04 MB: tokens seen after {shown:0} ms (a pause of 350 ms after the last key among them), slowest of 20 scrolls {frames[0]:0} ms, {frames[1]:0} tokens in {frames[2]:0} rows in the page");
        Assert.InRange(frames[1], 1, 4000);
        Assert.True(shown < 8000 && frames[0] < 1000, $"tokens after {shown:0} ms, a scroll {frames[0]:0} ms");
    }
}
