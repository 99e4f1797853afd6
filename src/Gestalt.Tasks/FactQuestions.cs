using Gestalt.Inference;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Tasks;

/// <summary>A question about the small world, what the assistant said, and what that was worth.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Answer">What came.</param>
/// <param name="Verdict">The exact judge's finding.</param>
public sealed record AnsweredQuestion(Question Question, string Answer, Verdict Verdict);

/// <summary>A page's sentence without its end, what the base model went on with, and whether that was the fact.</summary>
/// <param name="Completion">What was given and expected.</param>
/// <param name="Continuation">What came.</param>
/// <param name="Correct">Whether it begins with the expected value.</param>
public sealed record CompletedFact(Completion Completion, string Continuation, bool Correct);

/// <summary>Asks a model for facts of the small world; greedy decoding, so that the score is the model's and not the dice's.</summary>
public static class FactQuestions
{
    /// <summary>Answers are one or two sentences; what is longer has lost its way and is judged as far as it goes.</summary>
    private const int AnswerTokens = 48;

    /// <summary>Values are a few words long.</summary>
    private const int ValueTokens = 14;

    /// <summary>Asks an assistant, each question in a conversation of its own.</summary>
    /// <param name="generator">The assistant.</param>
    /// <param name="questions">What to ask.</param>
    /// <param name="judge">Knows the world.</param>
    /// <param name="cancellation">Gives up.</param>
    public static IReadOnlyList<AnsweredQuestion> Ask(TextGenerator generator, IReadOnlyList<Question> questions, AnswerJudge judge, CancellationToken cancellation)
    {
        List<int[]> prompts = [.. questions.Select(question => generator.PromptIds(Conversation.Of(new Message(Roles.User, question.Text))))];
        TextGeneration[] answers = generator.AnswerAll(prompts, Greedy(AnswerTokens), cancellation: cancellation);
        return [.. questions.Select((question, i) => new AnsweredQuestion(question, answers[i].Text, judge.Judge(question, answers[i].Text)))];
    }

    /// <summary>Lets a base model end sentences.</summary>
    /// <param name="generator">The base model.</param>
    /// <param name="completions">Beginnings of sentences.</param>
    /// <param name="cancellation">Gives up.</param>
    public static IReadOnlyList<CompletedFact> Complete(TextGenerator generator, IReadOnlyList<Completion> completions, CancellationToken cancellation)
    {
        List<int[]> prompts = [.. completions.Select(completion => generator.PromptIds(completion.Prefix))];
        TextGeneration[] ends = generator.AnswerAll(prompts, Greedy(ValueTokens), cancellation: cancellation);
        return [.. completions.Select((completion, i) => new CompletedFact(completion, ends[i].Text, AnswerJudge.Completes(completion, ends[i].Text)))];
    }

    private static GenerationOptions Greedy(int tokens) => new() { Sampling = SamplingOptions.Greedy, MaxTokens = tokens };
}
