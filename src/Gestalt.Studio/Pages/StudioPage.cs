namespace Gestalt.Studio.Pages;

/// <summary>One page of Studio: what the navigation calls it, and what is drawn and loaded for it.</summary>
/// <param name="Path">Where it is, such as <c>/chat</c>; addresses below it lead to it, too.</param>
/// <param name="Name">What the navigation and the window call it.</param>
/// <param name="Purpose">What it is for, in one sentence.</param>
/// <param name="Component">The Razor component of its main part; it is rendered once, on the server.</param>
/// <param name="Styles">Style sheets besides the shell's, as names of <see cref="StudioAssets"/>: <c>chat/chat.css</c>.</param>
/// <param name="Modules">ES modules besides the shell's: <c>chat/chat.js</c>.</param>
public sealed record StudioPage(string Path, string Name, string Purpose, Type Component, IReadOnlyList<string> Styles, IReadOnlyList<string> Modules)
{
    /// <summary>The pages, in the order of the navigation.</summary>
    public static IReadOnlyList<StudioPage> All { get; } =
    [
        new("/chat", "Chat", "Talk with a model.", typeof(Chat.ChatPage), ["chat/markdown.css", "chat/chat.css"], ["chat/chat.js"]),
        new("/tokens", "Tokens", "Text as a model reads it.", typeof(Tokens.TokensPage), ["shell/parts.css", "tokens/tokens.css"], ["tokens/tokens.js"]),
        new("/inside", "Inside", "Why a model says what it says.", typeof(Inside.InsidePage), ["shell/parts.css", "tokens/tokens.css", "inside/inside.css"], ["inside/inside.js"]),
        new("/runs", "Runs", "Models as they learn.", typeof(Runs.RunsPage), ["shell/parts.css", "charts/charts.css", "runs/runs.css"], ["runs/runs.js"]),
        new("/arena", "Arena", "Two answers, and which is better.", typeof(Arena.ArenaPage), ["chat/markdown.css", "arena/arena.css"], ["arena/arena.js"]),
        new("/labels", "Labels", "What people find good, for a model to learn from.", typeof(Labels.LabelsPage), ["chat/markdown.css", "labels/labels.css"], ["labels/labels.js"]),
        new("/models", "Models", "What is installed, and what can be had.", typeof(Models.ModelsPage), ["models/models.css"], ["models/models.js"]),
    ];

    /// <summary>Pages that come later: named in the navigation, and nowhere to go yet.</summary>
    public static IReadOnlyList<string> Later { get; } = ["Corpus"];
}
