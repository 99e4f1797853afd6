using Gestalt.Models;
using Gestalt.Training.Preferences;
using Gestalt.Training.Reinforcement;
using Gestalt.Training.Stages;

namespace Gestalt.Training.Life;

/// <summary>How much of a life's time the stages behind pretraining get, and what fits into it. The shares and costs are those measured in docs/log/2026-11-lessons.md.</summary>
internal static class LessonPlanner
{
    /// <summary>Shorter lives do not get as far: what they have to learn from conversations is more than they have time for.</summary>
    public const double LeastMinutes = 5;

    /// <summary>Shares of the time: conversations with tools and problems among them take more than those without.</summary>
    public const double FinetuneShare = 0.19, PreferShare = 0.04, ReinforceShare = 0.05;

    /// <summary>Tools in a hundred conversations.</summary>
    public const int ToolPercent = 40;

    /// <summary>Tokens generated a second, many answers at a time, for each token that training reads in a second.</summary>
    private const double GeneratedPerTrained = 0.67;

    /// <summary>Tokens of training whose time a comparison takes: two stories told, scored by the model that training began with, and learned from beside other conversations.</summary>
    private const double TokensPerPair = 1030;

    /// <summary>Tokens that a model generates to be measured as <see cref="ProfileStage"/> does.</summary>
    private const double ProfileTokens = 49_000;

    /// <summary>Tokens of a problem with its answer, roughly, and how often the trainer reads each: log-probabilities first, then forward and backward.</summary>
    private const double AnswerTokens = 48, PassesPerAnswer = 2;

    /// <summary>The rate of matrices in learning from comparisons, and the share of the usual rate in learning from problems: a life has more to lose than to win here.</summary>
    private const float PreferRate = 0.0003f, ReinforceRate = 0.2f;

    private const int FewestPairs = 64, MostPairs = 20_000, PairsOfStep = 8, FewestSteps = 10, MostSteps = 20_000;

    /// <summary>What the models of a world's life are asked.</summary>
    public static ProfileRequest Profile(ulong seed, long worldBytes, ReinforcementPlan? lesson) =>
        new(seed, worldBytes, lesson is null ? "" : LifeProblems.Names, LifeProblems.Rollouts.MaxTokens);

    /// <summary>Seconds that measuring a model so takes.</summary>
    /// <param name="tokensPerSecond">The speed of training.</param>
    public static double ProfileSeconds(double tokensPerSecond) => ProfileTokens / (GeneratedPerTrained * tokensPerSecond);

    /// <summary>As many comparisons as fit.</summary>
    /// <param name="seconds">The time.</param>
    /// <param name="tokensPerSecond">The speed of training.</param>
    /// <param name="context">The model's context.</param>
    /// <param name="seed">Order of the comparisons.</param>
    public static PreferencePlan Prefer(double seconds, double tokensPerSecond, int context, ulong seed)
    {
        int pairs = (int)Math.Clamp(seconds * tokensPerSecond / TokensPerPair, FewestPairs, MostPairs);
        int steps = Math.Max(1, (int)(pairs * (1 - LifeLessons.HeldOutComparisons) / PairsOfStep));
        TrainingOptions recipe = PreferStage.Recipe(steps, 2 * PairsOfStep, context, seed);
        return new PreferencePlan(pairs, PreferenceObjective.Usual(PreferenceMethod.Dpo), recipe with { Optimizer = recipe.Optimizer.AtRate(PreferRate) });
    }

    /// <summary>As many steps of reinforcement as fit.</summary>
    /// <param name="seconds">The time.</param>
    /// <param name="tokensPerSecond">The speed of training.</param>
    /// <param name="model">The model's shape.</param>
    /// <param name="seed">Order of the problems, and chance of the answers.</param>
    public static ReinforcementPlan Reinforce(double seconds, double tokensPerSecond, TransformerConfig model, ulong seed)
    {
        ReinforcementOptions rollouts = LifeProblems.Rollouts;
        double step = (rollouts.Prompts * rollouts.Samples * AnswerTokens * ((1 / GeneratedPerTrained) + PassesPerAnswer)) + rollouts.ReplayTokens;
        double measuring = 4 * LifeProblems.Measured * AnswerTokens / GeneratedPerTrained; // greedy and drawn, before and after
        int steps = (int)Math.Clamp(((seconds * tokensPerSecond) - measuring) / step, FewestSteps, MostSteps);
        return new ReinforcementPlan(LifeProblems.Percent, ReinforceStage.Recipe(steps, rollouts, model.Context, ReinforceRate * ReinforceStage.UsualRate(model.Width), seed + 1)); // other problems than those that fine-tuning shows
    }
}
