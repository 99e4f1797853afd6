using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Models;
using Gestalt.Training.Finetuning;

namespace Gestalt.Cli.Verbs;

/// <summary>What a person says about fine-tuning a model on data of their own.</summary>
internal sealed class FinetuneArguments
{
    public Option<string[]> Data { get; } = new("--data", "-d")
    {
        Description = "Conversations: a JSONL file (.gz, too), a folder or a glob, perhaps with =WEIGHT, how often each is read in an epoch; may be given several times",
        HelpName = "PATH[=WEIGHT]",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Model { get; } = new("--model", "-m") { Description = "Fine-tune this model instead of a run's: a GGUF file, a Hugging Face folder, or a pulled model", HelpName = "PATH|NAME" };

    public Option<string?> Out { get; } = new("--out", "-o") { Description = "Where the result goes [default: runs/NAME-tuned, or the run's sft/]", HelpName = "FOLDER" };

    public Option<double?> Epochs { get; } = new("--epochs") { Description = "How often the conversations are read, where --steps does not say [default: 3]", HelpName = "X" };

    public Option<int?> Accumulate { get; } = new("--accumulate") { Description = "Batches whose gradients make one step [default: 1]", HelpName = "N" };

    public Option<float> Noise { get; } = new("--neftune") { Description = "Noise on token vectors while training (NEFTune), 5 for instance [default: 0]", HelpName = "ALPHA" };

    public Option<bool> Cut { get; } = new("--cut") { Description = "Let conversations that are too long lose their end, instead of setting them aside" };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Stop if a conversation cannot be learned from, instead of setting it aside" };

    public Option<bool> Recompute { get; } = new("--recompute") { Description = "Compute blocks again in backward instead of keeping them: less memory, more time [default: where an adapter's training would need much more than the model]" };

    public Option<string?> Type { get; } = TypeOption();

    public Option<bool> Merge { get; } = new("--merge") { Description = "Write model.gguf with the adapter merged into it, too" };

    public Option<int?> ShowMask { get; } = new("--show-mask") { Description = "Print the first examples token by token, with what is learned of them, and stop", HelpName = "N", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>All of them.</summary>
    public Option[] All => [Data, Model, Out, Epochs, Accumulate, Noise, Cut, Strict, Recompute, Type, Merge, ShowMask];

    /// <summary>How many examples are to be shown; null for none.</summary>
    public int? Shown(ParseResult parse) => parse.GetResult(ShowMask) is null ? null : parse.GetValue(ShowMask) ?? 3;

    /// <summary>What was asked for, on a model and data that have been settled.</summary>
    /// <exception cref="UserError">A number is impossible.</exception>
    public FinetuneRequest Read(ParseResult parse, TrainingArguments training, AdapterOptions? adapter, string model, IReadOnlyList<ConversationSource> sources, string folder, string name)
    {
        foreach (Option<int?> option in (Option<int?>[])[training.Steps, training.Rows, training.Context, Accumulate])
            if (parse.GetValue(option) is <= 0 and int value) throw new UserError(ExitCode.Usage, $"{option.Name} is {value}; it must be at least 1.");
        if (parse.GetValue(training.LearningRate) is float rate && !(rate > 0 && float.IsFinite(rate))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--learning-rate is {rate}; it must be above 0."));
        if (parse.GetValue(Epochs) is double epochs && !(epochs > 0 && epochs <= 10_000)) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--epochs is {epochs}; it must be above 0."));
        if (parse.GetValue(Noise) is float noise && !(noise >= 0 && float.IsFinite(noise))) throw new UserError(ExitCode.Usage, FormattableString.Invariant($"--neftune is {noise}; it must be 0 or more."));
        if (adapter is null && parse.GetValue(Merge)) throw new UserError(ExitCode.Usage, "--merge goes with an adapter: say --lora-rank, too.");
        return new FinetuneRequest(model, sources, folder, name)
        {
            Adapter = adapter,
            Epochs = parse.GetValue(Epochs) ?? 3,
            Steps = parse.GetValue(training.Steps),
            Rows = parse.GetValue(training.Rows),
            Context = parse.GetValue(training.Context),
            Accumulation = parse.GetValue(Accumulate) ?? 1,
            LearningRate = parse.GetValue(training.LearningRate),
            WarmUp = parse.GetValue(training.WarmUp),
            Seed = parse.GetValue(training.Seed) ?? 1,
            EmbeddingNoise = parse.GetValue(Noise),
            CutsLong = parse.GetValue(Cut),
            IsStrict = parse.GetValue(Strict),
            Recompute = parse.GetValue(Recompute) ? true : null,
            Type = parse.GetValue(Type) is string type ? Enum.Parse<TensorType>(type, ignoreCase: true) : null,
        };
    }

    private static Option<string?> TypeOption()
    {
        var option = new Option<string?>("--type") { Description = "How a trained model's matrices are stored: f32, f16, bf16 [default: as they were; bf16 where they were quantized]", HelpName = "TYPE" };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "f32", "f16", "bf16");
        return option;
    }
}
