using Gestalt.Text;

namespace Gestalt.Inference;

/// <summary>How a model sets what it thinks apart from what it says: everything from one mark to another, at the beginning of an answer.</summary>
/// <param name="Open">The mark before, such as <c>&lt;think&gt;</c>.</param>
/// <param name="Close">The mark behind, such as <c>&lt;/think&gt;</c>. Its first character comes in it once.</param>
public sealed record Thinking(string Open, string Close)
{
    // In the order in which they are looked for.
    private static readonly Thinking[] Known = [new("<think>", "</think>"), new("[THINK]", "[/THINK]"), new("<thinking>", "</thinking>"), new("<reasoning>", "</reasoning>")];

    /// <summary>The marks of Gestalt's own form of conversations. An assistant that was not taught to think never begins with the first one.</summary>
    public static Thinking Own { get; } = Known[0];

    /// <summary>Whether the prompt has written the first mark, so that an answer begins with thinking.</summary>
    public bool HasBegun { get; init; }

    /// <summary>The marks that a model's template knows; null for a model that does not think.</summary>
    /// <param name="template">The template; null for Gestalt's own form.</param>
    public static Thinking? Of(ChatTemplate? template) => template is null ? Own : Array.Find(Known, marks => template.Source.Contains(marks.Close, StringComparison.Ordinal));

    /// <summary>The same for an answer to a prompt.</summary>
    /// <param name="prompt">The prompt's text, up to where the answer begins.</param>
    public Thinking After(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return this with { HasBegun = prompt.AsSpan().TrimEnd().EndsWith(Open, StringComparison.Ordinal) };
    }
}

/// <summary>A part of an answer.</summary>
/// <param name="Text">Its text; never empty.</param>
/// <param name="IsThought">Whether the model thinks it, or says it.</param>
public readonly record struct AnswerPart(string Text, bool IsThought);
