using System.CommandLine;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt export</c>: a model file → one for other programs, in another precision.</summary>
internal static class ExportCommand
{
    /// <summary>As it is stored: the file is copied.</summary>
    private const string Same = "same";

    public static Command Create()
    {
        var source = new Argument<string>("MODEL") { Description = "A model file, a run, or a pulled model" };
        var target = new Argument<string>("OUT") { Description = "The file to write", DefaultValueFactory = _ => "model.gguf" };
        var type = new Option<string>("--type") { Description = "How matrices are stored: f32, f16, bf16, q8_0, or as they are", HelpName = "TYPE", DefaultValueFactory = _ => Same };
        type.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Same, "f32", "f16", "bf16", "q8_0");
        Option<bool> json = Json.Option();
        return new Verb(
            "export",
            "Write a model for llama.cpp, Ollama, LM Studio and others",
            "The file holds parameters, configuration, vocabulary and, for an assistant, its chat template. Smaller types lose precision: bf16 and f16 halve the file, q8_0 quarters it and is hardly worse. 'gestalt quantize' makes it smaller still and measures what that costs; 'gestalt convert' writes Hugging Face folders.",
            new Example("gestalt export runs/first model.gguf --type q8_0", "a run's assistant, small"),
            new Example("gestalt export runs/first/base/model.gguf base.gguf", "its base model, as it is"))
            .With(source, target, type, json)
            .Does(parse => Export(ModelSource.Find(parse.GetRequiredValue(source)), parse.GetRequiredValue(target), parse.GetRequiredValue(type), parse.GetValue(json)));
    }

    private static void Export(string source, string target, string type, bool json)
    {
        if (Path.GetFullPath(source) == Path.GetFullPath(target)) throw new UserError(ExitCode.Usage, $"'{target}' is the model itself. Name another file to write.");
        OutputPath.Require(target);
        if (type.Equals(Same, StringComparison.OrdinalIgnoreCase)) Copy(source, target);
        else Convert(source, target, Enum.Parse<TensorType>(type, ignoreCase: true));
        long bytes = new FileInfo(target).Length;
        if (json) Json.Write(new { File = target, Source = source, Bytes = bytes, Type = type });
        else Messages.Say($"{source} → {target}, {QuantityFormat.Bytes(bytes)}");
    }

    private static void Copy(string source, string target)
    {
        _ = ModelFile.Describe(source); // A damaged file is refused rather than handed on.
        string beside = target + ".part";
        try
        {
            File.Copy(source, beside, overwrite: true);
            File.Move(beside, target, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void Convert(string source, string target, TensorType type)
    {
        using LoadedModel model = ModelFile.Load(source, new Device(), LoadMode.Mapped);
        ModelFile.Save(target, model.Transformer, model.Tokenizer, ModelFileOptions.Like(model) with { Type = type, KeepTypes = false });
    }
}
