using System.Collections.Concurrent;
using System.Globalization;
using Gestalt.Evaluation.Reports.Charts;
using Gestalt.Models;
using Gestalt.Models.Hub;
using Gestalt.Studio.Hosting;
using Gestalt.Studio.Serving;

namespace Gestalt.Studio.Pages.Models;

/// <summary>A model as pages show it.</summary>
/// <param name="Id">What requests call it.</param>
/// <param name="Origin"><c>named</c>, <c>pulled</c> or <c>run</c>.</param>
/// <param name="Bytes">The length of its files.</param>
/// <param name="Created">When they were written.</param>
/// <param name="IsLoaded">Whether it is in memory now.</param>
/// <param name="IsFolder">Whether it is a Hugging Face folder rather than a GGUF file.</param>
/// <param name="Context">The most tokens of a conversation; null where that is not known.</param>
/// <param name="Answers">Whether it was taught to answer; a base model goes on with a text.</param>
/// <param name="Parameters">Numbers in its tensors.</param>
/// <param name="Type">How most of them are stored.</param>
/// <param name="Obstacle">Why it cannot be run; null if it can.</param>
/// <param name="Facts">What is worth knowing, in a few words each.</param>
internal sealed record ShelfModel(
    string Id, string Origin, long Bytes, DateTimeOffset Created, bool IsLoaded, bool IsFolder, int? Context, bool Answers, long? Parameters, string? Type, string? Obstacle, IReadOnlyList<string> Facts);

/// <summary>A model that has not come whole: a pull was interrupted.</summary>
/// <param name="Id">What to pull to go on.</param>
/// <param name="Bytes">The length that its files will have.</param>
internal sealed record PartialModel(string Id, long Bytes);

/// <summary>Describes the models that can be asked for. A file is read once, and again when it has changed.</summary>
/// <param name="pool">Knows the models.</param>
/// <param name="options">How long a context is served.</param>
internal sealed class ModelShelf(ModelPool pool, StudioOptions options)
{
    /// <summary>What a template's presence is told by, in GGUF.</summary>
    private const string TemplateKey = "tokenizer.chat_template";

    private readonly ConcurrentDictionary<(string Path, long Bytes, DateTimeOffset Created), Summary> _summaries = new();

    /// <summary>The models, those named at the start first.</summary>
    public IReadOnlyList<ShelfModel> All()
    {
        var loaded = pool.Loaded.ToDictionary(model => model.Entry.Path, StringComparer.Ordinal);
        return [.. pool.Catalog.All().Select(entry => Describe(entry, loaded.GetValueOrDefault(entry.Path)))];
    }

    /// <summary>Models of which a part is missing.</summary>
    public static IReadOnlyList<PartialModel> Partial() => [.. ModelStore.All().Where(model => !model.IsComplete).Select(model => new PartialModel(model.Name, model.Bytes))];

    /// <summary>The catalogue's entry of a name; null if there is none.</summary>
    public CatalogModel? Find(string name) => name.Length == 0 ? null : pool.Catalog.Find(name);

    /// <summary>Lets a model go from memory, where nobody uses it.</summary>
    public bool Unload(string name) => pool.Unload(name);

    private ShelfModel Describe(CatalogModel entry, HostedModel? hosted)
    {
        Summary summary = _summaries.GetOrAdd((entry.Path, entry.Bytes, entry.Created), _ => Summary.Of(entry.Path));
        int? context = hosted?.Model.Engine.Context ?? (summary.Context is int trained ? Math.Min(trained, options.Engine.Context ?? trained) : null);
        List<string> facts = [];
        if (summary.Parameters is long count) facts.Add($"{QuantityFormat.Number(count)} parameters");
        if (summary.Type is not null) facts.Add(summary.Type);
        facts.Add(QuantityFormat.Bytes(entry.Bytes));
        if (context is int length) facts.Add(string.Create(CultureInfo.InvariantCulture, $"context {length:N0}"));
        return new ShelfModel(
            entry.Name, entry.Origin.ToString().ToLowerInvariant(), entry.Bytes, entry.Created, hosted is not null, Directory.Exists(entry.Path), context,
            hosted?.Model.IsAssistant ?? summary.Answers, summary.Parameters, summary.Type, summary.Obstacle, facts);
    }

    /// <summary>What stays in memory of a description.</summary>
    private sealed record Summary(long? Parameters, string? Type, int? Context, bool Answers, string? Obstacle)
    {
        public static Summary Of(string path)
        {
            try
            {
                ModelDescription model = ModelFile.Describe(path);
                bool answers = model.Metadata.Any(entry => entry.Key == TemplateKey) || File.Exists(Path.Combine(path, "chat_template.jinja")) || HasFolderTemplate(path);
                return new Summary(model.ParameterCount, model.Types.Count > 0 ? model.Types[0].Type : null, model.Config?.Context, answers, model.Obstacle);
            }
            catch (Exception problem) when (problem is ModelFileException or IOException or UnauthorizedAccessException or FormatException or System.Text.Json.JsonException)
            {
                return new Summary(null, null, null, true, problem.Message.Replace(path, Path.GetFileName(path), StringComparison.Ordinal));
            }
        }

        private static bool HasFolderTemplate(string path)
        {
            string config = Path.Combine(path, "tokenizer_config.json");
            if (!File.Exists(config)) return false;
            using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(config));
            return json.RootElement.TryGetProperty("chat_template", out _);
        }
    }
}
