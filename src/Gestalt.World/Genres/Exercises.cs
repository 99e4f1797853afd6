using System.Globalization;
using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>The sums that children practise. Nobody learns to copy a number who has never seen it done.</summary>
internal static class Exercises
{
    private const int FewestSums = 2, MostSums = 4;

    private static readonly Phrase[] Headings = Phrase.Lines("""
        Our sums this week
        What we practised
        Homework
        On the blackboard
        """);

    private static readonly string[] Questions = ["What is {0}?", "How much is {0}?", "Somebody asked for {0}.", "The teacher wants to know {0}.", "Find {0}, please."];
    private static readonly string[] Answers = ["We write {0} and get {1}.", "On the slate it is {0}, and that makes {1}.", "We type {0}, and out comes {1}.", "{0} makes {1}, said the whole class."];

    /// <summary>A few sums with their solutions.</summary>
    /// <param name="pen">Writes.</param>
    public static void Write(Pen pen)
    {
        pen.Block(BlockKind.Subheading, pen.Fresh(Headings));
        for (int n = pen.Dice.Between(FewestSums, MostSums); n > 0; n--)
        {
            (string asked, string sum, string result) = Sum(ref pen.Dice);
            string question = pen.Dice.Pick(Questions), answer = pen.Dice.Pick(Answers);
            pen.Block(BlockKind.Item, $"{string.Format(CultureInfo.InvariantCulture, question, asked)} {string.Format(CultureInfo.InvariantCulture, answer, sum, result)}");
        }
    }

    private static (string Asked, string Sum, string Result) Sum(ref Dice dice)
    {
        decimal a = Number(ref dice, 4), b = Number(ref dice, 4), small = Number(ref dice, 2), larger = Math.Max(a, b), smaller = Math.Min(a, b);
        int whole = dice.Between(2, 60), times = dice.Between(2, 150);
        return dice.Below(6) switch
        {
            0 or 1 => (F($"{a} plus {b}"), F($"{a} + {b}"), F($"{a + b}")),
            2 => (F($"{larger} minus {smaller}"), F($"{larger} - {smaller}"), F($"{larger - smaller}")),
            3 => (F($"{a} times {small}"), F($"{a} * {small}"), F($"{a * small / 1.000000m}")),
            4 => (F($"{whole * times} divided by {whole}"), F($"{whole * times} / {whole}"), F($"{times}")),
            _ => (F($"the larger one of {a} and {b}"), F($"{a} {(a > b ? '>' : '<')} {b}"), F($"{larger}")),
        };
    }

    /// <summary>A number of up to so many digits; one in four has one or two decimals.</summary>
    private static decimal Number(ref Dice dice, int digits)
    {
        int below = (int)Math.Pow(10, dice.Between(1, digits));
        int number = dice.Between(below == 10 ? 2 : below / 10, below - 1);
        return dice.Chance(75) ? number : dice.Chance(50) ? number + (dice.Between(1, 9) / 10m) : number + (((dice.Between(0, 9) * 10) + dice.Between(1, 9)) / 100m);
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
