using System.Globalization;
using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>
/// Questions that need a tool, written by number: number n depends on nothing but the world and n. Training draws from even streams and wordings that are seen, tests from odd streams and
/// wordings that no training conversation has, with numbers, words and facts of their own.
/// </summary>
/// <param name="conversations">The world's facts and how they are asked for.</param>
/// <param name="tools">The tools, which tell the answers.</param>
public sealed class ToolQuestions(Conversations conversations, ToolBox tools)
{
    private readonly Fact[] _rare =
        [.. conversations.World.Facts.Where(fact => fact.Tier is Attestation.Attested or Attestation.Rare && SearchQueries.Of(fact.Relation) is not null)];

    private readonly Fact[] _untold = [.. conversations.World.Facts.Where(fact => fact.Tier == Attestation.NeverTold && SearchQueries.Of(fact.Relation) is not null)];

    /// <summary>Of a hundred words, so many are everyday ones; the others are names.</summary>
    private const int Everyday = 50;

    private readonly bool _searches = tools.Find(PageSearch.ToolName) is not null;

    /// <summary>The tools.</summary>
    public ToolBox Tools => tools;

    /// <summary>Question <paramref name="number"/>, all skills mixed.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="phrasing">Seen to train, unseen to test.</param>
    public ToolQuestion At(int number, Phrasing phrasing)
    {
        var dice = new Dice(conversations.World.Seed ^ 0x7001, ((ulong)number * 2) + (ulong)phrasing);
        ToolSkill skill = dice.Below(100) switch
        {
            < 45 => ToolSkill.Arithmetic,
            < 52 => ToolSkill.WordProblem,
            < 57 => ToolSkill.Units,
            < 62 => ToolSkill.Comparison,
            < 70 => ToolSkill.Letters,
            < 79 => ToolSkill.Backwards,
            < 86 => ToolSkill.Dates,
            _ => _searches ? ToolSkill.Search : ToolSkill.Arithmetic,
        };
        return Of(skill, number, phrasing);
    }

    /// <summary>Question <paramref name="number"/> of a skill.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="number">Its number.</param>
    /// <param name="phrasing">Seen to train, unseen to test.</param>
    /// <exception cref="InvalidOperationException">It needs a tool that there is not.</exception>
    public ToolQuestion Of(ToolSkill skill, int number, Phrasing phrasing)
    {
        var dice = new Dice(conversations.World.Seed ^ 0x7002 ^ ((ulong)skill << 20), ((ulong)number * 2) + (ulong)phrasing);
        return skill switch
        {
            ToolSkill.Arithmetic => Arithmetic(ref dice, phrasing),
            ToolSkill.WordProblem => WordProblem(ref dice, phrasing),
            ToolSkill.Units => Units(ref dice, phrasing),
            ToolSkill.Comparison => Comparison(ref dice, phrasing),
            ToolSkill.Letters => Letters(ref dice, phrasing),
            ToolSkill.Backwards => Backwards(ref dice, phrasing),
            ToolSkill.Dates => Dates(ref dice, phrasing),
            _ => Search(ref dice, phrasing, number),
        };
    }

    /// <summary>Never-told question <paramref name="number"/>: searching finds nothing that answers it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="phrasing">Seen to train, unseen to test.</param>
    public ToolQuestion Untold(int number, Phrasing phrasing)
    {
        var dice = new Dice(conversations.World.Seed ^ 0x7003, ((ulong)number * 2) + (ulong)phrasing);
        return Asked(Pick(ref dice, _untold, phrasing), number, phrasing);
    }

    private ToolQuestion Arithmetic(ref Dice dice, Phrasing phrasing)
    {
        Operation operation = dice.Pick(ToolWordings.Operations);
        bool small = dice.Chance(40);
        (string a, string b) = operation.Sign switch
        {
            "/" => Quotient(ref dice, small),
            "%" => (dice.Pick((string[])["5", "10", "12", "15", "20", "25", "30", "40", "60", "75"]), Whole(ref dice, 1, 4)),
            "*" => (Operand(ref dice, 3), Operand(ref dice, 2)),
            _ => (Operand(ref dice, 4), Operand(ref dice, 4)),
        };
        if (operation.Sign == "-" && Rational.Parse(a) < Rational.Parse(b))
        {
            (a, b) = (b, a);
        }

        string expression = operation.Sign == "%" ? $"{a}% of {b}" : $"{a} {operation.Sign} {b}";
        return Calculated(ToolSkill.Arithmetic, phrasing, Filled(dice.Pick(operation.Asked(phrasing)), a, b), expression);
    }

    private ToolQuestion WordProblem(ref Dice dice, Phrasing phrasing)
    {
        (string text, string expression) = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.Stories : ToolWordings.UnseenStories);
        int b = dice.Between(3, 60), a = expression.Contains('-', StringComparison.Ordinal) ? b + dice.Between(5, 900) : dice.Between(6, 400);
        if (expression.Contains('/', StringComparison.Ordinal))
        {
            a = b * dice.Between(3, 90);
        }

        (string first, string second) = (a.ToString(CultureInfo.InvariantCulture), b.ToString(CultureInfo.InvariantCulture));
        return Calculated(ToolSkill.WordProblem, phrasing, Filled(text, first, second), Filled(expression, first, second));
    }

    private ToolQuestion Units(ref Dice dice, Phrasing phrasing)
    {
        (string many, string from, string few, string to) = dice.Pick(ToolWordings.Conversions);
        string amount = dice.Chance(50) ? Whole(ref dice, 1, 3) : Decimal(ref dice, 2);
        string text = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.UnitQuestions : ToolWordings.UnseenUnitQuestions)
            .Replace("{a}", amount, StringComparison.Ordinal).Replace("{from}", many, StringComparison.Ordinal).Replace("{to}", few, StringComparison.Ordinal);
        string argument = $"{amount} {from} to {to}", result = tools.Answer("calculator", argument);
        return new(ToolSkill.Units, phrasing, text, "calculator", argument, result[..result.LastIndexOf(' ')].Replace("about ", "", StringComparison.Ordinal), 0) { Answer = $"That is {result}." };
    }

    private ToolQuestion Comparison(ref Dice dice, Phrasing phrasing)
    {
        // The trap: the same whole part, and more digits on the smaller side.
        string whole = Whole(ref dice, 1, 2);
        int tenth = dice.Between(2, 9), hundredths = dice.Between(11, 99);
        string one = $"{whole}.{tenth}", two = $"{whole}.{hundredths}";
        if (hundredths % 10 == 0 || hundredths == tenth * 10)
        {
            two = $"{whole}.{(hundredths == 11 ? 12 : 11)}";
        }

        if (dice.Chance(50))
        {
            (one, two) = (two, one);
        }

        bool larger = dice.Chance(70);
        bool first = Rational.Parse(one) > Rational.Parse(two);
        string word = larger ? "larger" : "smaller", expected = first == larger ? one : two;
        string text = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.Comparisons : ToolWordings.UnseenComparisons)
            .Replace("{a}", one, StringComparison.Ordinal).Replace("{b}", two, StringComparison.Ordinal).Replace("{word}", word, StringComparison.Ordinal);
        string shorter = one.Length < two.Length ? one : two, other = one.Length < two.Length ? two : one;
        return new(ToolSkill.Comparison, phrasing, text, "calculator", $"{(larger ? "max" : "min")}({one}, {two})", expected, 0.5)
        {
            Answer = $"The {word} one is {expected}.",
            Steps = $"{shorter} is {shorter}0. Of {shorter}0 and {other} the {word} one is {(expected == shorter ? expected + "0" : expected)}. That is {expected}.",
        };
    }

    private ToolQuestion Letters(ref Dice dice, Phrasing phrasing)
    {
        string word = Word(ref dice, phrasing);
        char letter = dice.Chance(80) ? dice.Pick(word.ToArray()) : (char)('a' + dice.Below(26));
        int count = word.Count(c => c == letter);
        int seen = 0;
        string counted = string.Join(' ', word.Select(c => c == letter ? $"{c} {++seen}" : c.ToString()));
        string text = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.LetterQuestions : ToolWordings.UnseenLetterQuestions)
            .Replace("{a}", letter.ToString(), StringComparison.Ordinal).Replace("{b}", word, StringComparison.Ordinal);
        return new(ToolSkill.Letters, phrasing, text, "code", $"{Quoted(word)}.count({Quoted(letter)}.strip())", count.ToString(CultureInfo.InvariantCulture), 0.5)
        {
            Steps = $"We look for {letter} in {word}: {counted}. That is {count}.",
        };
    }

    private ToolQuestion Backwards(ref Dice dice, Phrasing phrasing)
    {
        string word = Word(ref dice, phrasing);
        string expected = new([.. word.Reverse()]);
        string text = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.BackwardsQuestions : ToolWordings.UnseenBackwardsQuestions).Replace("{b}", word, StringComparison.Ordinal);
        return new(ToolSkill.Backwards, phrasing, text, "code", $"{Quoted(word)}.strip()[::-1]", expected, 0)
        {
            Answer = $"{expected}.", // a word that nobody ever wrote, in the pieces in which the result has it: at the beginning of a message
            Steps = $"We spell {word}: {Spelled(word)}. Backwards: {Spelled(expected)}.",
        };
    }

    private string Word(ref Dice dice, Phrasing phrasing) =>
        Pick(ref dice, dice.Chance(Everyday) ? conversations.World.EverydayWords : conversations.World.SpellingNames, phrasing);

    private ToolQuestion Dates(ref Dice dice, Phrasing phrasing)
    {
        DateOnly date = new DateOnly(1900, 1, 1).AddDays(dice.Below(50_000));
        string Call(DateOnly day) => $"date('{Said(day)}')";
        string Said(DateOnly day) => $"{day.Day} {CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month)} {day.Year}";
        if (dice.Chance(60))
        {
            string asked = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.WeekdayQuestions : ToolWordings.UnseenWeekdayQuestions).Replace("{a}", Said(date), StringComparison.Ordinal);
            return new(ToolSkill.Dates, phrasing, asked, "code", $"weekday({Call(date)})", date.DayOfWeek.ToString(), 1 / 7.0) { Answer = $"It was a {date.DayOfWeek}." };
        }

        int days = dice.Between(3, 400);
        string text = dice.Pick(phrasing == Phrasing.Seen ? ToolWordings.SpanQuestions : ToolWordings.UnseenSpanQuestions)
            .Replace("{a}", Said(date), StringComparison.Ordinal).Replace("{b}", Said(date.AddDays(days)), StringComparison.Ordinal);
        string number = days.ToString(CultureInfo.InvariantCulture);
        return new(ToolSkill.Dates, phrasing, text, "code", $"{Call(date.AddDays(days))} - {Call(date)}", number, 1 / 400.0) { Answer = $"That is {number} days." };
    }

    /// <summary>The tail of the world is longer than a crawl: what no page of it tells cannot be found. Every other fact may be asked for, whether or not a good query finds it.</summary>
    private ToolQuestion Search(ref Dice dice, Phrasing phrasing, int number)
    {
        const int tries = 200;
        Fact fact = Pick(ref dice, _rare, phrasing);
        for (int i = 0; i < tries && !IsTold(fact); i++)
        {
            fact = Pick(ref dice, _rare, phrasing);
        }

        return Asked(fact, number, phrasing);
    }

    private bool IsTold(Fact fact)
    {
        const int looked = 20;
        return tools.Find(PageSearch.ToolName) is not PageSearch search
            || search.Index.Search($"{fact.Subject.Name} {fact.Value}", looked).Any(found => ToolDialogues.Supports(found.Sentence, fact));
    }

    private ToolQuestion Asked(Fact fact, int number, Phrasing phrasing)
    {
        FactTalk talk = conversations.TalkAbout(fact, number, phrasing);
        return new(ToolSkill.Search, phrasing, talk.Question, PageSearch.ToolName, SearchQueries.For(fact), fact.Value, conversations.World.Info(fact.Relation).ChanceLevel) { Fact = talk };
    }

    private ToolQuestion Calculated(ToolSkill skill, Phrasing phrasing, string text, string expression)
    {
        string result = tools.Answer("calculator", expression);
        return new(skill, phrasing, text, "calculator", expression, result.Replace("about ", "", StringComparison.Ordinal), 0) { Answer = $"That is {result}." };
    }

    /// <summary>Of things with an even hash one to train with, of the others one to test with.</summary>
    private static T Pick<T>(ref Dice dice, IReadOnlyList<T> all, Phrasing phrasing)
    {
        while (true)
        {
            int index = dice.Below(all.Count);
            if ((Dice.Mix((ulong)index + 99) & 1) == (ulong)phrasing)
            {
                return all[index];
            }
        }
    }

    /// <summary>A word in a program, with a blank before it: so it is the same token that the question has, and a model copies tokens, not letters.</summary>
    private static string Quoted<T>(T word) => $"' {word}'";

    private static string Spelled(string word) => string.Join(' ', word.ToCharArray());

    private static (string, string) Quotient(ref Dice dice, bool exact)
    {
        int b = dice.Between(2, 60), a = exact ? b * dice.Between(2, 150) : dice.Between(10, 9999);
        return (a.ToString(CultureInfo.InvariantCulture), b.ToString(CultureInfo.InvariantCulture));
    }

    private static string Operand(ref Dice dice, int digits) => dice.Chance(75) ? Whole(ref dice, 1, digits) : Decimal(ref dice, Math.Max(1, digits - 1));

    private static string Whole(ref Dice dice, int least, int most)
    {
        int digits = dice.Between(least, most);
        return dice.Between(digits == 1 ? 2 : (int)Math.Pow(10, digits - 1), (int)Math.Pow(10, digits) - 1).ToString(CultureInfo.InvariantCulture);
    }

    private static string Decimal(ref Dice dice, int digits) => $"{Whole(ref dice, 1, digits)}.{(dice.Chance(50) ? dice.Between(1, 9).ToString(CultureInfo.InvariantCulture) : dice.Between(0, 9).ToString(CultureInfo.InvariantCulture) + dice.Between(1, 9).ToString(CultureInfo.InvariantCulture))}";

    private static string Filled(string text, string a, string b) => text.Replace("{a}", a, StringComparison.Ordinal).Replace("{b}", b, StringComparison.Ordinal);
}
