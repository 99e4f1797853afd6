using Gestalt.Evaluation.Reports;
using Gestalt.Tasks;
using Gestalt.World;

namespace Gestalt.Evaluation;

/// <summary>Turns answers about the small world into shares with intervals and chance levels.</summary>
public static class FactScores
{
    private const int ExamplesOfEach = 6;

    /// <summary>What an assistant knows: told facts by phrasing and by whether fine-tuning asked for them, and facts that no page tells.</summary>
    /// <param name="answers">All answers.</param>
    public static IReadOnlyList<Score> OfAssistant(IReadOnlyList<AnsweredQuestion> answers)
    {
        var scores = new List<Score>();
        AnsweredQuestion[] told = [.. answers.Where(a => a.Question.IsTold)];
        Add("well-attested facts, unseen phrasing", "Facts that many pages tell, asked in wordings that no training conversation has; right is an answer with the right value and no other value of its kind.",
            told.Where(a => a.Question.Phrasing == Phrasing.Unseen), headline: true);
        Add("… of them asked for in fine-tuning", "The same, for the facts that fine-tuning asked for in other wordings.",
            told.Where(a => a.Question is { Phrasing: Phrasing.Unseen, Split: FactSplit.AskedInTraining }));
        Add("… of them known from pages alone", "The same, for the facts that no training conversation mentions: knowledge from pretraining that fine-tuning only taught to say.",
            told.Where(a => a.Question is { Phrasing: Phrasing.Unseen, Split: FactSplit.HeldOut }));
        Add("well-attested facts, seen phrasing", "Facts that many pages tell, asked in wordings of the training conversations.",
            told.Where(a => a.Question.Phrasing == Phrasing.Seen));
        AnsweredQuestion[] untold = [.. answers.Where(a => !a.Question.IsTold)];
        if (untold.Length > 0)
        {
            scores.Add(new Score
            {
                Name = "never-told facts, admits not to know",
                Meaning = "True in the key but on no page: the only right answer is that it does not know. Confident answers: " +
                    $"{untold.Count(a => a.Verdict is Verdict.Wrong or Verdict.Right)} of {untold.Length}.",
                Result = new Proportion(untold.Count(a => a.Verdict == Verdict.DoesNotKnow), untold.Length),
                Examples = Examples(untold, a => a.Verdict == Verdict.DoesNotKnow, _ => "I don't know"),
            });
        }

        return scores;

        void Add(string name, string meaning, IEnumerable<AnsweredQuestion> of, bool headline = false)
        {
            AnsweredQuestion[] all = [.. of];
            if (all.Length == 0) return;
            scores.Add(new Score
            {
                Name = name,
                Meaning = meaning,
                Result = new Proportion(all.Count(a => a.Verdict == Verdict.Right), all.Length, all.Average(a => a.Question.ChanceLevel)),
                Headline = headline,
                Examples = Examples(all, a => a.Verdict == Verdict.Right, a => a.Question.ExpectedValue),
            });
        }
    }

    /// <summary>What a base model knows: sentences of pages, and sentences that no page has.</summary>
    /// <param name="completions">All completions.</param>
    public static IReadOnlyList<Score> OfBase(IReadOnlyList<CompletedFact> completions) =>
    [
        .. from phrasing in (Phrasing[])[Phrasing.Seen, Phrasing.Unseen]
           let all = completions.Where(c => c.Completion.Phrasing == phrasing).ToArray()
           where all.Length > 0
           select new Score
           {
               Name = $"base model completes facts, {(phrasing == Phrasing.Seen ? "wordings of pages" : "unseen wordings")}",
               Meaning = "The base model goes on from a sentence that ends just before the fact.",
               Result = new Proportion(all.Count(c => c.Correct), all.Length, all.Average(c => c.Completion.ChanceLevel)),
               Examples = [.. Pick(all, c => c.Correct).Select(c => new AnswerExample(c.Completion.Prefix + " …", c.Completion.ExpectedValue, c.Continuation.Trim(), c.Correct))],
           },
    ];

    private static AnswerExample[] Examples(AnsweredQuestion[] all, Func<AnsweredQuestion, bool> correct, Func<AnsweredQuestion, string> expected) =>
        [.. Pick(all, correct).Select(a => new AnswerExample(a.Question.Text, expected(a), a.Answer, correct(a)))];

    /// <summary>As many wrong ones as right ones where there are any, evenly spread: failures teach more than successes.</summary>
    private static IEnumerable<T> Pick<T>(T[] all, Func<T, bool> correct)
    {
        return Spread([.. all.Where(correct)]).Concat(Spread([.. all.Where(a => !correct(a))]));

        static IEnumerable<T> Spread(T[] some) => Enumerable.Range(0, Math.Min(ExamplesOfEach, some.Length)).Select(i => some[i * some.Length / Math.Min(ExamplesOfEach, some.Length)]);
    }
}
