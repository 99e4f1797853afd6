using System.CommandLine;
using System.Globalization;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt quantize</c>: a GGUF model → a smaller one, and what that costs.</summary>
internal static class QuantizeCommand
{
    /// <summary>Of a calibration text, the rest is kept to measure on.</summary>
    private const double CalibrationShare = 0.8;

    public static Command Create()
    {
        var source = new Argument<string>("MODEL") { Description = "A GGUF file or a run" };
        var target = new Argument<string?>("OUT") { Description = "The file to write [default: MODEL-TYPE.gguf beside the model]", Arity = ArgumentArity.ZeroOrOne };
        var type = new Option<string>("--type") { Description = $"What to make: {string.Join(", ", QuantizationMix.All.Select(mix => mix.Name))}", HelpName = "TYPE", Required = true };
        type.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. QuantizationMix.All.Select(mix => mix.Name)]);
        var calibration = new Option<string?>("--imatrix-text") { Description = "A text that the model reads first, to learn which weights matter", HelpName = "FILE" };
        var text = new Option<string?>("--text") { Description = "A text to measure the cost on [default: the calibration text's last fifth, else the built-in small internet]", HelpName = "FILE" };
        var tokens = new Option<int>("--tokens") { Description = "The most tokens to calibrate with, and to measure on; 0 measures nothing", HelpName = "N", DefaultValueFactory = _ => 8192 };
        Option<bool> json = Json.Option();
        return new Verb(
            "quantize",
            "Make a model file smaller, and say what that costs",
            "Stores weights in 4 to 8 bits, in the mixes that llama.cpp's users know. Afterwards both models read the same text: how far the small one's predictions are from the large one's (Kullback-Leibler divergence), and the perplexity of both. The text is never one that was calibrated with.",
            new Example("gestalt quantize model.gguf --type q4_k_m", "a quarter of the size of f16"),
            new Example("gestalt quantize model.gguf small.gguf --type q4_k_m --imatrix-text book.txt", "better, for having read a book: its first four fifths; the last is measured on"),
            new Example("gestalt quantize runs/first --type q8_0 --text held-out.txt --json", "half the size, measured on a text of your own"))
            .With(source, target, type, calibration, text, tokens, json)
            .Does(parse => Quantize(
                ModelSource.Find(parse.GetRequiredValue(source)), parse.GetValue(target),
                QuantizationMix.All.First(mix => mix.Name.Equals(parse.GetRequiredValue(type), StringComparison.OrdinalIgnoreCase)),
                parse.GetValue(calibration), parse.GetValue(text), parse.GetValue(tokens), parse.GetValue(json)));
    }

    private static void Quantize(string source, string? named, QuantizationMix mix, string? calibrationPath, string? textPath, int tokens, bool json)
    {
        if (Directory.Exists(source)) throw new UserError(ExitCode.BadInput, $"'{source}' is a folder. Make a GGUF of it first: gestalt convert {CommandLine.Quote(source)} model.gguf");
        string target = named ?? Path.Combine(Path.GetDirectoryName(source) ?? "", $"{Path.GetFileNameWithoutExtension(source)}-{mix.Name}.gguf");
        if (Path.GetFullPath(source) == Path.GetFullPath(target)) throw new UserError(ExitCode.Usage, $"'{target}' is the model itself. Name another file to write.");
        if (tokens < 0) throw new UserError(ExitCode.Usage, "--tokens is the most tokens to read; it cannot be negative.");
        if (calibrationPath is not null && tokens == 0) throw new UserError(ExitCode.Usage, "--tokens 0 leaves nothing to calibrate with.");
        OutputPath.Require(target);
        using var interruption = new Interruption("stopping; nothing is written (Ctrl-C again stops at once)");
        var device = new Device(WorkerPool.Shared);
        using LoadedModel original = ModelFile.Load(source, device, LoadMode.Mapped);
        if (original.Transformer.Parameters.Any(parameter => parameter.Stored?.Format is > WeightFormat.BF16))
            Messages.Warn($"{source} is quantized already; what it has lost is lost. Start from f16, bf16 or f32 where you can.");

        TextWindows? calibration = calibrationPath is null ? null : MeasuredFile.Read(calibrationPath, original, to: textPath is null ? CalibrationShare : 1).Limited(tokens);
        TextWindows? text = tokens == 0 ? null
            : (textPath is not null ? MeasuredFile.Read(textPath, original)
            : calibrationPath is not null ? MeasuredFile.Read(calibrationPath, original, from: CalibrationShare)
            : TextWindows.BuiltIn(original)).Limited(tokens);
        ImportanceMatrix? importance = calibration is null ? null : Calibrate(original.Transformer, calibration, interruption.Token);
        IReadOnlyDictionary<TensorType, int> types = Quantizer.Quantize(source, target, mix, importance);
        Divergence? cost = text is null ? null : Measure(original.Transformer, target, device, text, interruption.Token);
        Report(source, target, mix, calibration, text, types, cost, json);
    }

    private static ImportanceMatrix Calibrate(Transformer model, TextWindows text, CancellationToken cancellation)
    {
        var importance = new ImportanceMatrix();
        using var progress = new WorkProgress("reading", tokens => $"{tokens:N0} tokens");
        importance.Collect(model, text.Windows, done => progress.Report(done, text.Tokens), cancellation);
        return importance;
    }

    private static Divergence Measure(Transformer original, string target, Device device, TextWindows text, CancellationToken cancellation)
    {
        using LoadedModel copy = ModelFile.Load(target, device, LoadMode.Mapped);
        using var progress = new WorkProgress("measuring", tokens => $"{tokens:N0} tokens");
        return Divergence.Measure(original, copy.Transformer, text.Windows, done => progress.Report(done, text.Tokens), cancellation);
    }

    private static void Report(
        string source, string target, QuantizationMix mix, TextWindows? calibration, TextWindows? text, IReadOnlyDictionary<TensorType, int> types, Divergence? cost, bool json)
    {
        (long before, long after) = (new FileInfo(source).Length, new FileInfo(target).Length);
        if (json)
        {
            Json.Write(new
            {
                File = target,
                Source = source,
                Type = mix.Name,
                Bytes = after,
                SourceBytes = before,
                Tensors = types.ToDictionary(type => type.Key.ToString(), type => type.Value),
                CalibratedOn = calibration?.Source,
                CalibrationTokens = calibration?.Tokens,
                MeasuredOn = text?.Source,
                Cost = cost,
            });
            return;
        }
        Console.Out.WriteLine($"{source} → {target}");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {QuantityFormat.Bytes(before)} → {QuantityFormat.Bytes(after)} ({(double)after / before:P0}), {string.Join(", ", types.Select(type => $"{type.Value} × {type.Key}"))}"));
        if (calibration is not null) Console.Out.WriteLine($"  calibrated on {calibration.Tokens:N0} tokens of {calibration.Source}");
        if (cost is null) return;
        Console.Out.WriteLine($"  measured on {cost.Tokens:N0} tokens of {text!.Source}{(calibration is null ? "" : ", which it was not calibrated on")}:");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  divergence {cost.MeanNats:0.00000} nats a token (1 in 100 above {cost.HundredthNats:0.0000}), same likeliest token {cost.SameTop:P1}"));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  perplexity {cost.OriginalPerplexity:0.000} → {cost.Perplexity:0.000} ({(cost.Perplexity / cost.OriginalPerplexity) - 1:+0.00%;-0.00%})"));
    }
}
