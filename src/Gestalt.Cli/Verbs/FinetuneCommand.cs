using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt finetune</c>: conversations → assistant.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option();
        var conversations = new Option<string?>("--conversations") { Description = "JSONL of OpenAI-style messages [default: those written for the run]", HelpName = "FILE" };
        var model = new Option<string?>("--base") { Description = "The model to begin with [default: the run's base model]", HelpName = "FILE" };
        var training = new TrainingArguments();
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "finetune",
            "Teach a base model to answer",
            "Learns from what the assistant says in conversations, and from nothing else in them; writes sft/model.gguf. Conversations are ChatML, a JSON object a line: {\"messages\": [{\"role\": \"user\", \"content\": ...}, {\"role\": \"assistant\", ...}]}. Ctrl-C saves; the same command goes on.",
            new Example("gestalt finetune --run first", "as planned"),
            new Example("gestalt finetune --run first --conversations mine.jsonl --steps 300", "with conversations of your own"))
            .With(run, conversations, model).With(training.All).With(precision, json)
            .Does(parse => Train(
                RunSource.Existing(parse.GetValue(run)), parse.GetValue(conversations), parse.GetValue(model), planned => training.Apply(parse, planned),
                ComputeOptions.Parse(parse.GetValue(precision)), parse.GetValue(json)));
    }

    private static void Train(RunFolder run, string? conversations, string? basePath, Func<TrainingOptions, TrainingOptions> options, Precision? precision, bool json)
    {
        basePath ??= Path.Combine(run.Base, "model.gguf");
        if (!File.Exists(basePath)) throw new UserError(ExitCode.Missing, $"there is no base model '{basePath}' to begin with. Make one first: gestalt pretrain --run {run.Name}");
        if (conversations is not null && !File.Exists(conversations)) throw new UserError(ExitCode.Missing, $"there is no file '{conversations}' of conversations.");
        if (!File.Exists(run.Plan)) throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no plan yet. Make one with: gestalt pretrain --run {run.Name}");
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        LifePlan plan = LifePlan.Load(run.Plan);
        var device = new Device(WorkerPool.Shared, precision ?? plan.Machine.Precision);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        TrainingOutcome outcome = Resumable.Do(() => RunStage.Do(run, "finetune", TrainingText.Outcome, () => FinetuneStage.Run(
            basePath, conversations ?? ConversationStage.Write(run, plan, interruption.Token), run.Sft, run.Name, run.Corpus, options(plan.Finetune), device,
            plan.Machine.Float32Peak, display, Messages.Warn, interruption.Token)));
        if (json) Json.Write(new { Model = Path.Combine(run.Sft, "model.gguf"), outcome.Steps, outcome.Tokens, outcome.Loss, outcome.Seconds });
    }
}
