using System.Text.Json;
using Gestalt.Text.Templates;

namespace Gestalt.Text;

/// <summary>
/// A model's own way to write conversations: the Jinja template that its file carries, in the part of Jinja that such templates use, interpreted here. A template can only
/// read the conversation and write text; it is bounded in time, memory and depth, whatever it says.
/// </summary>
/// <remarks>
/// Expressions, filters and white space behave as in Jinja 3 with the settings with which Hugging Face renders chat templates (<c>trim_blocks</c>, <c>lstrip_blocks</c>, loop
/// controls, immutable sandbox, its own <c>tojson</c>, <c>raise_exception</c>, <c>strftime_now</c> and <c>generation</c>). Departures: no recursive loops, inheritance or
/// includes; whole numbers up to 127 bits; upper and lower case keep a text's length (ß stays ß); <c>safe</c> changes nothing, since nothing is escaped unasked. The arguments of tool calls are a mapping that reads as its JSON text where
/// a template joins it to text, since templates are written for one or the other.
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>The longest template seen has 20,000 characters.</summary>
    private const int LongestSource = 1 << 20;

    private readonly IReadOnlyList<Statement> _statements;

    private ChatTemplate(string source, string? assumption)
    {
        if (source.Length > LongestSource)
        {
            throw new TemplateException($"it has {source.Length:N0} characters; more than {LongestSource:N0} are refused");
        }

        (Source, Assumption) = (source, assumption);
        _statements = TemplateParser.Parse(source, out bool marksAnswers);
        MarksAnswers = marksAnswers;
    }

    /// <summary>The template as its author wrote it.</summary>
    public string Source { get; }

    /// <summary>Which form was assumed and why, for people to be told, where a model came without a template; else null.</summary>
    public string? Assumption { get; }

    /// <summary>Whether its author marked what the assistant says, with <c>{% generation %}</c>.</summary>
    public bool MarksAnswers { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template, as model files carry it under <c>tokenizer.chat_template</c>.</param>
    /// <exception cref="TemplateException">It cannot be read; the message names the line and what is wrong there.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, null);
    }

    /// <summary>The template of a model: its own if it has one, else the form that its vocabulary or name points to, with <see cref="Assumption"/> saying so.</summary>
    /// <param name="tokenizer">The model's vocabulary.</param>
    /// <param name="source">The template that the model's file carries; null if it carries none.</param>
    /// <param name="modelName">What the model is called, if that is known.</param>
    /// <exception cref="TemplateException">Its own template cannot be read.</exception>
    public static ChatTemplate For(Tokenizer tokenizer, string? source = null, string? modelName = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (source is not null)
        {
            return Parse(source);
        }

        (TemplateFamily family, string reason) = TemplateFamily.Of(tokenizer, modelName);
        return new ChatTemplate(family.Source, $"{family.Name} ({reason})");
    }

    /// <summary>Writes a conversation.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">What else the template is told.</param>
    /// <exception cref="TemplateException">The template refuses the conversation, or cannot be run; the message names the line.</exception>
    /// <exception cref="ArgumentException">The tools are no JSON array, or a variable is of a kind that templates do not know.</exception>
    public RenderedPrompt Render(Conversation conversation, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return new RenderedPrompt(Run(conversation, options ?? new TemplateOptions(), default));
    }

    /// <summary>Writes a conversation and shows what of it the assistant is to learn.</summary>
    /// <param name="conversation">The messages, with those of the assistant as they ought to be.</param>
    /// <param name="ends">The names of the tokens that end an answer, such as <c>&lt;|im_end|&gt;</c>: the model learns to write the one that follows an answer.</param>
    /// <param name="options">What else the template is told; <see cref="TemplateOptions.AddGenerationPrompt"/> counts for nothing.</param>
    /// <exception cref="TemplateException">The template refuses the conversation, cannot be run, or has no place for one of the assistant's messages.</exception>
    /// <exception cref="ArgumentException">The tools are no JSON array, or a variable is of a kind that templates do not know.</exception>
    public TrainingText RenderForTraining(Conversation conversation, IReadOnlyList<string> ends, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(ends);
        options ??= new TemplateOptions();
        return AnswerFinder.Find(this, conversation, ends, options with { AddGenerationPrompt = false, Now = options.Now ?? DateTimeOffset.Now });
    }

    /// <summary>Writes a conversation, keeping apart what is to be traced.</summary>
    internal TracedText Run(Conversation conversation, TemplateOptions options, Traced traced)
    {
        var rendering = new Rendering(TemplateInput.Length(conversation, options), options.Now ?? DateTimeOffset.Now, traced.IsAnswers);
        var root = new Scope(rendering, null);
        foreach ((string name, Function function) in Globals.All)
        {
            root.Set(name, function);
        }

        TemplateInput.Declare(root, conversation, options, traced);
        var output = new TracedBuilder();
        try
        {
            Statement.ExecuteAll(_statements, new Scope(rendering, root), output);
        }
        catch (TemplateException problem) when (problem.Line == 0)
        {
            throw new TemplateException(problem.Reason, rendering.Line, problem) { IsRefusal = problem.IsRefusal };
        }

        return output.ToText();
    }

    /// <summary>Writes a conversation as ids: see <see cref="RenderedPrompt.ToIds"/>.</summary>
    /// <param name="tokenizer">The model's vocabulary. Where the options do not say how a sequence begins and ends, it does.</param>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">What else the template is told.</param>
    /// <exception cref="TemplateException">The template refuses the conversation, or cannot be run; the message names the line.</exception>
    /// <exception cref="ArgumentException">The tools are no JSON array, or a variable is of a kind that templates do not know.</exception>
    public int[] RenderIds(Tokenizer tokenizer, Conversation conversation, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Render(conversation, (options ?? new TemplateOptions()).For(tokenizer)).ToIds(tokenizer);
    }
}
