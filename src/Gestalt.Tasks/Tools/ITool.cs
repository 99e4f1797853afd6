namespace Gestalt.Tasks.Tools;

/// <summary>
/// Something that an assistant may call with one text and that answers with one. It has no effect on anything, needs nobody's permission, takes bounded time and memory whatever the text is, and any
/// number of threads may use one at once.
/// </summary>
public interface ITool
{
    /// <summary>What models call it.</summary>
    string Name { get; }

    /// <summary>What it is for, in a sentence for models.</summary>
    string Description { get; }

    /// <summary>The name of its one argument, a text.</summary>
    string Parameter { get; }

    /// <summary>Answers.</summary>
    /// <param name="argument">What it is asked.</param>
    /// <exception cref="ToolException">It cannot; the message says why.</exception>
    string Answer(string argument);
}
