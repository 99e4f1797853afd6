using System.CommandLine;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models;
using Gestalt.Training;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt show</c>: what is in a model file.</summary>
internal static class ShowCommand
{
    /// <summary>Lists in metadata, such as vocabularies, are cut to this many characters for people; --json has them as the file's summary does.</summary>
    private const int LongestValue = 90;

    public static Command Create()
    {
        var path = new Argument<string?>("FILE") { Description = "A GGUF or safetensors file, a Hugging Face folder, a run, or a pulled model [default: the newest run]", Arity = ArgumentArity.ZeroOrOne };
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor" };
        Option<bool> json = Json.Option();
        return new Verb(
            "show",
            "Say what is in a model file",
            "Reads anyone's GGUF and safetensors files and Hugging Face folders: shape, storage types, metadata. Tensors are not loaded, so that a file of many gigabytes is shown at once.",
            new Example("gestalt show", "the newest run's model"),
            new Example("gestalt show model.gguf --tensors", "with every tensor's type and shape"),
            new Example("gestalt show model.gguf --json | jq .metadata", "for programs"))
            .With(path, tensors, json)
            .Does(parse => Show(ModelFile.Describe(ModelSource.Find(parse.GetValue(path))), parse.GetValue(tensors), parse.GetValue(json)));
    }

    private static void Show(ModelDescription model, bool tensors, bool json)
    {
        if (json)
        {
            Json.Write(new
            {
                model.Path,
                model.Bytes,
                model.Files,
                model.Format,
                model.Architecture,
                Parameters = model.ParameterCount,
                model.Config,
                model.Obstacle,
                Metadata = model.Metadata.ToDictionary(entry => entry.Key, entry => entry.Value),
                model.Tensors,
            });
            return;
        }

        TextWriter output = Console.Out;
        output.WriteLine($"{model.Path}");
        output.WriteLine($"  {model.Format}, {QuantityFormat.Bytes(model.Bytes)}{(model.Files > 1 ? $" in {model.Files} files" : "")}, {QuantityFormat.Number(model.ParameterCount)} parameters in {model.Tensors.Count} tensors"
            + $" ({string.Join(", ", model.Types.Select(type => $"{type.Tensors} × {type.Type}"))})");
        if (model.Config is TransformerConfig shape)
            output.WriteLine($"  {model.Architecture}: {shape.Layers} layers of width {shape.Width}, {shape.Heads} heads ({shape.KeyValueHeads} for keys) of width {shape.HeadWidth}, feed-forward {shape.FeedForward} of width {shape.FeedForwardWidth}"
                + $", vocabulary {shape.Vocabulary:N0}, context {shape.Context:N0}{(shape.TiedEmbeddings ? ", tied embeddings" : "")}"
                + $"{(shape.Experts > 0 ? $", {shape.ExpertsUsed} of {shape.Experts} experts" : "")}{(shape.SlidingWindow > 0 ? $", a window of {shape.SlidingWindow:N0}" : "")}");
        else
            output.WriteLine($"  {model.Architecture ?? "no architecture"}: Gestalt cannot run it ({model.Obstacle})");
        if (model.Metadata.Count > 0)
        {
            output.WriteLine();
            int width = model.Metadata.Max(entry => entry.Key.Length);
            foreach ((string key, string value) in model.Metadata) output.WriteLine($"  {key.PadRight(width)}  {Shortened(value)}");
        }
        if (!tensors) return;
        output.WriteLine();
        int name = model.Tensors.Max(tensor => tensor.Name.Length);
        foreach (TensorDescription tensor in model.Tensors)
            output.WriteLine($"  {tensor.Name.PadRight(name)}  {tensor.Type,-5} {string.Join('×', tensor.Shape),14}  {QuantityFormat.Bytes(tensor.Bytes),9}");
    }

    private static string Shortened(string value)
    {
        string line = value.ReplaceLineEnds();
        return line.Length <= LongestValue ? line : line[..LongestValue] + "…";
    }

    private static string ReplaceLineEnds(this string value) => value.ReplaceLineEndings("⏎");
}
