using System.Globalization;
using Gestalt.World.Grammar;

namespace Gestalt.World.Genres;

/// <summary>
/// What the children practise: sums, words letter by letter, amounts, dates. Nobody learns to copy a number who has never seen it done, and nobody who reads tokens knows the letters of a word that he
/// never saw spelled.
/// </summary>
internal static class Exercises
{
    private const int FewestSums = 3, MostSums = 6, FewestWords = 3, MostWords = 6, MostSecrets = 2;

    /// <summary>Of a hundred pages, so many have words to spell; of a hundred exercises with numbers, so many are about amounts and dates, and the others sums.</summary>
    private const int Spelling = 60, Amounts = 14, Dates = 26;

    /// <summary>Of a hundred words that are spelled, so many are everyday ones.</summary>
    private const int Everyday = 50;

    private static readonly Phrase[] Headings = Phrase.Lines("""
        Our sums this week
        What we practised
        Homework
        On the blackboard
        """);

    private static readonly Phrase[] SpellingHeadings = Phrase.Lines("""
        Our words this week
        Words that we can spell
        From the spelling book
        """);

    private static readonly string[] Questions = ["What is {0}?", "How much is {0}?", "Somebody asked for {0}.", "The teacher wants to know {0}.", "Find {0}, please."];
    private static readonly string[] Answers = ["We write {0} and get {1}.", "On the slate it is {0}, and that makes {1}.", "We type {0}, and out comes {1}.", "The whole class says that {0} makes {1}."];
    private static readonly string[] Spelled = ["We spell {0}: {1}.", "How do we spell {0}? It is spelled {1}.", "The word {0} has the letters {1}.", "Letter by letter {0} is {1}."];

    // A word that nobody has ever read can only be repeated letter by letter.
    private static readonly string[][] Secrets =
    [
        ["Our secret word is {0}. Only those who say {0} may come in."], ["Who is at the door? Whoever says {0}. So say it, please: {0}."],
        ["This stood on the slate:", "{0}", "We all read it aloud:", "{0}"], ["On a note we found:", "{0}", "We copied it:", "{0}"],
    ];

    private const string LettersAsOften = "eeeeeeetttttaaaaoooonnniiissshhrrrddlllucmwfygpbvkt";

    private static readonly string[] Plus = ["{0} plus {1}", "{0} and {1} together", "the sum of {0} and {1}", "the total of {0} and {1}", "{0} with {1} more"];
    private static readonly string[] Minus = ["{0} minus {1}", "{0} less {1}", "the rest of {0} without {1}", "{0} reduced by {1}", "{0} after losing {1}", "{0} with {1} taken away"];
    private static readonly string[] Times = ["{0} times {1}", "{0} multiplied by {1}", "the product of {0} and {1}", "{1} bags of {0}"];
    private static readonly string[] Divided = ["{0} divided by {1}", "{0} split by {1}", "{0} shared among {1}", "one part of {0} split into {1} parts"];
    private static readonly string[] PerCent = ["{0} percent of {1}", "{0}% of {1}"];
    private static readonly string[] Largest = ["the larger one of {0} and {1}", "the larger number, {0} or {1}"], Smallest = ["the smaller one of {0} and {1}", "the smaller number, {0} or {1}"];
    private static readonly string[] Converted = ["{0} {1} in {2}", "the {2} that {0} {1} make"];

    /// <summary>Units that stand for so many smaller ones; their names, and the signs that are typed.</summary>
    private static readonly (string Name, string Sign, int Factor, string Smaller, string SmallerSign)[] Units =
    [
        ("kilometres", "km", 1000, "metres", "m"), ("metres", "m", 100, "centimetres", "cm"), ("centimetres", "cm", 10, "millimetres", "mm"), ("kilograms", "kg", 1000, "grams", "g"),
        ("litres", "l", 1000, "millilitres", "ml"), ("hours", "h", 60, "minutes", "min"), ("minutes", "min", 60, "seconds", "s"), ("days", "days", 24, "hours", "h"),
    ];

    /// <summary>A few exercises with their solutions.</summary>
    /// <param name="pen">Writes.</param>
    public static void Write(Pen pen)
    {
        pen.Block(BlockKind.Subheading, pen.Fresh(Headings));
        for (int n = pen.Dice.Between(FewestSums, MostSums); n > 0; n--)
        {
            (string asked, string typed, string result) = pen.Dice.Below(100) switch
            {
                < Amounts => Amount(ref pen.Dice),
                < Dates => Date(ref pen.Dice),
                _ => Sum(ref pen.Dice),
            };
            pen.Block(BlockKind.Item, $"{F(pen.Dice.Pick(Questions), asked)} {F(pen.Dice.Pick(Answers), typed, result)}");
        }

        if (pen.Dice.Chance(Spelling))
        {
            pen.Block(BlockKind.Subheading, pen.Fresh(SpellingHeadings));
            for (int n = pen.Dice.Between(FewestWords, MostWords); n > 0; n--)
            {
                string word = pen.Dice.Pick(pen.Dice.Chance(Everyday) ? pen.World.EverydayWords : pen.World.SpellingNames);
                pen.Block(BlockKind.Item, F(pen.Dice.Pick(Spelled), word, string.Join(' ', word.ToCharArray())));
            }
        }

        for (int n = pen.Dice.Between(1, MostSecrets); n > 0; n--)
        {
            string secret = SecretWord(ref pen.Dice);
            foreach (string line in pen.Dice.Pick(Secrets)) pen.Block(BlockKind.Paragraph, F(line, secret));
        }
    }

    private static (string Asked, string Typed, string Result) Sum(ref Dice dice)
    {
        decimal a = Number(ref dice, 4), b = Number(ref dice, 4), small = Number(ref dice, 2), larger = Math.Max(a, b), smaller = Math.Min(a, b);
        int whole = dice.Between(2, 60), times = dice.Between(2, 150), share = 5 * dice.Between(1, 19);
        return dice.Below(8) switch
        {
            0 or 1 => (F(dice.Pick(Plus), a, b), F("{0} + {1}", a, b), Plain(a + b)),
            2 or 3 => (F(dice.Pick(Minus), larger, smaller), F("{0} - {1}", larger, smaller), Plain(larger - smaller)),
            4 => (F(dice.Pick(Times), a, small), F("{0} * {1}", a, small), Plain(a * small)),
            5 => (F(dice.Pick(Divided), whole * times, whole), F("{0} / {1}", whole * times, whole), F("{0}", times)),
            6 => (F(dice.Pick(PerCent), share, times), F("{0}% of {1}", share, times), Plain(share * times / 100m)),
            _ when dice.Chance(50) => (F(dice.Pick(Largest), a, b), F("max({0}, {1})", a, b), Plain(larger)),
            _ => (F(dice.Pick(Smallest), a, b), F("min({0}, {1})", a, b), Plain(smaller)),
        };
    }

    private static (string Asked, string Typed, string Result) Amount(ref Dice dice)
    {
        (string name, string sign, int factor, string smaller, string smallerSign) = dice.Pick(Units);
        decimal amount = Number(ref dice, 3);
        if (factor == 1000 && dice.Chance(50))
        {
            return (F(dice.Pick(Converted), amount, smaller, name), F("{0} {1} to {2}", amount, smallerSign, sign), $"{Plain(amount / factor)} {sign}");
        }

        return (F(dice.Pick(Converted), amount, name, smaller), F("{0} {1} to {2}", amount, sign, smallerSign), $"{Plain(amount * factor)} {smallerSign}");
    }

    private static string SecretWord(ref Dice dice)
    {
        Span<char> letters = stackalloc char[dice.Between(5, 11)];
        foreach (ref char letter in letters) letter = LettersAsOften[dice.Below(LettersAsOften.Length)];
        return new string(letters);
    }

    private static (string Asked, string Typed, string Result) Date(ref Dice dice)
    {
        const int days = 50_000;
        DateOnly day = new DateOnly(1900, 1, 1).AddDays(dice.Below(days));
        string said = F("{0} {1} {2}", day.Day, CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month), day.Year);
        return ($"the weekday of {said}", $"weekday(date('{said}'))", $"{day.DayOfWeek}");
    }

    /// <summary>A number of up to so many digits; one in four has one or two decimals.</summary>
    private static decimal Number(ref Dice dice, int digits)
    {
        int below = (int)Math.Pow(10, dice.Between(1, digits));
        int number = dice.Between(below == 10 ? 2 : below / 10, below - 1);
        return dice.Chance(75) ? number : dice.Chance(50) ? number + (dice.Between(1, 9) / 10m) : number + (((dice.Between(0, 9) * 10) + dice.Between(1, 9)) / 100m);
    }

    /// <summary>A number without noughts at its end: 3.5 + 9.5 is 13, not 13.0.</summary>
    private static string Plain(decimal number) => number.ToString("0.##########", CultureInfo.InvariantCulture);

    private static string F(string form, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, form, values);
}
