using System.Globalization;
using Gestalt.Evaluation;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Kernels;
using Gestalt.Models;
using Gestalt.Models.Hub;
using Gestalt.Studio.Serving;
using Gestalt.Tensors;

namespace Gestalt.Studio.Pages.Models;

/// <summary>What the Models page does with models: pull, quantize, convert. What is made lies in the store of models, beside what was pulled, and never in place of something.</summary>
internal static class ModelWork
{
    /// <summary>The owner of what was made here from models that were not pulled.</summary>
    private const string Local = "local";

    private const int Connections = 6;

    /// <summary>Tokens that both models read: what a 1B model does in half a minute on two cores.</summary>
    private const int MeasuredTokens = 2048;

    /// <summary>Both models are read through for each window; of larger ones that is more than a page should begin unasked.</summary>
    private const long LargestMeasured = 8L << 30;

    /// <summary>Which types a folder can be converted to: those that a checkpoint's numbers go into without being quantized, and the one that hardly costs quality.</summary>
    public static readonly IReadOnlyList<TensorType> ConversionTypes = [TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0];

    /// <summary>Brings a model from the hub that <c>HF_ENDPOINT</c> names, as who <c>HF_TOKEN</c> says.</summary>
    /// <param name="address">The model.</param>
    /// <param name="job">Is told how far it is.</param>
    /// <param name="cancellation">Ends it; what has come stays.</param>
    public static async Task<string> PullAsync(HubAddress address, ModelJob job, CancellationToken cancellation)
    {
        using var client = new HubClient(address.Hub, FromEnvironment("HF_TOKEN"), say: text => job.Note = text);
        var pull = new ModelPull(client, address, Connections);
        using var timer = new Timer(_ =>
        {
            (job.Done, job.Total) = (pull.Done, pull.Total);
            if (pull.Current.Length > 0) job.Note = pull.Current;
        }, null, 100, 100);
        string remark = "";
        PullOutcome outcome = await pull.Run([], text => remark = text, cancellation).ConfigureAwait(false);
        (job.Done, job.Total) = (outcome.Bytes, outcome.Bytes);
        return outcome.Received == 0 ? "It was there already." : $"{QuantityFormat.Bytes(outcome.Bytes)} are here now. {remark}".TrimEnd();
    }

    /// <summary>Makes a smaller model, and lets both read a text to say what that costs.</summary>
    /// <param name="entry">The model: a GGUF file.</param>
    /// <param name="mix">How weights are stored.</param>
    /// <param name="job">Is told how far it is.</param>
    /// <param name="cancellation">Ends the measuring; the model stays.</param>
    public static string Quantize(CatalogModel entry, QuantizationMix mix, ModelJob job, CancellationToken cancellation)
    {
        string target = TargetOf(entry, mix.Name.ToUpperInvariant(), ".gguf");
        job.Note = "storing its weights in fewer bits";
        Quantizer.Quantize(entry.Path, target, mix);
        long bytes = new FileInfo(target).Length;
        string sizes = string.Create(CultureInfo.InvariantCulture, $"{QuantityFormat.Bytes(entry.Bytes)} became {QuantityFormat.Bytes(bytes)} ({(double)bytes / entry.Bytes:P0}): {NameOf(target)}.");
        return $"{sizes} {CostOf(entry, target, job, cancellation)}";
    }

    /// <summary>What a smaller copy costs, as <c>gestalt quantize</c> says it, on fewer tokens: a person waits.</summary>
    private static string CostOf(CatalogModel entry, string target, ModelJob job, CancellationToken cancellation)
    {
        if (entry.Bytes > LargestMeasured)
            return $"What it costs was not measured: it would take long. At a terminal: gestalt quantize, which measures.";
        var device = new Device(WorkerPool.Shared);
        using LoadedModel original = ModelFile.Load(entry.Path, device, LoadMode.Mapped), copy = ModelFile.Load(target, device, LoadMode.Mapped);
        TextWindows text = TextWindows.BuiltIn(original).Limited(MeasuredTokens);
        Divergence cost = Divergence.Measure(
            original.Transformer, copy.Transformer, text.Windows,
            done => job.Note = string.Create(CultureInfo.InvariantCulture, $"measuring what it costs: {done:N0} of {text.Tokens:N0} tokens"), cancellation);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Divergence {cost.MeanNats:0.00000} nats a token, same likeliest token {cost.SameTop:P1}, perplexity {cost.OriginalPerplexity:0.000} → {cost.Perplexity:0.000} ({(cost.Perplexity / cost.OriginalPerplexity) - 1:+0.00%;-0.00%}), on {cost.Tokens:N0} tokens of {text.Source}.");
    }

    /// <summary>Makes a GGUF file of a folder, or a folder of a GGUF file.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="type">How a GGUF file stores it; null for a Hugging Face folder.</param>
    public static string Convert(CatalogModel entry, TensorType? type)
    {
        string target = type is TensorType named ? TargetOf(entry, named.ToString(), ".gguf") : TargetOf(entry, "hf", "");
        using LoadedModel model = ModelFile.Load(entry.Path, new Device(WorkerPool.Shared), LoadMode.Mapped);
        if (type is TensorType wanted) ModelFile.Save(target, model.Transformer, model.Tokenizer, ModelFileOptions.Like(model) with { Type = wanted, KeepTypes = false });
        else ModelFile.SaveFolder(target, model, TensorType.F16);
        return $"It is here as {NameOf(target)}";
    }

    /// <summary>What went wrong, for a person; null for what nobody foresaw.</summary>
    /// <param name="problem">What went wrong.</param>
    /// <param name="entry">The model, whose place on the disk is nobody's business.</param>
    public static string? Explain(Exception problem, CatalogModel? entry = null) =>
        problem is HubException or ModelFileException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            ? entry is null ? problem.Message : problem.Message.Replace(entry.Path, entry.Name, StringComparison.Ordinal)
            : null;

    /// <summary>Where a thing that is made of a model goes.</summary>
    /// <exception cref="IOException">There is something already.</exception>
    private static string TargetOf(CatalogModel entry, string label, string extension)
    {
        string bare = entry.Name.Split(':')[0];
        string stem = bare[(bare.LastIndexOf('/') + 1)..];
        string target = entry.Origin == ModelOrigin.Pulled && extension.Length > 0
            ? Path.Combine(ModelStore.FolderOf(bare), $"{Stem(entry.Path)}-{label}{extension}")
            : extension.Length > 0 ? Path.Combine(ModelStore.FolderOf($"{Local}/{stem}"), $"{stem}-{label}{extension}") : ModelStore.FolderOf($"{Local}/{stem}-{label}");
        if (Path.Exists(target)) throw new IOException($"{NameOf(target)} is there already. Delete it first to make it anew.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        return target;
    }

    /// <summary>A file's name without its extension and without the precision that it tells of.</summary>
    private static string Stem(string path)
    {
        string name = Path.GetFileNameWithoutExtension(FileChoice.SplitName(Path.GetFileName(path)));
        string? precision = FileChoice.Precision(name + ".gguf");
        return precision is not null && name.EndsWith(precision, StringComparison.OrdinalIgnoreCase) ? name[..^precision.Length].TrimEnd('-', '.') : name;
    }

    private static string NameOf(string target) => Path.GetRelativePath(ModelStore.Folder, target).Replace('\\', '/');

    private static string? FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
