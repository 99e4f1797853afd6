using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>
/// Sums of two numbers, as they are done on paper: column by column from the right, with what is carried. Each step is one that a model of a million weights learns from a thousand examples, while the
/// sum in one go is not: the kind on which thinking pays first.
/// </summary>
public sealed partial class SumProblems : IProblemKind
{
    private const int Least = 10, Most = 99;

    /// <inheritdoc/>
    public string Name => "sums";

    /// <inheritdoc/>
    public string About => "sums of two numbers: What is 37 + 48?";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice) => new Sum(dice.Between(Least, Most), dice.Between(Least, Most));

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^What is [0-9]+ \+ [0-9]+ \?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    private sealed record Sum(int First, int Second) : NumberProblem("sums",
        $"{Math.Min(First, Second)} {Math.Max(First, Second)}", // a + b is b + a
        $"What is {First} + {Second} ?", First + Second)
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            int ones = Column(pupil, (First % 10) + (Second % 10)), carried = ones / 10;
            int tens = Column(pupil, (First / 10) + (Second / 10) + carried);
            return new($"{First % 10}+{Second % 10}={ones}, {First / 10}+{Second / 10}{(carried > 0 ? $"+{carried}" : "")}={tens}", $"{(10 * tens) + (ones % 10)}");
        }

        // A pupil who slips still knows that a sum of digits is not below zero.
        private static int Column(Pupil pupil, int right) => Math.Abs(pupil.Result(right));
    }
}
