using System.Text.RegularExpressions;
using Gestalt.Cli.Tests.Hub;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Models are pulled from a hub (of this process), looked into, made smaller, converted and deleted.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ModelsPageTests(StudioInBrowser studio) : IDisposable
{
    private const string HubVariable = "HF_ENDPOINT";

    private readonly string? _hubBefore = Environment.GetEnvironmentVariable(HubVariable);

    public void Dispose() => Environment.SetEnvironmentVariable(HubVariable, _hubBefore);

    [Fact]
    public async Task A_model_is_pulled_looked_into_made_smaller_and_deleted()
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        using var hub = new FakeHub { Files = new() { ["moon-F32.gguf"] = File.ReadAllBytes(TinyModel.Write(Path.Combine(studio.Models, "..", "hub", "moon-F32.gguf"), seed: 3)) } };
        Environment.SetEnvironmentVariable(HubVariable, hub.Address);
        await using StudioTab tab = await studio.OpenAsync("/models");
        await Assertions.Expect(tab["[data-hub]"]).ToHaveTextAsync(new Uri(hub.Address).Authority);

        await tab.Page.GetByLabel("Pull a model from").FillAsync("owner/model");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".jobs .what"].First).ToHaveTextAsync("Pulled owner/model");
        ILocator pulled = tab["[data-model='owner/model:F32']"];
        await Assertions.Expect(pulled).ToContainTextAsync("F32");
        await tab.AssertAccessibleAsync("after a pull");

        await tab.Button("Details of owner/model:F32").ClickAsync();
        await Assertions.Expect(tab["dialog[open]"]).ToContainTextAsync("general.architecture");
        await tab["dialog[open] summary"].ClickAsync();
        await Assertions.Expect(tab["dialog[open] td"].First).ToBeVisibleAsync();
        await tab.AssertAccessibleAsync("with details open");
        await tab.PressAsync("Escape");

        await DoAsync("Quantize …", "Q8_0", "Quantized owner/model:F32 to Q8_0");
        await Assertions.Expect(tab["[data-model='owner/model:Q8_0']"]).ToBeVisibleAsync();
        string cost = await tab[".jobs .how"].First.InnerTextAsync();
        Match said = Regex.Match(cost, @"^(\S+ \S+) became (\S+ \S+) \((\d+) %\): .*\. Divergence 0\.\d+ nats a token, same likeliest token [\d.]+ %, perplexity [\d.]+ → [\d.]+ \([+-][\d.]+%\), on [\d,]+ tokens of the built-in small internet\.$");
        Assert.True(said.Success, cost);
        Assert.InRange(int.Parse(said.Groups[3].Value), 20, 60);
        double[] lengths = await tab.Page.EvaluateAsync<double[]>("""
            async () => {
              const get = async path => (await fetch(path)).json();
              return [(await get("/studio/models/lengths?name=owner/model:F32")).lengths.Q8_0, (await get("/studio/models")).models.find(model => model.id === "owner/model:Q8_0").bytes];
            }
            """);
        Assert.InRange(lengths[0] / lengths[1], 0.99, 1.01); // the dialog had said how long it would be
        await DoAsync("Convert …", "A Hugging Face folder", "Converted owner/model:F32 to a Hugging Face folder");
        await Assertions.Expect(tab["[data-model='local/model-hf']"]).ToBeVisibleAsync();
        await DoAsync("Quantize …", "Q8_0", "Quantizing owner/model:F32 to Q8_0"); // a second time: it is there already
        await Assertions.Expect(tab[".jobs .how"].First).ToContainTextAsync("is there already. Delete it first");

        await tab.Button("More about owner/model:Q8_0").ClickAsync();
        await tab.Button("Delete").ClickAsync();
        await tab["dialog"].GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(tab["[data-model='owner/model:Q8_0']"]).ToHaveCountAsync(0);
        await Assertions.Expect(pulled).ToBeVisibleAsync();
        await tab.Button("More about owner/model:F32").ClickAsync();
        await tab.Button("Chat with it").ClickAsync();
        await tab.Page.WaitForURLAsync("**/chat");
        await Assertions.Expect(tab["[data-model]"]).ToHaveValueAsync("owner/model:F32");

        async Task DoAsync(string what, string type, string outcome)
        {
            await tab.Button("More about owner/model:F32").ClickAsync();
            await tab.Button(what).ClickAsync();
            await tab["dialog[open]"].GetByLabel(new Regex($"^{type}")).CheckAsync();
            await tab.AssertAccessibleAsync(what);
            await tab["dialog[open]"].GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Start" }).ClickAsync();
            await Assertions.Expect(tab[".jobs .what"].First).ToHaveTextAsync(outcome);
            await Assertions.Expect(tab[".jobs li"].First).Not.ToHaveClassAsync("running");
        }
    }

    [Fact]
    public async Task A_pull_that_cannot_be_says_why_and_one_that_is_slow_can_be_stopped()
    {
        Assert.SkipWhen(StudioInBrowser.Chromium is null, "There is no Chromium here. Install it with: ./test --with browser");
        using var hub = new FakeHub { Files = new() { ["slow-F16.gguf"] = FakeHub.Bytes(12 << 20) }, Slowness = TimeSpan.FromMilliseconds(200) };
        Environment.SetEnvironmentVariable(HubVariable, hub.Address);
        await using StudioTab tab = await studio.OpenAsync("/models");
        tab.Expected.Add("400 (Bad Request)");
        ILocator name = tab.Page.GetByLabel("Pull a model from");
        await name.FillAsync("nonsense");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab["[data-problem]"]).ToContainTextAsync("'nonsense' is not a model of a hub");
        await name.FillAsync("owner/nothing");
        await tab.PressAsync("Enter");
        await Assertions.Expect(tab[".jobs .failed .how"].First).ToContainTextAsync("owner/nothing");
        await name.FillAsync("owner/model");
        await tab.PressAsync("Enter");
        await tab.Button("Stop Pulling owner/model").ClickAsync();
        await Assertions.Expect(tab[".jobs .cancelled .tag"]).ToHaveTextAsync("stopped");
        await tab.AssertAccessibleAsync("with jobs of all kinds");
    }
}
