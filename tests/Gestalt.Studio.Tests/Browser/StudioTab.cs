using System.Text.Json;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>A page that is being used. When it is left, nothing may have gone wrong on it: no error on the console, no request to anywhere else.</summary>
public sealed class StudioTab : IAsyncDisposable
{
    private static readonly string Checks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Browser", "checks.js"));

    private readonly List<string> _problems = [];
    private readonly Uri _origin;

    private readonly IReadOnlyCollection<string> _warnings;

    /// <param name="page">The page.</param>
    /// <param name="origin">The server's address.</param>
    /// <param name="warnings">What the server warned of: told where something went wrong.</param>
    public StudioTab(IPage page, Uri origin, IReadOnlyCollection<string> warnings)
    {
        (Page, _origin, _warnings) = (page, origin, warnings);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !Expected.Any(part => message.Text.Contains(part, StringComparison.Ordinal))) _problems.Add($"console: {message.Text}");
        };
        page.PageError += (_, message) => _problems.Add($"uncaught: {message}");
        page.Context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_origin.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("blob:" + _origin, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _problems.Add($"a request left for {request.Url}");
            Requests.Add(request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>Everything that was asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Parts of console messages that a test provokes on purpose.</summary>
    public List<string> Expected { get; } = [];

    public ILocator this[string selector] => Page.Locator(selector);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>Waits until the page's modules have done what they do at first: importing one again ends when it has.</summary>
    public Task ReadyAsync() => Page.EvaluateAsync("() => Promise.all([...document.querySelectorAll('script[type=module]')].map(script => import(script.src)))");

    public Task PressAsync(string keys) => Page.Keyboard.PressAsync(keys);

    /// <summary>What is wrong with the page for people who do not see it, see little, use keys, or a small screen.</summary>
    public async Task AssertAccessibleAsync(string when = "")
    {
        string[] wrong = await Page.EvaluateAsync<string[]>(Checks);
        Assert.True(wrong.Length == 0, $"{Page.Url} {when}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>Walks through the page with Tab and sees that each stop looks different from before; returns what was visited.</summary>
    public async Task<IReadOnlyList<string>> WalkAsync(int most = 60)
    {
        await Page.EvaluateAsync("""
            () => {
              const looks = element => { const all = []; for (let at = element, up = 0; at && up < 4; at = at.parentElement, up++) { const style = getComputedStyle(at); all.push(style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.opacity, style.top); } return all.join("|"); };
              document.activeElement?.blur();
              window.looksOf = looks;
              window.firstStop = undefined;
              window.lookedBefore = new Map([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].map(element => [element, looks(element)]));
              document.querySelector(".skip").focus();
            }
            """);
        var visited = new List<string>();
        for (int step = 0; step < most; step++)
        {
            if (step > 0) await PressAsync("Tab");
            JsonElement stop = await Page.EvaluateAsync<JsonElement>("""
                () => {
                  const element = document.activeElement;
                  if (!element || element === document.body) return null;
                  const first = window.firstStop === element;
                  window.firstStop ??= element;
                  return { name: (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent).trim().slice(0, 60), tag: element.tagName, first, same: window.lookedBefore.get(element) === window.looksOf(element) };
                }
                """);
            if (stop.ValueKind == JsonValueKind.Null || stop.GetProperty("first").GetBoolean()) break;
            string name = $"{stop.GetProperty("tag").GetString()} {stop.GetProperty("name").GetString()}";
            Assert.False(stop.GetProperty("same").GetBoolean(), $"{Page.Url}: nothing shows that {name} has the focus");
            visited.Add(name);
        }
        return visited;
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.True(_problems.Count == 0, string.Join('\n', [.. _problems, .. _warnings.TakeLast(3).Select(warning => "the server: " + warning)]));
    }
}
