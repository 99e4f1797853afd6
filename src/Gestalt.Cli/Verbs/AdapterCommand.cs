using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt adapter</c>: LoRA and DoRA adapters merged, taken out, looked into, and taken from one format to another.</summary>
internal static class AdapterCommand
{
    public static Command Create() => new Verb(
        "adapter",
        "Merge adapters into models, and look into them",
        "An adapter is a small change to a model, kept apart from it: a folder as Hugging Face's PEFT saves it, or a GGUF file as llama.cpp reads it with --lora. 'gestalt finetune --lora-rank 8' trains one; 'chat' and 'generate' use one with --adapter.",
        new Example("gestalt adapter merge base.gguf tuned/adapter merged.gguf", "one model that needs no adapter"),
        new Example("gestalt adapter show tuned/adapter", "what is in it"))
        .With(Merge(), Unmerge(), Convert(), Show());

    private static Verb Merge() => Writer(
        "merge", "A model and an adapter → one model that computes the same without it",
        new Example("gestalt adapter merge Qwen3-0.6B/ tuned/adapter merged.gguf --type f16", "for llama.cpp, Ollama and LM Studio"), takesOut: false);

    private static Verb Unmerge() => Writer(
        "unmerge", "A model that an adapter was merged into → the model from before, up to rounding",
        new Example("gestalt adapter unmerge merged.gguf tuned/adapter before.gguf", "LoRA alone: DoRA forgets how long the rows were"), takesOut: true);

    private static Verb Writer(string name, string description, Example example, bool takesOut)
    {
        var model = new Argument<string>("MODEL") { Description = "A model file or folder, a run, or a pulled model" };
        var adapter = new Argument<string>("ADAPTER") { Description = "A PEFT folder or a GGUF adapter" };
        var target = new Argument<string>("OUT") { Description = "A file that ends in .gguf, or a folder to make" };
        var type = new Option<string?>("--type") { Description = "How matrices are stored: f32, f16, bf16 [default: as they were; bf16 where they were quantized]", HelpName = "TYPE" };
        type.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "f32", "f16", "bf16");
        Option<bool> json = Json.Option();
        return new Verb(name, description, "", example).With(model, adapter, target, type, json).Does(parse =>
            Write(ModelSource.Find(parse.GetRequiredValue(model)), parse.GetRequiredValue(adapter), parse.GetRequiredValue(target), parse.GetValue(type), takesOut, parse.GetValue(json)));
    }

    private static Verb Convert()
    {
        var adapter = new Argument<string>("ADAPTER") { Description = "A PEFT folder or a GGUF adapter" };
        var target = new Argument<string>("OUT") { Description = "A file that ends in .gguf, or a folder" };
        var model = new Option<string>("--model", "-m") { Description = "The model that it is for: its family decides how tensors are called", HelpName = "FILE", Required = true };
        return new Verb(
            "convert", "An adapter in one format → the same in the other", "",
            new Example("gestalt adapter convert tuned/adapter tuned.gguf --model base.gguf", "for llama.cpp's --lora"))
            .With(adapter, target, model).Does(parse =>
            {
                using LoadedModel loaded = ModelFile.Load(ModelSource.Find(parse.GetRequiredValue(model)), new Device(), LoadMode.Mapped);
                using Adapter update = AdapterFile.Load(parse.GetRequiredValue(adapter), loaded);
                AdapterFile.Save(parse.GetRequiredValue(target), update, loaded);
                Messages.Say($"{parse.GetRequiredValue(adapter)} → {parse.GetRequiredValue(target)}");
            });
    }

    private static Verb Show()
    {
        var adapter = new Argument<string>("ADAPTER") { Description = "A PEFT folder or a GGUF adapter" };
        Option<bool> json = Json.Option();
        return new Verb("show", "What is in an adapter", "", new Example("gestalt adapter show tuned/adapter", "kind, rank and layers")).With(adapter, json).Does(parse =>
        {
            AdapterDescription found = AdapterDescription.Of(parse.GetRequiredValue(adapter));
            if (parse.GetValue(json))
            {
                Json.Write(found);
                return;
            }

            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{found.Kind} adapter ({found.Format}), rank {found.Rank}, alpha {found.Alpha}, {found.Values:N0} values, {QuantityFormat.Bytes(found.Bytes)}"));
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"changes {found.Matrices} matrices: {string.Join(", ", found.Parts)}"));
            if (found.Model.Length > 0) Console.Out.WriteLine($"for {found.Model}");
        });
    }

    private static void Write(string model, string adapter, string target, string? typeName, bool takesOut, bool json)
    {
        if (target.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) OutputPath.Require(target);
        else if (Path.Exists(target)) throw new UserError(ExitCode.Output, $"'{target}' is there already. Name a folder to make, or a file that ends in .gguf.");
        if (Path.GetFullPath(model) == Path.GetFullPath(target)) throw new UserError(ExitCode.Usage, $"'{target}' is the model itself. Name another place to write to.");
        TensorType? wanted = typeName is null ? null : Enum.Parse<TensorType>(typeName, ignoreCase: true);
        (TensorType type, bool wasQuantized) = AdapterMerge.Write(model, adapter, target, wanted, takesOut);
        if (wasQuantized) Messages.Warn("the model's matrices were quantized; they are stored in BF16 now. 'gestalt quantize' makes them small again.");
        long bytes = File.Exists(target) ? new FileInfo(target).Length : new DirectoryInfo(target).EnumerateFiles().Sum(file => file.Length);
        if (json) Json.Write(new { Target = target, Model = model, Adapter = adapter, Bytes = bytes, Type = type });
        else Messages.Say($"{model} {(takesOut ? "-" : "+")} {adapter} → {target}, {QuantityFormat.Bytes(bytes)}");
    }
}
