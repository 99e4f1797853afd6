using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Why a model says what it says, as a person finds out.</summary>
[Collection(BrowserCollection.Name)]
public sealed class InsidePageTests(StudioInBrowser studio)
{
    private async Task<StudioTab> WrittenAsync(bool dark = false, int width = 1280)
    {
        StudioTab tab = await studio.OpenAsync("/inside", dark, width);
        await tab["[data-question]"].UncheckAsync();
        await tab["[data-text]"].FillAsync("the cat sat");
        await tab["[data-count]"].FillAsync("8");
        await tab["[data-write]"].ClickAsync();
        await Assertions.Expect(tab[".strip .token.mate"]).ToHaveCountAsync(8);
        await Assertions.Expect(tab["[data-why]"]).ToContainTextAsync("came after");
        await Assertions.Expect(tab[".head canvas"].First).ToHaveAttributeAsync("width", new System.Text.RegularExpressions.Regex("^[1-9]"));
        return tab;
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 320)]
    public async Task A_text_is_written_and_looked_into_by_everyone(bool dark, int width)
    {
        await using StudioTab tab = await WrittenAsync(dark, width);
        await tab.AssertAccessibleAsync("looked into");
    }

    [Fact]
    public async Task Temperature_and_top_p_work_at_once_and_another_token_goes_on_from_there()
    {
        await using StudioTab tab = await WrittenAsync();
        await Assertions.Expect(tab[".bars li.came"]).ToHaveCountAsync(1);
        int asked = tab.Requests.Count;
        await tab["[data-temperature]"].FillAsync("0");
        await Assertions.Expect(tab[".bars li"].First.Locator(".num")).ToHaveTextAsync("100 %");
        await Assertions.Expect(tab["[data-mass]"]).ToContainTextAsync("always taken");
        await tab["[data-temperature]"].FillAsync("1");
        await tab["[data-top-p]"].FillAsync("0.3");
        Assert.True(await tab[".bars li.out"].CountAsync() > 0);
        Assert.Equal(asked, tab.Requests.Count);

        // What is shown is softmax of the model's logits, cut and made whole again: the shares of what is left are those of the whole by their sum.
        string second = await tab[".bars li code"].Nth(1).InnerTextAsync();
        int tokens = await tab[".strip .token"].CountAsync();
        await tab[".bars li button"].Nth(1).ClickAsync();
        await Assertions.Expect(tab["[data-why]"]).ToHaveTextAsync($"What comes after “{second}”");
        Assert.True(await tab[".strip .token"].CountAsync() <= tokens);
        await Assertions.Expect(tab[".bars li.came"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_token_is_picked_with_keys_and_layers_heads_and_stages_are_turned_through()
    {
        await using StudioTab tab = await WrittenAsync();
        await tab["[data-view]"].FocusAsync();
        await tab.PressAsync("End");
        await Assertions.Expect(tab["[data-guesses] tbody tr"]).ToHaveCountAsync(3);
        string looks = await tab["[data-looks]"].InnerTextAsync();
        Assert.StartsWith("Layer 1, head 1,", looks, StringComparison.Ordinal);
        await tab["[data-heads] input"].First.FocusAsync();
        await tab.PressAsync("ArrowRight");
        await Assertions.Expect(tab["[data-looks]"]).ToContainTextAsync("Layer 1, head 2,");
        await tab["[data-layer]"].FocusAsync();
        await tab.PressAsync("End");
        await Assertions.Expect(tab["[data-looks]"]).ToContainTextAsync("Layer 2, head 2,");
        await Assertions.Expect(tab["[data-map]"]).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("layer 2, head 2"));

        await tab["[data-stage]"].FocusAsync();
        await tab.PressAsync("Home");
        var seen = new List<string>();
        for (int i = 0; i < 8; i++)
        {
            seen.Add(await tab["[data-stage-part] h4"].InnerTextAsync());
            await tab.PressAsync("ArrowRight");
        }
        Assert.Equal(["Token", "Embedding", "Attention 1", "Feed-forward 1", "Attention 2", "Feed-forward 2", "Head", "Sample"], seen);
        await tab["[data-diagram] .box"].Nth(3).FocusAsync();
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-stage-part] h4"]).ToHaveTextAsync("Feed-forward 1");
        await Assertions.Expect(tab["[data-stage-part] canvas"].First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(@"^Units: 48 numbers from -?\d"));
    }
}
