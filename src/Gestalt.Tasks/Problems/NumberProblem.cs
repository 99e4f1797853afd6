using System.Globalization;

namespace Gestalt.Tasks.Problems;

/// <summary>A problem whose answer is a number.</summary>
/// <param name="Kind">The name of its kind.</param>
/// <param name="Key">What makes it this problem.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Value">The number.</param>
public abstract record NumberProblem(string Kind, string Key, string Question, decimal Value) : Problem(Kind, Key, Question)
{
    /// <inheritdoc/>
    public override string Answer => Value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override bool Accepts(string answer) => NumberAnswer.Is(answer, Value);
}

/// <summary>A problem whose answer is a word, a date or another text that is written in one way only; a full stop behind it does not matter.</summary>
/// <param name="Kind">The name of its kind.</param>
/// <param name="Key">What makes it this problem.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Answer">The answer.</param>
public abstract record TextProblem(string Kind, string Key, string Question, string Answer) : Problem(Kind, Key, Question)
{
    /// <inheritdoc/>
    public override string Answer { get; } = Answer;

    /// <inheritdoc/>
    public override bool Accepts(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return string.Equals(answer.EndsWith('.') ? answer[..^1] : answer, Answer, StringComparison.OrdinalIgnoreCase);
    }
}
