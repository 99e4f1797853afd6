using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;
using Gestalt.Training.Finetuning;
using Gestalt.Training.Life;
using Gestalt.Training.Stages;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt finetune</c>: conversations → assistant.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        Option<string?> run = RunSource.Option();
        var conversations = new Option<string?>("--conversations") { Description = "For a run: JSONL of conversations in place of its own, with its recipe [default: those written for the run]", HelpName = "FILE" };
        var basePath = new Option<string?>("--base") { Description = "For a run: the model to begin with [default: the run's base model]", HelpName = "FILE" };
        var tools = new Option<int?>("--tool-percent") { Description = "For a run: conversations with tools in a hundred of its own, 0 to 100 [default: the plan's]", HelpName = "N" };
        var anew = new Option<bool>("--new") { Description = "For a run: fine-tune it anew; what it learned behind its base model moves to its folder earlier-1, or the next number that is free" };
        var own = new FinetuneArguments();
        var adapter = new AdapterArguments();
        var training = new TrainingArguments();
        Option<string?> precision = ComputeOptions.Precision();
        Option<bool> json = Json.Option();
        return new Verb(
            "finetune",
            "Teach a model to answer, a run's or anybody's",
            "Learns from what the assistant says in conversations, tool calls included, and from nothing else in them. Conversations are JSONL, {\"messages\": [{\"role\": \"user\", \"content\": ...}, {\"role\": \"assistant\", ...}], \"tools\": [...]} a line, written in the model's own chat template. "
            + "A run is fine-tuned by its plan and gets sft/model.gguf. With --model any GGUF file or Hugging Face folder is trained, wholly or, with --lora-rank, by an adapter beside it: three epochs of AdamW at 2e-5, or 2e-4 for an adapter, unless you say otherwise. What cannot be learned from is named by file and line and set aside. Ctrl-C saves; the same command goes on.",
            new Example("gestalt finetune --run first", "a run, as planned"),
            new Example("gestalt finetune --run first --new --tool-percent 70 --steps 2000", "once more from the base model: longer, and mostly about calculator, search and code"),
            new Example("gestalt finetune --model Qwen3-0.6B/ --data talks.jsonl --lora-rank 8 --out tuned", "an adapter for an open model: tuned/adapter, tuned/adapter.gguf"),
            new Example("gestalt finetune -m model-q4.gguf -d ours.jsonl=2 -d general/ --lora-rank 16 --lora-layers q,v --dora", "a mixture, a quantized model, DoRA on queries and values"),
            new Example("gestalt finetune -m model.gguf -d talks.jsonl --show-mask 2", "see what would be learned, token by token"),
            new Example("gestalt chat model.gguf --adapter tuned/adapter", "talk to the result"))
            .With(run).With(own.All).With(adapter.All).With(conversations, basePath, tools, anew).With(training.All).With(precision, json)
            .Does(parse =>
            {
                string? named = parse.GetValue(own.Model);
                string[] data = parse.GetValue(own.Data) ?? [];
                AdapterOptions? wanted = adapter.Read(parse);
                Precision? asked = ComputeOptions.Parse(parse.GetValue(precision));
                if (named is null && data.Length == 0 && wanted is null && own.Shown(parse) is null)
                {
                    TrainRun(RunSource.Existing(parse.GetValue(run)), parse.GetValue(conversations), parse.GetValue(basePath), parse.GetValue(tools), parse.GetValue(anew), planned => training.Apply(parse, planned), asked, parse.GetValue(json));
                    return;
                }

                if (parse.GetValue(anew)) throw new UserError(ExitCode.Usage, "--new fine-tunes a run anew by its own recipe. With --model, --data or --lora-rank choose another folder: --out FOLDER.");
                FinetuneRequest request = named is null
                    ? OfRun(parse, RunSource.Existing(parse.GetValue(run)), parse.GetValue(basePath), data.Length > 0 ? data : parse.GetValue(conversations) is string file ? [file] : [], own, training, wanted)
                    : OfModel(parse, named, data.Length > 0 ? data : parse.GetValue(conversations) is string one ? [one] : [], own, training, wanted);
                if (own.Shown(parse) is int examples) Show(request, examples, parse.GetValue(json));
                else Train(request, asked, parse.GetValue(own.Merge), parse.GetValue(json));
            });
    }

    private static FinetuneRequest OfModel(ParseResult parse, string named, string[] data, FinetuneArguments own, TrainingArguments training, AdapterOptions? adapter)
    {
        string model = ModelSource.Find(named);
        if (data.Length == 0) throw new UserError(ExitCode.Usage, "there is nothing to learn from: name conversations with --data talks.jsonl.");
        string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)));
        string folder = parse.GetValue(own.Out) ?? Path.Combine(ModelSource.Runs, name + "-tuned", "sft");
        return own.Read(parse, training, adapter, model, [.. data.Select(ConversationSource.Parse)], folder, name + "-tuned");
    }

    private static FinetuneRequest OfRun(ParseResult parse, RunFolder run, string? basePath, string[] data, FinetuneArguments own, TrainingArguments training, AdapterOptions? adapter)
    {
        string model = BaseOf(run, basePath);
        if (data.Length == 0) data = [File.Exists(ConversationStage.PathIn(run)) ? ConversationStage.PathIn(run) : ConversationStage.Write(run, PlanOf(run), default)];
        return own.Read(parse, training, adapter, model, [.. data.Select(ConversationSource.Parse)], parse.GetValue(own.Out) ?? run.Sft, run.Name);
    }

    private static void Show(FinetuneRequest request, int examples, bool json)
    {
        using LoadedModel model = ModelFile.Load(request.Model, new Device(), LoadMode.Mapped);
        var renderer = new ConversationRenderer(model);
        if (renderer.Assumption is string assumption) Messages.Warn($"conversations are written in the form of {assumption}.");
        (TrainingConversations data, TrainingOptions options) = ModelFinetuning.Prepare(request, model, renderer, default);
        foreach (SetAside aside in data.Aside.Take(5)) Messages.Warn($"set aside: {aside}");
        var text = new MaskText(model.Tokenizer, MaskText.HasColour);
        for (int i = 0; i < Math.Min(examples, data.Rendered.Count); i++)
        {
            if (json) Json.Write(text.ForJson(data.Rendered[i]));
            else Console.Out.WriteLine(text.Render(data.Rendered[i]) + "\n");
        }

        Messages.Say($"{data.Rendered.Count} conversations, {data.Counts.Sum(count => count.LearnedTokens)} of {data.Rendered.Sum(one => (long)one.Ids.Length)} tokens learned, {data.Aside.Count} set aside; {options.Steps} steps of {options.Rows * options.Accumulation} × {options.Context} tokens would be trained.");
    }

    private static void Train(FinetuneRequest request, Precision? precision, bool merges, bool json)
    {
        OutputPath.RequireFolder(request.Folder);
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        var device = new Device(WorkerPool.Shared, precision ?? MachineSpeed.FasterPrecision);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        FinetuneOutcome outcome = Resumable.Do(() => ModelFinetuning.Run(request, device, flopsPeak: 0, display, Messages.Warn, interruption.Token));
        string? merged = merges ? ModelFinetuning.Merge(request, outcome, Messages.Warn) : null;
        Messages.Say($"finetune: {TrainingText.Outcome(outcome.Training)}");
        Messages.Say(request.Adapter is null ? $"Talk to it: gestalt chat {CommandLine.Quote(outcome.Result)}" : $"Talk to it: gestalt chat {CommandLine.Quote(request.Model)} --adapter {CommandLine.Quote(outcome.Result)}");
        if (json)
            Json.Write(new
            {
                outcome.Result,
                Merged = merged,
                outcome.Training.Steps,
                outcome.Training.Tokens,
                outcome.Training.Loss,
                outcome.Training.Seconds,
                Conversations = outcome.Data.Rendered.Count,
                SetAside = outcome.Data.Aside.Count,
            });
    }

    private static void TrainRun(RunFolder run, string? conversations, string? basePath, int? toolPercent, bool anew, Func<TrainingOptions, TrainingOptions> options, Precision? precision, bool json)
    {
        basePath = BaseOf(run, basePath);
        if (conversations is not null && !File.Exists(conversations)) throw new UserError(ExitCode.Missing, $"there is no file '{conversations}' of conversations.");
        if (toolPercent is < 0 or > 100) throw new UserError(ExitCode.Usage, $"--tool-percent {toolPercent} is out of range: from 0 to 100 conversations in a hundred. Try --tool-percent 25.");
        LifePlan plan = PlanOf(run);
        if (toolPercent is int percent) plan = plan with { ToolPercent = percent };
        TrainingOptions recipe = options(plan.Finetune);
        foreach (string read in (string[])[basePath, .. conversations is null ? Array.Empty<string>() : [conversations]])
        {
            if (anew && Enum.GetValues<LifeStage>().Any(stage => stage >= LifeStage.Finetune && Path.GetFullPath(read).StartsWith(run.FolderOf(stage) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                throw new UserError(ExitCode.Usage, $"'{read}' lies in what --new puts aside. Copy it to another place and name it there.");
        }

        if (anew && run.PutAside(LifeStage.Finetune) is { } aside) Messages.Say($"What the run learned behind its base model now lies in {aside}.");
        using var interruption = new Interruption("saving ... (Ctrl-C again stops at once)");
        var device = new Device(WorkerPool.Shared, precision ?? plan.Machine.Precision);
        var display = new TrainingDisplay(LiveRegion.OnStderr());
        TrainingOutcome outcome = Resumable.Do(() => RunStage.Do(run, "finetune", TrainingText.Outcome, () => FinetuneStage.Run(
            basePath, conversations ?? ConversationStage.Write(run, plan, interruption.Token), run.Sft, run.Name, run.Corpus, recipe, device,
            plan.Machine.Float32Peak, display, Messages.Warn, interruption.Token)), CommandLine.AsTyped.Replace(" --new", "", StringComparison.Ordinal));
        if (json) Json.Write(new { Model = Path.Combine(run.Sft, "model.gguf"), outcome.Steps, outcome.Tokens, outcome.Loss, outcome.Seconds });
    }

    private static string BaseOf(RunFolder run, string? basePath)
    {
        basePath ??= Path.Combine(run.Base, "model.gguf");
        return File.Exists(basePath) ? basePath : throw new UserError(ExitCode.Missing, $"there is no base model '{basePath}' to begin with. Make one first: gestalt pretrain --run {run.Name}");
    }

    private static LifePlan PlanOf(RunFolder run) => File.Exists(run.Plan)
        ? LifePlan.Load(run.Plan)
        : throw new UserError(ExitCode.Missing, $"the run '{run.Path}' has no plan yet. Make one with: gestalt pretrain --run {run.Name}");
}
