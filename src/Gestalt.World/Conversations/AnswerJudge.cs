using System.Text;

namespace Gestalt.World;

/// <summary>What an answer turned out to be.</summary>
public enum Verdict
{
    /// <summary>It contains the right value and no other value of the relation.</summary>
    Right,
    /// <summary>It contains a value of the relation that is not the right one.</summary>
    Wrong,
    /// <summary>It says that it does not know, and names no value.</summary>
    DoesNotKnow,
    /// <summary>None of these: no value of the relation in it.</summary>
    NoAnswer,
}

/// <summary>
/// Judges answers exactly, from the key. Case, punctuation and articles do not matter; the name of the one asked about is not taken
/// for a value; the longest value wins where one contains another ("letter carrier").
/// </summary>
/// <param name="world">The world in which the answers should be true.</param>
public sealed class AnswerJudge(SmallWorld world)
{
    private static readonly string[] NotKnowing =
        ["do not know", "don t know", "dont know", "cannot say", "can not say", "can t say", "no idea", "not sure", "no page i have read", "have not read", "never read", "nobody told me"];

    private readonly Dictionary<Relation, (string Plain, string Value)[]> _values = [];

    /// <summary>Judges the answer to <paramref name="question"/>.</summary>
    public Verdict Judge(Question question, string answer) => Judge(world.Facts[question.FactId], answer, question.AcceptedAliases);

    /// <summary>Judges an answer that should state <paramref name="fact"/>.</summary>
    public Verdict Judge(Fact fact, string answer, IReadOnlyList<string>? aliases = null)
    {
        string text = Plain(answer);
        // The subject's own name may be a value of the relation elsewhere (somebody's husband): it says nothing here.
        string rest = Remove(text, Plain(fact.Subject.Name));
        bool right = false;
        bool wrong = false;
        foreach (string form in (string[])[fact.Value, .. aliases ?? []])
        {
            string plain = Plain(form);
            if (Contains(rest, plain))
            {
                right = true;
                rest = Remove(rest, plain);
            }
        }
        foreach ((string plain, string value) in ValuesOf(fact.Relation))
        {
            if (value != fact.Value && Contains(rest, plain))
            {
                wrong = true;
                break;
            }
        }
        if (wrong)
        {
            return Verdict.Wrong;
        }
        if (right)
        {
            return Verdict.Right;
        }
        return SaysItDoesNotKnow(answer) ? Verdict.DoesNotKnow : Verdict.NoAnswer;
    }

    /// <summary>Whether the answer admits not to know.</summary>
    public static bool SaysItDoesNotKnow(string answer)
    {
        string text = Plain(answer);
        return Array.Exists(NotKnowing, phrase => text.Contains(phrase, StringComparison.Ordinal));
    }

    /// <summary>Whether a continuation of a <see cref="Completion"/> begins with the expected value.</summary>
    public static bool Completes(Completion completion, string continuation) =>
        (Plain(continuation) + " ").StartsWith(Plain(completion.ExpectedValue) + " ", StringComparison.Ordinal);

    /// <summary>The longest first, so that "orange" cannot be found in what was already taken as a longer value.</summary>
    private (string Plain, string Value)[] ValuesOf(Relation relation)
    {
        lock (_values)
        {
            if (!_values.TryGetValue(relation, out (string, string)[]? values))
            {
                _values[relation] = values = [.. world.Info(relation).Values.Select(value => (Plain(value), value)).OrderByDescending(pair => pair.Item1.Length)];
            }
            return values;
        }
    }

    /// <summary>Lower case, letters and digits only, one space between words, no articles.</summary>
    internal static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length + 2);
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                plain.Append(char.ToLowerInvariant(c));
            }
            else if (plain.Length > 0 && plain[^1] != ' ')
            {
                plain.Append(' ');
            }
        }
        string padded = " " + plain.ToString().Trim() + " ";
        return padded.Replace(" the ", " ", StringComparison.Ordinal).Replace(" an ", " ", StringComparison.Ordinal)
            .Replace(" a ", " ", StringComparison.Ordinal).Trim();
    }

    private static bool Contains(string text, string words) => words.Length > 0 && (" " + text + " ").Contains(" " + words + " ", StringComparison.Ordinal);

    private static string Remove(string text, string words) =>
        words.Length == 0 ? text : (" " + text + " ").Replace(" " + words + " ", " | ", StringComparison.Ordinal).Trim();
}
