using Gestalt.Evaluation;
using Gestalt.Inference;
using Gestalt.Tasks.Problems;

namespace Gestalt.Training.Reinforcement;

/// <summary>How often a model solves problems at the first attempt.</summary>
/// <param name="Greedy">With the likeliest token each time.</param>
/// <param name="Sampled">With one answer drawn at temperature 1, as in training.</param>
/// <param name="ThinkingTokens">Mean length of the thinking in the greedy replies, in tokens, about.</param>
/// <param name="Tokens">Mean length of the greedy replies.</param>
/// <param name="ChecksItself">Share of the greedy replies whose thinking says that it checks or begins again.</param>
/// <param name="Malformed">Share of the greedy replies whose parts do not stand where they should.</param>
public sealed record PassRate(Proportion Greedy, Proportion Sampled, double ThinkingTokens, double Tokens, Proportion ChecksItself, Proportion Malformed)
{
    private const ulong SampleSeed = 20261;

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
        TextGeneration[] greedy = Replies(SamplingOptions.Greedy);
        Judgement[] judged = [.. greedy.Select((reply, i) => asker.Judge(problems[i], prompts[i], reply.Text, reply.Reason != FinishReason.Stop))];
        int sampled = Replies(new SamplingOptions { Temperature = 1, Seed = SampleSeed })
            .Where((reply, i) => asker.Judge(problems[i], prompts[i], reply.Text, reply.Reason != FinishReason.Stop).IsRight).Count();
        int count = problems.Count;
        return new PassRate(
            new Proportion(judged.Count(one => one.IsRight), count, chance), new Proportion(sampled, count, chance),
            judged.Select((one, i) => one.ThinkingShare * greedy[i].Tokens).DefaultIfEmpty().Average(), greedy.Select(reply => reply.Tokens).DefaultIfEmpty().Average(),
            new Proportion(judged.Count(one => one.ChecksItself), count), new Proportion(judged.Count(one => !one.IsWellFormed), count));

        TextGeneration[] Replies(SamplingOptions sampling) => generator.AnswerAll(prompts, new GenerationOptions { Sampling = sampling, MaxTokens = maxTokens }, cancellation: cancellation);
    }

    /// <summary>What the best guess without reading reaches: how often the commonest answer of some problems solves others.</summary>
    /// <param name="known">Problems to find the commonest answer in.</param>
    /// <param name="asked">Problems that are asked.</param>
    public static double ChanceOf(IReadOnlyList<Problem> known, IReadOnlyList<Problem> asked)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(asked);
        if (known.Count == 0 || asked.Count == 0) return 0;
        string guess = known.CountBy(problem => problem.Answer).MaxBy(answer => answer.Value).Key;
        return asked.Count(problem => problem.Accepts(guess)) / (double)asked.Count;
    }
}
