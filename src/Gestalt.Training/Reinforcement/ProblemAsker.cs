using Gestalt.Inference;
using Gestalt.Tasks.Problems;
using Gestalt.Text;

namespace Gestalt.Training.Reinforcement;

/// <summary>Asks a model for the solution of problems in the form of conversation that it knows, and judges what comes.</summary>
/// <param name="generator">The model.</param>
/// <param name="system">A message of the system before each problem; null for none.</param>
public sealed class ProblemAsker(TextGenerator generator, string? system)
{
    private static readonly string[] Checks = [Pupil.CheckWord, "let me check", "check:", "double-check"], Retries = [Pupil.RetryWord, "try again", "wait,", "wait ,"];

    /// <summary>A problem's prompt as ids, up to where the reply begins.</summary>
    /// <param name="problem">The problem.</param>
    public int[] Prompt(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var question = new Message(Roles.User, problem.Question);
        return generator.PromptIds(system is null ? Conversation.Of(question) : Conversation.Of(new Message(Roles.System, system), question));
    }

    /// <summary>What a reply is worth: 1 where it is right, else 0; one that ran out of room is wrong.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="prompt">Its prompt, which may have begun the thinking.</param>
    /// <param name="reply">The reply's text.</param>
    /// <param name="isTruncated">Whether it ran out of room.</param>
    public Judgement Judge(Problem problem, ReadOnlySpan<int> prompt, string reply, bool isTruncated)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(reply);
        string whole = generator.ThinkingAfter(prompt) is { HasBegun: true, Open: ProblemReply.Open } ? ProblemReply.Open + reply : reply;
        Grade grade = problem.Grade(whole);
        bool isRight = grade.IsRight && !isTruncated;
        return new Judgement(isRight ? 1 : 0, isRight, grade.Form == ReplyForm.Good && !isTruncated, whole.Length > 0 ? grade.Thinking.Length / (double)whole.Length : 0, Says(Checks), Says(Retries));

        bool Says(string[] words) => Array.Exists(words, word => grade.Thinking.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
