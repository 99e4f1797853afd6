using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>A little story with numbers in it, as in school books.</summary>
public sealed partial class WordProblems : IProblemKind
{
    private static readonly string[] Names = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana"];
    private static readonly string[] Things = ["apples", "marbles", "stamps", "shells", "cards", "buttons", "coins", "plums"];
    private static readonly string[] Holders = ["bags", "boxes", "jars", "baskets"];

    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public string About => "little stories: Ada has 12 apples. She gets 3 bags with 7 in each and gives 5 away. How many are left?";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice)
    {
        (int had, int holders, int each) = (dice.Between(2, 30), dice.Between(2, 6), dice.Between(2, 9));
        return new Story(dice.Pick(Names), dice.Pick(Things), dice.Pick(Holders), dice.Chance(50), had, holders, each, dice.Between(1, Math.Min(20, had + (holders * each))));
    }

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^[A-Z][a-z]+ (gives away|has) [0-9]+ .* in each.* How many [a-z]+ are left\?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    // What names and things are called does not make another problem.
    private sealed record Story(string Person, string Thing, string Holder, bool SharesFirst, int Had, int Holders, int Each, int Gave) : NumberProblem("words",
        $"{Had} {Holders} {Each} {Gave}",
        SharesFirst
            ? $"{Person} gives away {Gave} {Thing} out of {Had} and {Holders} {Holder} with {Each} in each. How many {Thing} are left?"
            : $"{Person} has {Had} {Thing}. {Person} gets {Holders} {Holder} with {Each} in each and gives {Gave} away. How many {Thing} are left?",
        Had + (Holders * Each) - Gave)
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            int product = pupil.Result(Holders * Each), sum = pupil.Result(Had + product), left = pupil.Result(sum - Gave);
            return new($"{Holders} * {Each} = {product} , {Had} + {product} = {sum} , {sum} - {Gave} = {left}", $"{left}");
        }
    }
}
