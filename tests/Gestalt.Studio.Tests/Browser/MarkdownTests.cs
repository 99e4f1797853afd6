using System.Text.Json;
using Gestalt.Studio.Pages;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>What a model writes, as the page draws it: every construct, nothing that is alive, and the same however the text came in pieces.</summary>
[Collection(BrowserCollection.Name)]
public sealed class MarkdownTests(StudioInBrowser studio)
{
    private const string Everything = """
        # Title
        ### Deeper

        A *soft* and **loud** and ***both*** and ~~gone~~ `code` word, snake_case_name, 2*3*4, \*not soft\*.
        A second line.

        1. one
        2. two
           - inner
             more of it
        3. three

        - [x] done
        - [ ] open

        > quoted **text**
        > - in a list

        | a | b \| c |
        |:--|--:|
        | 1 | `2` |

        ```csharp
        var x = "a < b"; // no
        ```

        ---
        Ends with https://example.org/a_b_c. And [a link](https://example.com/x "title").
        """;

    /// <summary>Draws a text on a page, whole, and gives its markup.</summary>
    private static Task<string> DrawAsync(StudioTab tab, string text, int piece = 0) => tab.Page.EvaluateAsync<string>("""
        async ([url, text, piece]) => {
          const { MarkdownView } = await import(url), place = document.createElement("div"), view = new MarkdownView(place);
          document.querySelector("main").append(place);
          for (let end = piece || text.length; ; end += piece || 1) { view.update(text.slice(0, end)); if (end >= text.length) break; }
          const markup = place.innerHTML;
          place.remove();
          return markup;
        }
        """, new object[] { StudioAssets.Url("chat/markdown.js"), text, piece });

    /// <summary>Texts, and the elements that become of them.</summary>
    private static readonly (string Text, string Markup)[] Becoming =
    [
        ("*a* **b** ***c***", "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em></p>"),
        ("snake_case_name and 2*3*4", "<p>snake_case_name and 2<em>3</em>4</p>"),
        ("\\*plain\\* `a * b` ``x ` y``", "<p>*plain* <code>a * b</code> <code>x ` y</code></p>"),
        ("~~gone~~ ~stays~", "<p><del>gone</del> ~stays~</p>"),
        ("**open", "<p>**open</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("<script>alert(1)</script><b onclick=x>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;&lt;b onclick=x&gt;</p>"),
        ("[x](javascript:alert(1)) [y](data:text/html,z) [z](/etc)", "<p>[x](javascript:alert(1)) [y](data:text/html,z) [z](/etc)</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
        ("- a\n  - b\n    - c\n- d", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"),
        ("- a\n\n  b", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("### a\n# b", "<h3 class=\"md-heading md-heading-3\">a</h3><h3 class=\"md-heading md-heading-1\">b</h3>"),
        ("***", "<hr>"),
    ];

    [Fact]
    public async Task Texts_become_these_elements()
    {
        await using StudioTab tab = await studio.OpenAsync("/models");
        foreach ((string text, string markup) in Becoming) Assert.Equal(markup, await DrawAsync(tab, text));
    }

    [Fact]
    public async Task Links_leave_safely_and_images_do_not_load()
    {
        await using StudioTab tab = await studio.OpenAsync("/models");
        string markup = await DrawAsync(tab, "[here](https://example.com/x) https://example.org/a_b. ![pixel](https://tracker.example/p.png)");
        Assert.Contains("<a href=\"https://example.com/x\" target=\"_blank\" rel=\"noopener noreferrer nofollow\" title=\"https://example.com/x\">here</a><span class=\"md-host\"> (example.com)</span>", markup, StringComparison.Ordinal);
        Assert.Contains(">https://example.org/a_b</a>.", markup, StringComparison.Ordinal);
        Assert.Contains("(image, tracker.example)", markup, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", markup, StringComparison.Ordinal);
        Assert.DoesNotContain(tab.Requests, request => request.Contains("tracker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_in_pieces_is_drawn_as_the_whole()
    {
        await using StudioTab tab = await studio.OpenAsync("/models");
        string whole = await DrawAsync(tab, Everything);
        foreach (int piece in (int[])[1, 3, 7]) Assert.Equal(whole, await DrawAsync(tab, Everything, piece));
        Assert.Contains("<span class=\"code-keyword\">var</span> x = <span class=\"code-string\">\"a &lt; b\"</span>; <span class=\"code-comment\">// no</span>", whole, StringComparison.Ordinal);
        Assert.Contains("<th class=\"md-right\" scope=\"col\">b | c</th>", whole, StringComparison.Ordinal);
    }

    /// <summary>Texts that are made to be slow, deep or strange; drawing is linear, and nothing of them comes alive.</summary>
    [Fact]
    public async Task A_malicious_text_is_drawn_quickly_and_stays_dead()
    {
        await using StudioTab tab = await studio.OpenAsync("/models");
        string[] texts =
        [
            new('*', 20_000), new('[', 20_000), string.Concat(Enumerable.Repeat("![", 5_000)), string.Concat(Enumerable.Repeat("**a ", 5_000)), string.Concat(Enumerable.Repeat("> ", 3_000)) + "x", string.Concat(Enumerable.Repeat("- ", 3_000)) + "x",
            string.Concat(Enumerable.Repeat("`", 9_999)) + "a", "|" + string.Concat(Enumerable.Repeat("a|", 3_000)) + "\n|" + string.Concat(Enumerable.Repeat("-|", 3_000)) + "\n", "```html\n<img src=x onerror=alert(1)>\n" + string.Concat(Enumerable.Repeat("<!--", 3_000)),
            string.Concat(Enumerable.Repeat("*_", 3_000)), "[a](" + new string('(', 5_000), "http://" + new string('a', 30_000),
        ];
        foreach (string text in texts)
        {
            JsonElement result = await tab.Page.EvaluateAsync<JsonElement>("""
                async ([url, text]) => {
                  const { MarkdownView } = await import(url), place = document.createElement("div");
                  const began = performance.now();
                  new MarkdownView(place).update(text);
                  return { ms: performance.now() - began, alive: place.querySelectorAll("script, img, iframe, object, embed, form, style, link, [onerror], [onclick]").length };
                }
                """, new object[] { StudioAssets.Url("chat/markdown.js"), text });
            Assert.Equal(0, result.GetProperty("alive").GetInt32());
            Assert.True(result.GetProperty("ms").GetDouble() < 1500, $"{text[..Math.Min(20, text.Length)]} took {result.GetProperty("ms").GetDouble():0} ms");
        }
    }
}
