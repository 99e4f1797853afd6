using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Training;
using Gestalt.Training.Optimizers;

namespace Gestalt.Cli.Verbs;

/// <summary>What 'pretrain' and 'finetune' let a person decide; everything else comes from the run's plan.</summary>
internal sealed class TrainingArguments
{
    public Option<int?> Steps { get; } = new("--steps") { Description = "Optimizer steps [default: the plan's]", HelpName = "N" };

    public Option<int?> Rows { get; } = new("--rows") { Description = "Rows of a batch [default: the plan's]", HelpName = "N" };

    public Option<int?> Context { get; } = new("--context") { Description = "Tokens of a row [default: the plan's]", HelpName = "N" };

    public Option<float?> LearningRate { get; } = new("--learning-rate") { Description = "Peak rate of the matrices; the other rates keep their proportion [default: the plan's]", HelpName = "X" };

    public Option<int?> WarmUp { get; } = new("--warm-up") { Description = "Steps over which the rate rises [default: the plan's]", HelpName = "N" };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "Initial parameters and order of the data [default: the plan's]", HelpName = "N" };

    /// <summary>All of them.</summary>
    public Option[] All => [Steps, Rows, Context, LearningRate, WarmUp, Seed];

    /// <summary>The plan's options with what was asked for.</summary>
    public TrainingOptions Apply(ParseResult parse, TrainingOptions planned)
    {
        foreach (Option<int?> option in (Option<int?>[])[Steps, Rows, Context])
            if (parse.GetValue(option) is <= 0 and int value) throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be at least 1.");
        OptimizerOptions optimizer = planned.Optimizer;
        if (parse.GetValue(LearningRate) is float rate)
        {
            if (!(rate > 0 && float.IsFinite(rate))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--learning-rate is {rate}; it must be above 0."));
            optimizer = optimizer.AtRate(rate);
        }
        int steps = parse.GetValue(Steps) ?? planned.Steps;
        return planned with
        {
            Steps = steps,
            Rows = parse.GetValue(Rows) ?? planned.Rows,
            Context = parse.GetValue(Context) ?? planned.Context,
            WarmUp = parse.GetValue(WarmUp) ?? Math.Min(planned.WarmUp, steps),
            Seed = parse.GetValue(Seed) ?? planned.Seed,
            Optimizer = optimizer,
        };
    }
}
