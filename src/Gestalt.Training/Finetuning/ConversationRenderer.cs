using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Training.Finetuning;

/// <summary>A conversation ready to be learned from.</summary>
/// <param name="Ids">Its ids, and for each whether it is learned.</param>
/// <param name="FollowsPrompts">Whether every answer begins where the template's generation prompt ends.</param>
/// <param name="HasEnds">Whether every answer ends with a mark that ends answers.</param>
public sealed record PreparedConversation(RenderedConversation Ids, bool FollowsPrompts, bool HasEnds)
{
    /// <summary>The names of the tools that it is told of.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}

/// <summary>
/// Writes conversations in the form that a model knows: by the template that it came with, or in Gestalt's ChatML where it has none and its vocabulary has the marks for it. Ids up to an
/// answer are those that the model will be given when it is asked.
/// </summary>
public sealed class ConversationRenderer
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate? _template;
    private readonly TemplateOptions _options;
    private readonly int? _start;
    private readonly string[] _ends;

    /// <summary>A renderer for a model.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="TemplateException">Its template cannot be read.</exception>
    public ConversationRenderer(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _tokenizer = model.Tokenizer;
        _start = model.AddsStart ? model.StartId : null;
        bool isChatMl = ChatMl.IsOwn(model.Template) || (model.Template is null && _tokenizer.Special.HasMessages);
        _template = isChatMl ? null : ChatTemplate.For(_tokenizer, model.Template, model.Metadata.GetValueOrDefault("general.name"));
        _options = new TemplateOptions { BosText = NameOf(model.StartId) }.For(_tokenizer);
        IEnumerable<int> ends = model.StopIds.Concat(_tokenizer.Special.Stops);
        if (_tokenizer.Special.HasEndOfText) ends = ends.Append(_tokenizer.Special.EndOfText);
        _ends = [.. ends.Distinct().Select(id => NameOf(id)!).Where(name => name.Length > 0)];
    }

    /// <summary>Whether conversations are written in Gestalt's own ChatML.</summary>
    public bool IsOwnForm => _template is null;

    /// <summary>The template as the finished model's file carries it.</summary>
    public string TemplateSource => _template?.Source ?? ChatMl.Template;

    /// <summary>Which form was assumed and why, where the model came without one; else null.</summary>
    public string? Assumption => _template?.Assumption;

    /// <summary>Writes a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <exception cref="TemplateException">The template refuses it, or has no place for something in it.</exception>
    public PreparedConversation Render(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        if (_template is null)
        {
            return new PreparedConversation(Begun(ChatMl.Render(_tokenizer, conversation)), FollowsPrompts: true, HasEnds: true) { Tools = ToolText.NamesOf(conversation.Tools) };
        }

        TrainingText text = _template.RenderForTraining(conversation, _ends, _options with { Tools = conversation.Tools });
        return new PreparedConversation(Begun(text.ToIds(_tokenizer)), text.Answers.All(answer => answer.FollowsPrompt), text.Answers.All(answer => answer.HasEnd))
        {
            Tools = ToolText.NamesOf(conversation.Tools),
        };
    }

    /// <summary>Most templates write the token that begins a sequence, some leave it to the program.</summary>
    private RenderedConversation Begun(RenderedConversation rendered) =>
        _start is not int start || (_template is not null && rendered.Ids is [int first, ..] && first == start)
            ? rendered
            : new RenderedConversation([start, .. rendered.Ids], [false, .. rendered.LossMask]);

    private string? NameOf(int? id) => id is int token ? _tokenizer.DecodeText([token]) : null;
}
