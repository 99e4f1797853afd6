using Gestalt.Tasks.Problems;

namespace Gestalt.Training.Reinforcement;

/// <summary>
/// How a life of minutes learns from problems: which ones, what it is shown of them in fine-tuning, and how it is rewarded. The numbers are those of docs/log/2026-11-reinforcement.md and 2026-11-lessons.md, measured with
/// models of one and two million weights: comparisons are what such a model learns to solve sometimes from two thousand examples, while sums and stories stay near chance.
/// </summary>
public static class LifeProblems
{
    /// <summary>The names of the kinds of problems.</summary>
    public const string Names = "comparisons";

    /// <summary>The kinds of problems.</summary>
    public static IReadOnlyList<IProblemKind> Kinds { get; } = ProblemKinds.Find(Names);

    /// <summary>Worked problems in a hundred conversations of fine-tuning.</summary>
    public const int Percent = 10;

    /// <summary>Held-out problems that are asked before and after, greedy and drawn: three seconds in all.</summary>
    public const int Measured = 400;

    /// <summary>How the pupil works whose answers are shown: careless when it blurts out an answer, better when it thinks, so that there is something to find out.</summary>
    public static PupilHabits Habits { get; } = new(Slips: 15, Blurts: 60, Checks: 10);

    /// <summary>Dr. GRPO: with GRPO's answers that all count the same, short right ones win, and thinking is unlearned.</summary>
    public static PolicyObjective Objective { get; } = PolicyObjective.Usual(PolicyMethod.DrGrpo);

    /// <summary>How answers are drawn.</summary>
    public static ReinforcementOptions Rollouts { get; } = new() { MaxTokens = 64, ReplayTokens = 2048, ReplayWeight = 3 };

    /// <summary>The examples for fine-tuning, by number.</summary>
    /// <param name="seed">The life's seed.</param>
    public static WorkedProblems Examples(ulong seed) => new(ProblemSource.Of(Kinds, ProblemSplit.Train, seed), Habits, seed);

    /// <summary>What a life asks of <see cref="ReinforceStage"/>.</summary>
    /// <param name="model">The assistant's file.</param>
    /// <param name="folder">Where the model goes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">The recipe; its seed chooses the problems, too, and should not be the one of <see cref="Examples"/>.</param>
    /// <param name="replay">The conversations of fine-tuning, which it must not forget.</param>
    public static ReinforceRequest Request(string model, string folder, string name, TrainingOptions options, IReadOnlyList<Text.Conversation> replay)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ReinforceRequest(model, ProblemSource.Of(Kinds, ProblemSplit.Train, options.Seed), ProblemSource.Of(Kinds, ProblemSplit.HeldOut, 0).TakeDistinct(Measured),
            folder, name, Objective, Rollouts, options, System: null)
        {
            Replay = replay,
        };
    }
}
