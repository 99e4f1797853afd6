using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Tasks.Problems;

namespace Gestalt.Training.Reinforcement;

/// <summary>How often a model solves problems at the first attempt (pass@1).</summary>
/// <param name="Greedy">With the likeliest token each time.</param>
/// <param name="Sampled">With one answer drawn at temperature 1, as in training.</param>
/// <param name="GreedyHabits">How the likeliest answers go about it.</param>
/// <param name="SampledHabits">How the drawn answers go about it.</param>
/// <param name="Examples">The first problems with their likeliest answers.</param>
public sealed record PassRate(Proportion Greedy, Proportion Sampled, ReplyHabits GreedyHabits, ReplyHabits SampledHabits, IReadOnlyList<AnsweredProblem> Examples)
{
    private const ulong SampleSeed = 20261;
    private const int MostExamples = 10;

    /// <summary>Measures.</summary>
    /// <param name="generator">The model.</param>
    /// <param name="asker">How it is asked.</param>
    /// <param name="problems">Problems that it was not trained on.</param>
    /// <param name="chance">What guessing would reach: see <see cref="ChanceOf"/>.</param>
    /// <param name="maxTokens">The longest reply.</param>
    /// <param name="cancellation">Gives up.</param>
    public static PassRate Of(TextGenerator generator, ProblemAsker asker, IReadOnlyList<Problem> problems, double chance, int maxTokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(asker);
        ArgumentNullException.ThrowIfNull(problems);
        generator.Engine.Forget(); // weights may have changed
        int[][] prompts = [.. problems.Select(asker.Prompt)];
        (TextGeneration[] likeliest, Judgement[] judged) = Ask(SamplingOptions.Greedy);
        (TextGeneration[] drawn, Judgement[] judgedDrawn) = Ask(new SamplingOptions { Temperature = 1, Seed = SampleSeed });
        return new PassRate(
            Solved(judged), Solved(judgedDrawn), ReplyHabits.Of(likeliest, judged), ReplyHabits.Of(drawn, judgedDrawn),
            [.. problems.Take(MostExamples).Select((problem, i) => new AnsweredProblem(problem.Question, problem.Answer, likeliest[i].Text, judged[i].IsRight))]);

        Proportion Solved(Judgement[] all) => new(all.Count(one => one.IsRight), all.Length, chance);

        (TextGeneration[], Judgement[]) Ask(SamplingOptions sampling)
        {
            TextGeneration[] replies = generator.AnswerAll(prompts, new GenerationOptions { Sampling = sampling, MaxTokens = maxTokens }, cancellation: cancellation);
            return (replies, [.. replies.Select((reply, i) => asker.Judge(problems[i], prompts[i], reply.Text, reply.Reason != FinishReason.Stop))]);
        }
    }

    /// <summary>What the best guess without reading the numbers reaches: how often the commonest answer of some problems solves others, or a pick among the answers that a question offers.</summary>
    /// <param name="known">Problems to find the commonest answer in.</param>
    /// <param name="asked">Problems that are asked.</param>
    public static double ChanceOf(IReadOnlyList<Problem> known, IReadOnlyList<Problem> asked)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(asked);
        if (known.Count == 0 || asked.Count == 0) return 0;
        string guess = known.CountBy(problem => problem.Answer).MaxBy(answer => answer.Value).Key;
        return Math.Max(asked.Count(problem => problem.Accepts(guess)) / (double)asked.Count, asked.Average(problem => problem.GuessRate));
    }
}

/// <summary>A problem and what was replied.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Expected">An answer that is right.</param>
/// <param name="Reply">The whole reply, thinking and all.</param>
/// <param name="IsRight">Whether it solves the problem.</param>
public sealed record AnsweredProblem(string Question, string Expected, string Reply, bool IsRight);

/// <summary>How replies go about their problems. Strategies are counted by what the thinking says that it does.</summary>
/// <param name="Tokens">Mean length in tokens.</param>
/// <param name="ThinkingTokens">How many of these are thinking, about.</param>
/// <param name="Thinks">Share of replies that think before they answer.</param>
/// <param name="ChecksItself">Share whose thinking says that it does its work a second time.</param>
/// <param name="BeginsAgain">Share whose thinking says that what it had was wrong, and begins again.</param>
/// <param name="Malformed">Share whose parts do not stand where they should, or that ran out of room.</param>
public sealed record ReplyHabits(double Tokens, double ThinkingTokens, Proportion Thinks, Proportion ChecksItself, Proportion BeginsAgain, Proportion Malformed)
{
    /// <summary>Counts.</summary>
    /// <param name="replies">Replies.</param>
    /// <param name="judged">What each of them is worth.</param>
    public static ReplyHabits Of(IReadOnlyList<TextGeneration> replies, IReadOnlyList<Judgement> judged)
    {
        ArgumentNullException.ThrowIfNull(replies);
        ArgumentNullException.ThrowIfNull(judged);
        return new ReplyHabits(
            replies.Select(reply => reply.Tokens).DefaultIfEmpty().Average(), replies.Select((reply, i) => judged[i].ThinkingShare * reply.Tokens).DefaultIfEmpty().Average(),
            Share(one => one.ThinkingShare > 0), Share(one => one.ChecksItself), Share(one => one.BeginsAgain), Share(one => !one.IsWellFormed));

        Proportion Share(Func<Judgement, bool> has) => new(judged.Count(has), judged.Count);
    }
}
