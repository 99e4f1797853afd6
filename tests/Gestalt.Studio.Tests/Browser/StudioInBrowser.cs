using Gestalt.Models.Hub;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>A real server with a tiny model, and a real browser; one of each for all tests that look at pages.</summary>
public sealed class StudioInBrowser : IAsyncLifetime
{
    /// <summary>Milliseconds until something that does not happen is called missing: long, for the machine may have much else to do.</summary>
    private const float Patience = 30_000;

    private static readonly string[] Chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly RunningServer _running = new();
    private readonly string? _modelsBefore = Environment.GetEnvironmentVariable(ModelStore.Variable);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the server answers.</summary>
    public Uri Address => _running.Server.Address;

    /// <summary>The model that answers first; another one, <c>other</c>, stands beside it and takes its time.</summary>
    public const string Model = RunningServer.Model;

    /// <summary>The folder of pulled models, for these tests alone.</summary>
    public string Models => Path.Combine(_running.Folder, "models");

    /// <summary>The tasks and labels of the server, for these tests alone.</summary>
    public Gestalt.Store.Labels.LabelStore Labels => new(Gestalt.Store.Labels.LabelStore.Beside(Path.Combine(_running.Folder, "store")));

    public static string? Chromium => Environment.GetEnvironmentVariable("GESTALT_CHROMIUM") ?? Array.Find(Chromiums, File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null) return;
        Environment.SetEnvironmentVariable(ModelStore.Variable, Models);
        string other = TinyModel.Write(Path.Combine(_running.Folder, "other.gguf"), context: 4096, seed: 2, width: 768);
        Task server = _running.StartAsync(options => options with { Models = [.. options.Models, other], Runs = Path.Combine(_running.Folder, "runs") }, context: 4096);
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        await server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        await _running.DisposeAsync();
        Environment.SetEnvironmentVariable(ModelStore.Variable, _modelsBefore);
    }

    /// <summary>Opens a page in a browser that has never been here.</summary>
    public async Task<StudioTab> OpenAsync(string path, bool dark = false, int width = 1280, int height = 860, bool waits = true, Uri? address = null)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium here. Install it with: ./test --with browser");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            BaseURL = (address ?? Address).ToString(),
            AcceptDownloads = true,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        var tab = new StudioTab(await context.NewPageAsync(), address ?? Address, _running.Warnings);
        await tab.Page.GotoAsync(path);
        if (waits) await tab.ReadyAsync();
        return tab;
    }
}

/// <summary>Tests that share the browser run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<StudioInBrowser>
{
    public const string Name = "browser";
}
