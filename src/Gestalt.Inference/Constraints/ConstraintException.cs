namespace Gestalt.Inference.Constraints;

/// <summary>A grammar or schema that cannot be used. The message says where and why, and what would help.</summary>
public sealed class ConstraintException : Exception
{
    /// <summary>States a problem and its place.</summary>
    /// <param name="place">Where: a line and column of a grammar, a JSON pointer into a schema, or a rule's name.</param>
    /// <param name="problem">What is wrong there, as the rest of a sentence.</param>
    public ConstraintException(string place, string problem)
        : base($"{place}: {problem}")
    {
        Place = place;
    }

    /// <summary>Where the problem is: a line and column of a grammar, a JSON pointer into a schema, or a rule's name.</summary>
    public string Place { get; }
}
