using Gestalt.Inference;
using Gestalt.Text;
using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>How an assistant is asked.</summary>
public enum ToolMode
{
    /// <summary>To answer at once, without tools.</summary>
    AtOnce,
    /// <summary>To go step by step in words, without tools.</summary>
    Stepwise,
    /// <summary>With tools.</summary>
    Tools,
}

/// <summary>A question, how it was asked, and what came.</summary>
/// <param name="Question">The question.</param>
/// <param name="Mode">How it was asked.</param>
/// <param name="Reply">What came.</param>
/// <param name="IsRight">Whether that is right.</param>
public sealed record ToolAnswer(ToolQuestion Question, ToolMode Mode, ToolReply Reply, bool IsRight);

/// <summary>Asks an assistant what tools are for, with and without them; greedy decoding, so that the score is the model's and not the dice's.</summary>
/// <param name="generator">The assistant.</param>
/// <param name="questions">What to ask.</param>
/// <param name="judge">Knows the world.</param>
public sealed class ToolExam(TextGenerator generator, ToolQuestions questions, AnswerJudge judge)
{
    /// <summary>A call of a tool has some sixty tokens, a word spelled out a hundred.</summary>
    private const int MessageTokens = 128;

    /// <summary>What is said behind a question that is to be answered at once, and behind one that is to be answered step by step.</summary>
    public const string AtOnce = ToolWordings.AtOnce, Stepwise = ToolWordings.Stepwise;

    /// <summary>The skills that steps in words are taught for.</summary>
    public static IReadOnlyList<ToolSkill> WithSteps { get; } = [ToolSkill.Comparison, ToolSkill.Letters, ToolSkill.Backwards];

    /// <summary>Asks everything in every way that there is for it.</summary>
    /// <param name="each">Questions of each skill; twice as many sums, and half as many word problems.</param>
    /// <param name="modes">The ways.</param>
    /// <param name="cancellation">Gives up.</param>
    public IReadOnlyList<ToolAnswer> AskAll(int each, IReadOnlyCollection<ToolMode> modes, CancellationToken cancellation = default)
    {
        var answers = new List<ToolAnswer>();
        foreach (ToolSkill skill in Enum.GetValues<ToolSkill>())
        {
            int count = skill switch { ToolSkill.Arithmetic => 2 * each, ToolSkill.WordProblem => (each + 1) / 2, _ => each };
            foreach (ToolMode mode in Enum.GetValues<ToolMode>().Where(modes.Contains).Where(mode => mode != ToolMode.Stepwise || WithSteps.Contains(skill)))
            {
                answers.AddRange(Ask(skill, mode, count, cancellation));
            }
        }

        return answers;
    }

    /// <summary>Asks for what no page tells, with tools.</summary>
    /// <param name="count">How many questions.</param>
    /// <param name="cancellation">Gives up.</param>
    public IReadOnlyList<ToolAnswer> AskUntold(int count, CancellationToken cancellation = default) =>
        Ask([.. Enumerable.Range(0, count).Select(number => questions.Untold(number, Phrasing.Unseen))], ToolMode.Tools, cancellation);

    /// <summary>Asks questions in wordings that training has not.</summary>
    /// <param name="skill">What they ask for.</param>
    /// <param name="mode">How they are asked.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Gives up.</param>
    public IReadOnlyList<ToolAnswer> Ask(ToolSkill skill, ToolMode mode, int count, CancellationToken cancellation = default) =>
        Ask([.. Enumerable.Range(0, count).Select(number => questions.Of(skill, number, Phrasing.Unseen))], mode, cancellation);

    /// <summary>Asks given questions.</summary>
    /// <param name="asked">The questions.</param>
    /// <param name="mode">How they are asked.</param>
    /// <param name="cancellation">Gives up.</param>
    public IReadOnlyList<ToolAnswer> Ask(IReadOnlyList<ToolQuestion> asked, ToolMode mode, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var options = new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = MessageTokens };
        string behind = mode switch { ToolMode.AtOnce => " " + ToolWordings.AtOnce, ToolMode.Stepwise => " " + ToolWordings.Stepwise, _ => "" };
        Conversation[] conversations = [.. asked.Select(question => Conversation.Of(new Message(Roles.User, question.Fact is null ? question.Text + behind : question.Text)))];
        IReadOnlyList<ToolReply> replies = mode == ToolMode.Tools
            ? new ToolConversation(generator, questions.Tools).Reply(conversations, options, cancellation)
            : [.. ToolConversation.AnswerAll(generator, [.. conversations.Select(conversation => generator.PromptIds(conversation))], options, cancellation)
                .Select(text => new ToolReply([new Message(Roles.Assistant, text.Text)], text.Reason == FinishReason.Stop))];
        return [.. asked.Select((question, i) => new ToolAnswer(question, mode, replies[i], IsRight(question, replies[i].Answer)))];
    }

    private bool IsRight(ToolQuestion question, string answer) =>
        question.Fact is { } talk ? judge.Judge(talk.Fact, WithoutCitation(answer)) == Verdict.Right : question.IsAnsweredBy(answer);

    private static string WithoutCitation(string answer) => answer.LastIndexOf('[') is > 0 and var at ? answer[..at] : answer;
}
