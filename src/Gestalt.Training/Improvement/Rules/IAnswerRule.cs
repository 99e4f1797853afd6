using Gestalt.Store.Improving;

namespace Gestalt.Training.Improvement;

/// <summary>Something that an answer must not do, and that a program can find out.</summary>
public interface IAnswerRule
{
    /// <summary>Its name on the command line and in flags.</summary>
    string Name { get; }

    /// <summary>What it finds, in a few words.</summary>
    string Meaning { get; }

    /// <summary>What is wrong with an answer, in a sentence; null where the rule finds nothing, or cannot tell.</summary>
    /// <param name="answer">The answer, with what was said before it.</param>
    string? ProblemOf(LoggedAnswer answer);
}
