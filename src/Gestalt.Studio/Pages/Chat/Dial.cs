namespace Gestalt.Studio.Pages.Chat;

/// <summary>A control of how a model answers, as the page draws it. Its name is the field of a request; left empty, the field is left out and the model's own value holds.</summary>
/// <param name="Name">The field of <c>/v1/chat/completions</c>.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Hint">What it does, in one line.</param>
/// <param name="Least">The least value; null for text.</param>
/// <param name="Most">The largest value that the page offers.</param>
/// <param name="Step">How fine it is.</param>
/// <param name="HasSlider">Whether a slider stands beside the number.</param>
internal sealed record Dial(string Name, string Label, string Hint, string? Least = "0", string? Most = null, string Step = "1", bool HasSlider = false)
{
    /// <summary>Whether it holds text rather than a number.</summary>
    public bool IsText => Least is null;

    /// <summary>What an empty field says.</summary>
    public string Placeholder => IsText ? "None" : "auto";

    /// <summary>All of them, the most used first.</summary>
    public static IReadOnlyList<Dial> All { get; } =
    [
        new("temperature", "Temperature", "0 always takes the likeliest token; more is bolder.", Most: "2", Step: "0.05", HasSlider: true),
        new("top_p", "Top-p", "Only the likeliest tokens that together have this much probability.", Most: "1", Step: "0.01", HasSlider: true),
        new("top_k", "Top-k", "Only this many of the likeliest tokens; 0 for all."),
        new("min_p", "Min-p", "Only tokens at least this likely, relative to the likeliest.", Most: "1", Step: "0.01"),
        new("repeat_penalty", "Repetition penalty", "Above 1, tokens that came lately come less.", Most: "2", Step: "0.05"),
        new("max_tokens", "Longest answer", "In tokens.", Least: "1"),
        new("seed", "Seed", "The same seed gives the same answer again."),
        new("stop", "Stop at", "Texts that end the answer, parted by | signs.", Least: null),
    ];
}
