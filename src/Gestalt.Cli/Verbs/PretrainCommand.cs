using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt pretrain</c>: token shards → base model.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option();
        var minutes = new Option<double>("--minutes") { Description = "For a run without a plan: the length of the life that is planned for it", HelpName = "X", DefaultValueFactory = _ => 10 };
        var layers = new Option<int?>("--layers") { Description = "Blocks of the model [default: the plan's]", HelpName = "N" };
        var width = new Option<int?>("--width") { Description = "Width of the model, a multiple of 32 [default: the plan's]", HelpName = "N" };
        var training = new TrainingArguments();
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "pretrain",
            "Let a model learn to continue text",
            "Reads the run's corpus and tokenizer, writes base/model.gguf. Model and recipe come from the run's plan; what is given here overrides it. Ctrl-C saves; the same command goes on from there, to the same bits as if it had never been stopped.",
            new Example("gestalt pretrain --run first", "as planned, or from where it was stopped"),
            new Example("gestalt pretrain --run mine --minutes 60", "a run whose corpus was made by hand: plans for an hour first"),
            new Example("gestalt pretrain --run first --steps 4000 --learning-rate 0.005", "other than planned"))
            .With(run, minutes, layers, width).With(training.All).With(precision, json)
            .Does(parse => Train(
                RunSource.Existing(parse.GetValue(run)), parse.GetValue(minutes), config => Shape(config, parse.GetValue(layers), parse.GetValue(width)),
                planned => training.Apply(parse, planned), ComputeOptions.Parse(parse.GetValue(precision)), parse.GetValue(json)));
    }

    private static void Train(RunFolder run, double minutes, Func<TransformerConfig, TransformerConfig> shape, Func<TrainingOptions, TrainingOptions> options, Precision? precision, bool json)
    {
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        LifePlan plan = RunSource.Plan(run, minutes, seed: 1, precision, interruption.Token);
        TrainingOptions recipe = options(plan.Pretrain);
        TransformerConfig config = shape(plan.Model) with { Context = Math.Max(plan.Model.Context, recipe.Context) };
        var device = new Device(WorkerPool.Shared, precision ?? plan.Machine.Precision);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        TrainingOutcome outcome = Resumable.Do(() => RunStage.Do(run, "pretrain", TrainingText.Outcome, () =>
            PretrainStage.Run(run, config, recipe, device, plan.Machine.Float32Peak, display, Messages.Warn, interruption.Token)));
        if (json) Json.Write(new { Model = Path.Combine(run.Base, "model.gguf"), outcome.Steps, outcome.Tokens, outcome.Loss, outcome.BitsPerByte, outcome.Seconds });
    }

    /// <summary>The planned shape with another depth or width, in the same proportions.</summary>
    private static TransformerConfig Shape(TransformerConfig planned, int? layers, int? width)
    {
        if (layers is <= 0) throw new UserError(ExitCode.Usage, $"--layers is {layers}; it must be at least 1.");
        if (width is int wanted && (wanted <= 0 || wanted % 32 != 0)) throw new UserError(ExitCode.Usage, $"--width is {width}; it must be a multiple of 32.");
        if (layers is null && width is null) return planned;
        int channels = width ?? planned.Width, headWidth = channels % planned.HeadWidth == 0 ? planned.HeadWidth : 32, heads = channels / headWidth;
        return TransformerConfig.Qwen3Shaped(layers ?? planned.Layers, channels, heads, heads % 2 == 0 ? heads / 2 : heads, headWidth,
            (channels * 8 / 3 + 63) / 64 * 64, planned.Vocabulary, planned.Context, planned.TiedEmbeddings);
    }
}
