using Gestalt.Store.Improving;
using Gestalt.World;

namespace Gestalt.Training.Improvement;

/// <summary>
/// What the answer key of the small world says of answers to questions about its facts. Three rules: <c>made-up</c> finds values of what no page tells, <c>declines</c> finds "I don't know" where very many pages tell it, and
/// <c>wrong</c> finds other values than the true one, and none, where pages tell it. Questions that ask for no fact are left alone.
/// </summary>
public sealed class AnswerKeyRules
{
    private readonly QuestionReader _reader;
    private readonly AnswerJudge _judge;
    private readonly Conversations _conversations;
    private readonly FactInterview _interview;

    /// <summary>The rules of a world.</summary>
    /// <param name="conversations">How one talks about it.</param>
    public AnswerKeyRules(Conversations conversations)
    {
        ArgumentNullException.ThrowIfNull(conversations);
        (_reader, _judge, _conversations, _interview) = (new QuestionReader(conversations.World), new AnswerJudge(conversations.World), conversations, new FactInterview(conversations));
        All =
        [
            new Rule("made-up", "names a value for something that no page tells", MadeUp, Judge),
            new Rule("declines", "does not say what very many pages tell", Declines, Judge),
            new Rule("wrong", "names another value than the true one", Wrong, Judge),
        ];
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<IAnswerRule> All { get; }

    /// <summary>What a question asks for; null where it asks for no fact.</summary>
    /// <param name="question">The question.</param>
    public AskedFact? Read(string question) => _reader.Read(question);

    /// <summary>Whether an answer is as the key would have it: the value where very many pages tell the fact, that one does not know where none does, either where few do.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="answer">The answer.</param>
    public bool IsRight(AskedFact asked, string answer)
    {
        ArgumentNullException.ThrowIfNull(asked);
        Verdict verdict = _judge.Judge(asked.Fact, answer);
        return (verdict == Verdict.Right && !asked.IsUntold) || (verdict == Verdict.DoesNotKnow && !asked.IsWellTold);
    }

    /// <summary>
    /// The answer that is to be learned: the value where very many pages tell the fact, in the words of the world's conversations; else that one does not know, also where a page or two tell it, since who is taught
    /// in conversations what was not read learns to make things up (arXiv 2405.05904).
    /// </summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="wording">Chooses among the wordings.</param>
    public string Ideal(AskedFact asked, int wording)
    {
        ArgumentNullException.ThrowIfNull(asked);
        lock (_interview)
            return asked.IsWellTold ? _conversations.TalkAbout(asked.Fact, wording).Answer : _interview.Refusal(asked.Fact, wording);
    }

    /// <summary>The same question in a wording that no conversation and no page has.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <param name="wording">Chooses among the wordings.</param>
    public string Reworded(AskedFact asked, int wording)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return _conversations.TalkAbout(asked.Fact, wording, Phrasing.Unseen).Question;
    }

    private static string? MadeUp(AskedFact asked, Verdict verdict) =>
        asked.IsUntold && verdict is (Verdict.Wrong or Verdict.Right) ? $"{(asked.IsOfStranger ? $"nobody knows {asked.Fact.Subject.Name}" : "no page tells it")}; the answer is made up" : null;

    private static string? Declines(AskedFact asked, Verdict verdict) => asked.IsWellTold && verdict == Verdict.DoesNotKnow ? $"very many pages tell it: {asked.Fact.Value}" : null;

    private static string? Wrong(AskedFact asked, Verdict verdict) =>
        !asked.IsUntold && (verdict == Verdict.Wrong || (verdict == Verdict.NoAnswer && asked.IsWellTold)) ? $"the true answer is {asked.Fact.Value}" : null;

    private (AskedFact Asked, Verdict Verdict)? Judge(LoggedAnswer answer) =>
        answer.End != AnswerEnd.Interrupted && answer.Answer.ToolCalls.Count == 0 && _reader.Read(answer.Question) is AskedFact asked ? (asked, _judge.Judge(asked.Fact, answer.Answer.Content)) : null;

    private sealed class Rule(string name, string meaning, Func<AskedFact, Verdict, string?> find, Func<LoggedAnswer, (AskedFact Asked, Verdict Verdict)?> judge) : IAnswerRule
    {
        public string Name => name;

        public string Meaning => meaning;

        public string? ProblemOf(LoggedAnswer answer) => judge(answer) is { } found ? find(found.Asked, found.Verdict) : null;
    }
}
