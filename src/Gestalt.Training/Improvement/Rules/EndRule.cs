using Gestalt.Store.Improving;

namespace Gestalt.Training.Improvement;

/// <summary>Finds answers that say nothing, or that the model did not end itself. Those that a person stopped are left alone.</summary>
public sealed class EndRule : IAnswerRule
{
    /// <inheritdoc/>
    public string Name => "cut";

    /// <inheritdoc/>
    public string Meaning => "is empty, or was cut off in the middle";

    /// <inheritdoc/>
    public string? ProblemOf(LoggedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.End switch
        {
            AnswerEnd.Length => "it was cut at the longest that was allowed",
            AnswerEnd.Stop when string.IsNullOrWhiteSpace(answer.Answer.Content) && answer.Answer.ToolCalls.Count == 0 => "it is empty",
            _ => null,
        };
    }
}
