using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt convert</c>: a model in one format → the same in another.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("MODEL") { Description = "A GGUF file, a Hugging Face folder, a llama2.c .bin, or a run" };
        var target = new Argument<string>("OUT") { Description = "A file that ends in .gguf, or a folder to make" };
        var type = new Option<string?>("--type") { Description = "How matrices are stored: f32, f16, bf16; for GGUF also q8_0 [default: as they are]", HelpName = "TYPE" };
        type.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "f32", "f16", "bf16", "q8_0");
        var tokenizer = new Option<string?>("--tokenizer") { Description = "The tokenizer.bin that goes with a .bin", HelpName = "FILE" };
        Option<bool> json = Json.Option();
        return new Verb(
            "convert",
            "Take a model from one format to another",
            "Reads a Hugging Face folder (config.json, safetensors, tokenizer.json), a GGUF file, or a model of llama2.c, and writes GGUF where OUT ends in .gguf, a Hugging Face folder elsewhere. Weights, vocabulary, chat template and the ids that end an answer go along.",
            new Example("gestalt convert Qwen3-0.6B/ qwen.gguf", "for llama.cpp, Ollama and LM Studio"),
            new Example("gestalt convert model.gguf model-hf --type bf16", "for Transformers, vLLM and training elsewhere"),
            new Example("gestalt convert stories260K.bin stories.gguf --tokenizer tok512.bin", "a model of llama2.c"))
            .With(source, target, type, tokenizer, json)
            .Does(parse => Convert(parse.GetRequiredValue(source), parse.GetRequiredValue(target), parse.GetValue(type), parse.GetValue(tokenizer), parse.GetValue(json)));
    }

    private static void Convert(string named, string target, string? typeName, string? tokenizer, bool json)
    {
        bool fromLlama2C = named.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) && File.Exists(named);
        string source = fromLlama2C ? named : ModelSource.Find(named);
        bool toGguf = target.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        TensorType? type = typeName is null ? null : Enum.Parse<TensorType>(typeName, ignoreCase: true);
        if (Path.GetFullPath(source) == Path.GetFullPath(target)) throw new UserError(ExitCode.Usage, $"'{target}' is the model itself. Name another place to write to.");
        if (tokenizer is not null && !fromLlama2C) throw new UserError(ExitCode.Usage, "--tokenizer goes with a .bin of llama2.c; other models bring their vocabulary along.");
        if (!toGguf && type == TensorType.Q8_0) throw new UserError(ExitCode.Usage, "a Hugging Face folder holds f32, f16 or bf16. Name a .gguf file for q8_0.");
        if (toGguf) OutputPath.Require(target);
        else if (Path.Exists(target)) throw new UserError(ExitCode.Output, $"'{target}' is there already. Name a folder to make, or a file that ends in .gguf.");

        var device = new Device(WorkerPool.Shared);
        using LoadedModel model = fromLlama2C ? Llama2CFile.Load(source, tokenizer, device) : ModelFile.Load(source, device, LoadMode.Mapped);
        if (fromLlama2C && tokenizer is null) Messages.Warn("a .bin has no vocabulary: tokens are named by their numbers. Give its own with --tokenizer tokenizer.bin");
        try
        {
            if (toGguf) SaveGguf(model, target, type);
            else ModelFile.SaveFolder(target, model, type);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            throw new UserError(ExitCode.BadInput, $"{source} cannot be written as {target}: {problem.Message}");
        }
        long bytes = toGguf ? new FileInfo(target).Length : new DirectoryInfo(target).EnumerateFiles().Sum(file => file.Length);
        if (json) Json.Write(new { Target = target, Source = source, Bytes = bytes, Type = typeName ?? "as stored", Architecture = ModelFile.Describe(target).Architecture });
        else Messages.Say($"{source} → {target}, {QuantityFormat.Bytes(bytes)}");
    }

    private static void SaveGguf(LoadedModel model, string target, TensorType? type)
    {
        ModelFileOptions options = ModelFileOptions.Like(model);
        ModelFile.Save(target, model.Transformer, model.Tokenizer, options with { Type = type ?? options.Type, KeepTypes = type is null });
    }
}
