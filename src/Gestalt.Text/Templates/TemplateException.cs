namespace Gestalt.Text;

/// <summary>A chat template that cannot be read or used: it is wrong, asks for what does not exist, takes too long, or refuses the conversation itself.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Tells what is wrong.</summary>
    /// <param name="reason">What is wrong, without the line.</param>
    /// <param name="line">The line of the template, from 1; 0 when it is not known.</param>
    /// <param name="inner">What caused it.</param>
    public TemplateException(string reason, int line = 0, Exception? inner = null)
        : base(line > 0 ? $"The chat template, line {line}: {reason}" : $"The chat template: {reason}", inner) => (Reason, Line) = (reason, line);

    /// <summary>What is wrong, without the line.</summary>
    public string Reason { get; }

    /// <summary>The line of the template, from 1; 0 when it is not known.</summary>
    public int Line { get; }

    /// <summary>Whether it was the template itself that refused, with <c>raise_exception</c>: it cannot write such a conversation.</summary>
    public bool IsRefusal { get; init; }
}
