using Gestalt.Models;
using Gestalt.Text;
using Gestalt.Training.Finetuning;

namespace Gestalt.Training.Preferences;

/// <summary>Writes comparisons in the form in which a model reads conversations: its own template's, or Gestalt's ChatML.</summary>
/// <param name="model">The model.</param>
/// <exception cref="TemplateException">Its template cannot be read.</exception>
public sealed class PairRenderer(LoadedModel model)
{
    private readonly ConversationRenderer _renderer = new(model);

    /// <summary>A comparison as ids.</summary>
    /// <param name="pair">The comparison.</param>
    /// <exception cref="TemplateException">The template refuses it.</exception>
    public RenderedPair Render(PreferencePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return new RenderedPair(Render(pair.Prompt, pair.Chosen), Render(pair.Prompt, pair.Rejected));
    }

    /// <summary>An answer in its conversation as ids.</summary>
    /// <param name="prompt">What it answers.</param>
    /// <param name="answer">The answer.</param>
    /// <exception cref="TemplateException">The template refuses it.</exception>
    public RenderedAnswer Render(Conversation prompt, string answer)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        (int[] ids, bool[] says) = _renderer.Render(new Conversation([.. prompt.Messages, new Message(Roles.Assistant, answer)]) { Tools = prompt.Tools }).Ids;
        // What is learned last is this answer with the mark that closes it; what templates write after it is never generated.
        int end = Array.LastIndexOf(says, true) + 1, start = end;
        while (start > 0 && says[start - 1]) start--;
        return new RenderedAnswer(ids[..end], start);
    }
}
