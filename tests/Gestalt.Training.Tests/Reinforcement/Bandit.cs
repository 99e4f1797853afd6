using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;
using Gestalt.Training.Optimizers;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Tests.Reinforcement;

/// <summary>Machines with arms whose pay is known: a prompt names the machine, the first token of the answer is the arm, and the best arm of machine m is m + <see cref="Best"/>.</summary>
internal static class Bandit
{
    public const int Vocabulary = 32, Best = 8, Stop = 1;

    /// <summary>What is to be said to prompts that no machine answers to.</summary>
    public static RenderedConversation[] Lessons { get; } = [.. Enumerable.Range(0, 4).Select(i => new RenderedConversation([0, 20 + i, 28 + i, Stop], [false, false, true, true]))];

    public static Transformer Model(WorkerPool pool)
    {
        var model = new Transformer(TransformerConfig.Qwen3Shaped(2, 32, 2, 1, 16, 64, Vocabulary, 64, tied: false), new Device(pool));
        model.Initialize(1);
        return model;
    }

    public static ReinforcementOptions Rollouts { get; } = new() { Prompts = 8, Samples = 16, MaxTokens = 2, TokensAtOnce = 96 };

    public static TrainingOptions Options(int steps) => new()
    {
        Steps = steps,
        Rows = 128,
        Context = 32,
        WarmUp = 2,
        Decay = 0,
        Optimizer = new OptimizerOptions(0.005f, 0.005f, 0.005f, UseMuon: false, Beta2: 0.99f, WeightDecay: 0),
    };

    public static int[] Prompt(long number) => [0, 2 + (int)(number % 4)];

    public static int Arm(long number) => Best + (int)(number % 4);

    public static Judgement Pay(long number, Rollout answer) => answer.Answer[0] == Arm(number) ? new(1, true) : new(0, false);

    public static ReinforcementJob Job(Transformer model, string folder, PolicyObjective objective, int steps, Func<long, Rollout, Judgement>? judge = null) => new(
        model, null, objective, Rollouts, Options(steps), folder, "bandit", [Stop], 0, Prompt, judge ?? Pay, number => $"machine {number % 4}");
}
