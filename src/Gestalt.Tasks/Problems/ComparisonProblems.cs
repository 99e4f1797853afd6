using System.Globalization;
using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Which number is larger, where more digits do not mean more: 9.11 and 9.9.</summary>
public sealed partial class ComparisonProblems : IProblemKind
{
    /// <summary>How often a number has one digit behind the point, in percent: often enough that pairs of unequal length, which are the hard ones, are half of all.</summary>
    private const int OneDigitPercent = 40;

    /// <inheritdoc/>
    public string Name => "comparisons";

    /// <inheritdoc/>
    public string About => "the larger of two: Which is larger, 9.11 or 9.9?";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice)
    {
        while (true)
        {
            (int whole, int first, int second) = (dice.Between(0, 40), Digits(ref dice), Digits(ref dice));
            int other = dice.Chance(80) ? whole : dice.Between(0, 40);
            (string left, string right) = ($"{whole}.{first}", $"{other}.{second}");
            if (Value(left) != Value(right)) return new Pair(left, right);
        }
    }

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^Which is larger, [0-9.]+ or [0-9.]+ \?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    private static int Digits(ref Dice dice) => dice.Chance(OneDigitPercent) ? dice.Between(1, 9) : dice.Between(10, 99);

    private static decimal Value(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Pair(string Left, string Right) : NumberProblem("comparisons",
        string.CompareOrdinal(Left, Right) < 0 ? $"{Left} {Right}" : $"{Right} {Left}", // whichever comes first
        $"Which is larger, {Left} or {Right} ?", Math.Max(Value(Left), Value(Right)))
    {
        public override double GuessRate => 0.5;

        public override WorkedAnswer Work(Pupil pupil)
        {
            // Both with two places: 9.9 is 9.90.
            (string left, string right) = (Padded(Left), Padded(Right));
            string larger = Value(Left) > Value(Right) != pupil.Slips() ? Left : Right;
            return new($"{left} and {right} , {(larger == Left ? left : right)} is larger", larger);
        }

        private static string Padded(string text) => text[..text.IndexOf('.', StringComparison.Ordinal)] + "." + text[(text.IndexOf('.', StringComparison.Ordinal) + 1)..].PadRight(2, '0');
    }
}
