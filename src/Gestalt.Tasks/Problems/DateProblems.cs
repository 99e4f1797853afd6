using System.Globalization;
using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Days that pass: weekdays by remainder, dates across the ends of months and leap days.</summary>
public sealed partial class DateProblems : IProblemKind
{
    private static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <inheritdoc/>
    public string Name => "dates";

    /// <inheritdoc/>
    public string About => "days that pass: Today is Tuesday. Which day is it in 17 days?; Which date is 12 days after 2024-02-20?";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice) => dice.Chance(50)
        ? new Weekday(dice.Below(7), dice.Between(8, 60))
        : new Date(new DateOnly(dice.Between(1950, 2049), dice.Between(1, 12), dice.Between(1, 28)), dice.Between(5, 28));

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^Today is [A-Z][a-z]+\. Which day is it in [0-9]+ days\?$|^Which date is [0-9]+ days after [0-9-]+ \?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    private sealed record Weekday(int Today, int Days)
        : TextProblem("dates", $"weekday {Today} {Days}", $"Today is {Weekdays[Today]}. Which day is it in {Days} days?", Weekdays[(Today + Days) % 7])
    {
        public override double GuessRate => 1.0 / 7;

        public override WorkedAnswer Work(Pupil pupil)
        {
            int weeks = Days / 7, whole = pupil.Result(7 * weeks), left = Math.Clamp(Days - whole, 0, 6), day = (Today + left) % 7;
            if (pupil.Slips()) day = (day + 1) % 7;
            return new($"{weeks} * 7 = {whole} , {Days} - {whole} = {left} , {left} days after {Weekdays[Today]} is {Weekdays[day]}", Weekdays[day]);
        }
    }

    private sealed record Date(DateOnly From, int Days)
        : TextProblem("dates", $"{Write(From)} {Days}", $"Which date is {Days} days after {Write(From)} ?", Write(From.AddDays(Days)))
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            int month = DateTime.DaysInMonth(From.Year, From.Month), sum = pupil.Result(From.Day + Days);
            string thinking = $"{From.Day} + {Days} = {sum} , the month has {month} days";
            DateOnly to = sum <= 0 ? From : From.AddDays(sum - From.Day);
            if (sum > month) thinking += $" , {sum} - {month} = {sum - month}";
            return new(thinking, Write(to));
        }
    }

    private static string Write(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
