using Gestalt.Store.Improving;
using Gestalt.World;

namespace Gestalt.Training.Improvement;

/// <summary>The rules that a log is gone through with, and the answers that they can give themselves.</summary>
public sealed class RuleBook
{
    private readonly AnswerKeyRules? _key;

    private RuleBook(IReadOnlyList<IAnswerRule> rules, AnswerKeyRules? key) => (Rules, _key) = (rules, key);

    /// <summary>The rules.</summary>
    public IReadOnlyList<IAnswerRule> Rules { get; }

    /// <summary>What is known of the world that the model was born in; null where its text has no answer key.</summary>
    public AnswerKeyRules? Key => _key;

    /// <summary>A book of rules.</summary>
    /// <param name="names">Their names; none for all that need no more than the answer, and those of the key where there is one. <c>words=PATTERN</c> looks for a pattern.</param>
    /// <param name="conversations">How one talks about the model's world; null where its text has no answer key.</param>
    /// <exception cref="ArgumentException">There is no such rule, or it needs a key that is not there.</exception>
    public static RuleBook Of(IReadOnlyCollection<string> names, Conversations? conversations)
    {
        ArgumentNullException.ThrowIfNull(names);
        AnswerKeyRules? key = conversations is null ? null : new AnswerKeyRules(conversations);
        IAnswerRule[] known = [new RepetitionRule(), new EndRule(), new ArithmeticRule(), .. key?.All ?? []];
        return new RuleBook(names.Count == 0 ? known : [.. names.Distinct().Select(Named)], key);

        IAnswerRule Named(string name) =>
            name.StartsWith(PatternRule.Prefix, StringComparison.Ordinal) ? new PatternRule(name[PatternRule.Prefix.Length..])
            : known.FirstOrDefault(rule => rule.Name == name)
            ?? throw new ArgumentException(key is null && name is ("made-up" or "declines" or "wrong")
                ? $"the rule '{name}' needs the answer key of a small world, and this run's text has none."
                : $"there is no rule '{name}'. There are {string.Join(", ", known.Select(rule => rule.Name))} and {PatternRule.Prefix}PATTERN.", nameof(names));
    }

    /// <summary>What the rules find wrong with an answer, a flag of each.</summary>
    /// <param name="answer">The answer.</param>
    public IEnumerable<Flag> FlagsOf(LoggedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Rules.Select(rule => (rule.Name, Why: rule.ProblemOf(answer))).Where(found => found.Why is not null)
            .Select(found => new Flag(answer.Id, Flag.RulePrefix + found.Name, DateTimeOffset.UtcNow, found.Why!));
    }

    /// <summary>The answer that the key or the calculator gives; null where neither knows one.</summary>
    /// <param name="question">The question.</param>
    /// <param name="wording">Chooses among the wordings.</param>
    public string? IdealFor(string question, int wording) => _key?.Read(question) is AskedFact asked ? _key.Ideal(asked, wording) : ArithmeticRule.AnswerTo(question);

    /// <summary>What a question is about, so that two wordings of one question are known as one.</summary>
    /// <param name="question">The question.</param>
    public string TopicOf(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _key?.Read(question) is AskedFact asked ? $"{asked.Fact.Subject.Name}\n{asked.Fact.Relation}" : question.Trim();
    }
}
