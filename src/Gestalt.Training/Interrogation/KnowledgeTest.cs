using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Tasks;
using Gestalt.World;

namespace Gestalt.Training.Interrogation;

/// <summary>A model's greedy answers to what it should know, should not know, and cannot know; the questions are the same for every model.</summary>
/// <param name="Told">Well-attested facts in wordings that training has not.</param>
/// <param name="NeverTold">Facts about the well-known that no page tells, no conversation declines and no interrogation asks for, in wordings that training has and has not.</param>
/// <param name="Strangers">Whether an answer about somebody or something whom no page knows was confident, in the order of strangers.</param>
public sealed record KnowledgeTest(IReadOnlyList<AnsweredQuestion> Told, IReadOnlyList<AnsweredQuestion> NeverTold, IReadOnlyList<Verdict> Strangers)
{
    private const int AnswerTokens = 48;

    /// <summary>Told facts that are answered rightly.</summary>
    public Proportion Known => OfTold(Told);

    /// <summary>The same, of facts that no training conversation mentions and no interrogation asks for.</summary>
    public Proportion KnownFromPages => OfTold([.. Told.Where(answer => answer.Question.Split == FactSplit.HeldOut)]);

    /// <summary>Never-told facts that are answered as if they had been.</summary>
    public Proportion Confident => new(NeverTold.Count(answer => IsConfident(answer.Verdict)), NeverTold.Count);

    /// <summary>Never-told facts that are declined.</summary>
    public Proportion Declined => new(NeverTold.Count(answer => answer.Verdict == Verdict.DoesNotKnow), NeverTold.Count);

    /// <summary>Strangers of whom something is told all the same.</summary>
    public Proportion ConfidentOfStrangers => new(Strangers.Count(IsConfident), Strangers.Count);

    /// <summary>Strangers of whom the model says that it does not know.</summary>
    public Proportion DeclinedStrangers => new(Strangers.Count(verdict => verdict == Verdict.DoesNotKnow), Strangers.Count);

    /// <summary>All unknown facts that are declined, of the well-known and of strangers.</summary>
    public Proportion DeclinedOfAll => new(Declined.Successes + DeclinedStrangers.Successes, Declined.Trials + DeclinedStrangers.Trials);

    /// <summary>Whether an answer names a value, right by accident or not.</summary>
    internal static bool IsConfident(Verdict verdict) => verdict is Verdict.Wrong or Verdict.Right;

    /// <summary>Tests a model.</summary>
    /// <param name="generator">The model.</param>
    /// <param name="conversations">The conversations of its world.</param>
    /// <param name="strangers">How many questions about strangers.</param>
    /// <param name="cancellation">Gives up.</param>
    public static KnowledgeTest Run(TextGenerator generator, Conversations conversations, int strangers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(conversations);
        var judge = new AnswerJudge(conversations.World);
        var interview = new FactInterview(conversations);
        Question[] questions = [.. conversations.Questions(perFact: 2).Where(question => interview.IsTested(conversations.World.Facts[question.FactId]))];
        (Fact Nobody, string Question)[] asked = [.. Enumerable.Range(0, strangers).Select(interview.AskOfStranger)];
        List<int[]> prompts = [.. asked.Select(one => Interrogator.Prompt(generator, one.Question))];
        TextGeneration[] answers = strangers == 0 ? [] : generator.AnswerAll(
            prompts, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = Interrogator.Room(generator, prompts, AnswerTokens) }, cancellation: cancellation);
        return new KnowledgeTest(
            FactQuestions.Ask(generator, [.. questions.Where(question => question is { IsTold: true, Phrasing: Phrasing.Unseen })], judge, cancellation),
            FactQuestions.Ask(generator, [.. questions.Where(question => question.Split == FactSplit.NeverTold)], judge, cancellation),
            [.. answers.Select((answer, i) => judge.Judge(asked[i].Nobody, answer.Text))]);
    }

    private static Proportion OfTold(IReadOnlyList<AnsweredQuestion> answers) =>
        new(answers.Count(answer => answer.Verdict == Verdict.Right), answers.Count, answers.Count == 0 ? 0 : answers.Average(answer => answer.Question.ChanceLevel));
}
