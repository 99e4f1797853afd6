using Gestalt.Text;

namespace Gestalt.Training.Preferences;

/// <summary>Writes comparisons in the form in which a model reads conversations.</summary>
/// <param name="tokenizer">The model's vocabulary.</param>
/// <param name="startsWithEndOfText">Whether a conversation begins as documents do.</param>
public sealed class PairRenderer(Tokenizer tokenizer, bool startsWithEndOfText)
{
    /// <summary>A comparison as ids.</summary>
    /// <param name="pair">The comparison.</param>
    public RenderedPair Render(PreferencePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new RenderedPair(Render(pair.Prompt, pair.Chosen), Render(pair.Prompt, pair.Rejected));
    }

    /// <summary>An answer in its conversation as ids.</summary>
    /// <param name="prompt">What it answers.</param>
    /// <param name="answer">The answer.</param>
    public RenderedAnswer Render(Conversation prompt, string answer)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        int before = ChatMl.Render(tokenizer, prompt, addGenerationPrompt: true).Ids.Length;
        RenderedConversation whole = ChatMl.Render(tokenizer, new Conversation([.. prompt.Messages, new Message(Roles.Assistant, answer)]));
        // The answer and its closing mark are the last that count; the line feed after them is never generated.
        int end = Array.LastIndexOf(whole.LossMask, true) + 1;
        int[] ids = whole.Ids[..end];
        return startsWithEndOfText ? new RenderedAnswer([tokenizer.Special.EndOfText, .. ids], before + 1) : new RenderedAnswer(ids, before);
    }
}
