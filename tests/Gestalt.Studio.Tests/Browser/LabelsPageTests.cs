using Gestalt.Store.Labels;
using Microsoft.Playwright;

namespace Gestalt.Studio.Tests.Browser;

/// <summary>Labelling as a person does it, with keys alone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LabelsPageTests(StudioInBrowser studio)
{
    private static readonly IReadOnlyList<LabelMessage> Prompt = [new("user", "Where does Ada live?")];

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 320)]
    public async Task Tasks_are_labelled_blind_with_keys_and_what_was_given_is_in_the_file(bool dark, int width)
    {
        string name = $"ada {width}";
        LabelStore store = studio.Labels;
        LabelTask pick = LabelTask.Of(LabelKind.Pick, Prompt, [("secret one", "In Tarnwood."), ("secret two", "I have no idea.")]);
        LabelTask edit = LabelTask.Of(LabelKind.Edit, Prompt, [("secret three", "in tarnwod")]);
        store.Add([pick, edit]);
        await using StudioTab tab = await studio.OpenAsync("/labels", dark, width);
        await tab["[data-who]"].FillAsync(name);
        await tab["[data-kind]"].SelectOptionAsync("pick");
        await tab.Button("Begin").ClickAsync();
        await Assertions.Expect(tab["[data-title]"]).ToContainTextAsync("Which answer is better?");
        Assert.Contains(await tab["[data-left]"].InnerTextAsync(), pick.Answers);
        await tab.AssertAccessibleAsync("with two answers");
        Assert.DoesNotContain("secret", await tab.Page.ContentAsync(), StringComparison.Ordinal);

        // All tasks to pick from, this one among them: always the answer that knows.
        for (int left = store.Read().Tasks.Count(task => task.Kind == LabelKind.Pick); left > 0; left--)
        {
            string before = await tab["[data-title]"].InnerTextAsync();
            bool knowsLeft = await tab["[data-left]"].InnerTextAsync() == "In Tarnwood.";
            await tab.PressAsync(knowsLeft ? "ArrowLeft" : "ArrowRight");
            if (left > 1) await Assertions.Expect(tab["[data-title]"]).Not.ToHaveTextAsync(before);
        }

        await Assertions.Expect(tab["[data-empty]"]).ToContainTextAsync("Thank you, " + name);
        Assert.Equal(LabelChoice.First, store.Read().Labels.Single(label => label.By == name && label.Task == pick.Id).Choice);
        await tab.AssertAccessibleAsync("with nothing left to pick from");

        await tab["[data-kind]"].SelectOptionAsync("edit");
        await tab.Button("Begin").ClickAsync();
        await Assertions.Expect(tab["[data-ideal]"]).ToHaveValueAsync("in tarnwod");
        await tab.AssertAccessibleAsync("with a draft");
        await tab["[data-ideal]"].FillAsync("Ada lives in Tarnwood.");
        await tab.Page.RunAndWaitForResponseAsync(() => tab.PressAsync("Control+Enter"), response => response.Request.Method == "POST" && response.Url.Contains("/studio/labels", StringComparison.Ordinal));
        Assert.Contains(store.Read().Labels, label => label.By == name && label.Answer == "Ada lives in Tarnwood.");
        Assert.All(tab.Requests, request => Assert.DoesNotContain("secret", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_guide_opens_and_closes_and_a_name_is_needed()
    {
        await using StudioTab tab = await studio.OpenAsync("/labels");
        await tab.Button("Guide").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Harmless", Exact = true })).ToBeVisibleAsync();
        await tab.AssertAccessibleAsync("with the guide");
        await tab.PressAsync("Escape");
        await Assertions.Expect(tab["[data-guide-dialog]"]).ToBeHiddenAsync();
        await tab.Button("Begin").ClickAsync();
        Assert.True(await tab["[data-task]"].IsHiddenAsync());
    }
}
