namespace Gestalt.Tasks.Tools;

/// <summary>A tool cannot do what it was asked. The message is one sentence for the model that asked: what, where, and what would do.</summary>
public sealed class ToolException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="message">The sentence.</param>
    public ToolException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal with its cause.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="cause">The cause.</param>
    public ToolException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
