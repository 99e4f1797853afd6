using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Sums of three numbers: too long for a glance, easy in two steps.</summary>
public sealed partial class ArithmeticProblems : IProblemKind
{
    private const int Most = 99;

    /// <inheritdoc/>
    public string Name => "arithmetic";

    /// <inheritdoc/>
    public string About => "sums of three numbers: What is 37 + 48 - 19?";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice) => new Sum(dice.Between(2, Most), dice.Between(2, Most), dice.Between(2, Most), dice.Chance(50));

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^What is [0-9]+ \+ [0-9]+ [+-] [0-9]+ \?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    private sealed record Sum(int First, int Second, int Third, bool Adds) : NumberProblem("arithmetic",
        // a + b is b + a: one key for both.
        $"{Math.Min(First, Second)} {Math.Max(First, Second)} {(Adds ? "+" : "-")} {Third}",
        $"What is {First} + {Second} {(Adds ? "+" : "-")} {Third} ?", First + Second + (Adds ? Third : -Third))
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            int sum = pupil.Result(First + Second), result = pupil.Result(Adds ? sum + Third : sum - Third);
            return new($"{First} + {Second} = {sum} , {sum} {(Adds ? "+" : "-")} {Third} = {result}", $"{result}");
        }
    }
}
