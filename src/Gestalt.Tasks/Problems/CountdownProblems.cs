using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Make a number out of others: to be searched for rather than computed, which is where trying again pays.</summary>
public sealed partial class CountdownProblems : IProblemKind
{
    private const int Most = 12, MostTarget = 100;

    /// <inheritdoc/>
    public string Name => "countdown";

    /// <inheritdoc/>
    public string About => "a number out of others: Make 29 from 3 , 8 and 5 .";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice)
    {
        while (true)
        {
            int[] numbers = [dice.Between(1, Most), dice.Between(1, Most), dice.Between(1, Most)];
            (string solution, int target) = Attempt(numbers, ref dice);
            if (target is > 0 and <= MostTarget) return new Game(numbers, target, solution);
        }
    }

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^Make [0-9]+ from [0-9]+ , [0-9]+ and [0-9]+ \.$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    /// <summary>The numbers in some order with some operators between them, and what that makes; multiplication goes first, as everywhere.</summary>
    private static (string Text, int Value) Attempt(ReadOnlySpan<int> numbers, ref Dice dice)
    {
        int[] order = [.. numbers];
        dice.Shuffle<int>(order);
        const string Operators = "+-*";
        (char first, char second) = (Operators[dice.Below(3)], Operators[dice.Below(3)]);
        int value = second == '*' && first != '*' ? Apply(order[0], first, order[1] * order[2]) : Apply(Apply(order[0], first, order[1]), second, order[2]);
        return ($"{order[0]} {first} {order[1]} {second} {order[2]}", value);
    }

    private static int Apply(int left, char sign, int right) => sign switch { '+' => left + right, '-' => left - right, _ => left * right };

    private sealed record Game : Problem
    {
        private readonly int[] _numbers;
        private readonly int _target;

        public Game(int[] numbers, int target, string solution)
            : base("countdown", $"{string.Join(' ', numbers.Order())} {target}", $"Make {target} from {numbers[0]} , {numbers[1]} and {numbers[2]} .") =>
            (_numbers, _target, Answer) = (numbers, target, solution);

        public override string Answer { get; }

        public override bool Accepts(string answer) => CountdownExpression.Makes(answer, _numbers, _target);

        public override WorkedAnswer Work(Pupil pupil)
        {
            var tries = new List<string>();
            while (true)
            {
                (string text, int value) = Attempt(_numbers, ref pupil.Dice);
                int claimed = pupil.Result(value);
                bool found = claimed == _target;
                tries.Add($"{text} = {claimed} {(found ? "yes" : "no")}");
                if (found || tries.Count >= pupil.Patience) return new(string.Join(" , ", tries), text);
            }
        }
    }
}
