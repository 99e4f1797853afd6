using System.Text.RegularExpressions;
using Gestalt.World;

namespace Gestalt.Tasks.Problems;

/// <summary>Letters of words, which a model that reads tokens does not see: to be spelled out first.</summary>
public sealed partial class SpellingProblems : IProblemKind
{
    private static readonly string[] Beginnings = ["b", "br", "c", "d", "f", "g", "gr", "h", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "w"];
    private static readonly string[] Middles = ["a", "e", "i", "o", "u", "ea", "ee", "oo"];
    private static readonly string[] Ends = ["", "n", "r", "l", "s", "t", "rr", "ll", "ss"];

    /// <inheritdoc/>
    public string Name => "spelling";

    /// <inheritdoc/>
    public string About => "letters: How often is the letter r in berrall?; Write berrall backwards.";

    /// <inheritdoc/>
    public Problem Draw(ref Dice dice)
    {
        string word = string.Concat(Syllable(ref dice), Syllable(ref dice), dice.Chance(40) ? Syllable(ref dice) : "");
        if (dice.Chance(50)) return new Backwards(word);
        char letter = dice.Chance(85) ? word[dice.Below(word.Length)] : (char)('a' + dice.Below(26));
        return new Count(word, letter);
    }

    /// <inheritdoc/>
    public bool Asks(string question) => Wording().IsMatch(question);

    [GeneratedRegex(@"^How often is the letter [a-z] in [a-z]+ \?$|^Write [a-z]+ backwards\.$", RegexOptions.CultureInvariant)]
    private static partial Regex Wording();

    private static string Syllable(ref Dice dice) => dice.Pick(Beginnings) + dice.Pick(Middles) + dice.Pick(Ends);

    private sealed record Count(string Word, char Letter)
        : NumberProblem("spelling", $"{Word} {Letter}", $"How often is the letter {Letter} in {Word} ?", Word.Count(one => one == Letter))
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            (int count, var steps) = (0, new List<string>());
            foreach (char one in Word)
            {
                bool counts = one == Letter && !pupil.Slips();
                count += counts ? 1 : 0;
                steps.Add(counts ? $"{one} {count}" : $"{one}");
            }

            return new(string.Join(' ', steps), $"{count}");
        }
    }

    private sealed record Backwards(string Word) : TextProblem("spelling", Word, $"Write {Word} backwards.", Reverse(Word))
    {
        public override WorkedAnswer Work(Pupil pupil)
        {
            char[] letters = Reverse(Word).ToCharArray();
            if (pupil.Slips())
            {
                int first = pupil.Dice.Below(letters.Length - 1);
                (letters[first], letters[first + 1]) = (letters[first + 1], letters[first]);
            }

            return new($"{string.Join(' ', Word.ToCharArray())} , {string.Join(' ', letters)}", new string(letters));
        }
    }

    private static string Reverse(string word) => new([.. word.Reverse()]);
}
