using System.Text.Json;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>Loads whole models from Hugging Face folders: weights, configuration, vocabulary, chat template and the ids that end an answer.</summary>
internal static unsafe class HubModel
{
    /// <summary>Loads a model.</summary>
    /// <exception cref="ModelFileException">Something is missing, damaged, hostile, or of a kind that cannot be run.</exception>
    public static LoadedModel Load(string path, Device device, LoadMode mode)
    {
        HubFolder folder = HubFolder.Open(path);
        Transformer? model = null;
        try
        {
            HubConfig config = HubConfig.Read(folder);
            Tokenizer tokenizer = ReadTokenizer(path);
            if (tokenizer.VocabularySize > config.Config.Vocabulary)
                throw new ModelFileException(path, $"has {tokenizer.VocabularySize} tokens in its vocabulary but only {config.Config.Vocabulary} rows in its token table");
            model = new Transformer(config.Config, device, allocate: false);
            Bind(folder, config, model, mode);
            LoadedModel loaded = Turns(folder, model, tokenizer, config.ModelType) with { Mapping = mode == LoadMode.Mapped ? folder : null };
            if (mode != LoadMode.Mapped)
                folder.Dispose();
            return loaded;
        }
        catch
        {
            model?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Reads the folder's vocabulary.</summary>
    public static Tokenizer ReadTokenizer(string path)
    {
        string file = Path.Combine(path, HubFolder.TokenizerName);
        if (!File.Exists(file))
            throw new ModelFileException(path, $"has no {HubFolder.TokenizerName}", advice: "Fetch it, too: a vocabulary in another form (tokenizer.model, vocab.txt) is not read from a folder.");
        try
        {
            return TokenizerJson.Load(file);
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw new ModelFileException(file, $"cannot be used: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    private static void Bind(HubFolder folder, HubConfig config, Transformer model, LoadMode mode)
    {
        foreach ((string name, float[] values) in config.Constants)
        {
            model[name].Allocate();
            values.CopyTo(model[name].Values);
        }
        string prefix = folder.TryFind("wte.weight", out _) ? "" : "transformer.";
        WeightBinding.Bind(new WithoutLeftOvers(folder), $"type '{config.ModelType}'", HubLayout.Of(model, config.ModelType, prefix), mode);
    }

    private static LoadedModel Turns(HubFolder folder, Transformer model, Tokenizer tokenizer, string modelType)
    {
        HubJson? settings = Named("tokenizer_config.json");
        HubJson? config = Named(HubFolder.ConfigName), generation = Named("generation_config.json");
        int? start = Ids(generation, "bos_token_id") is [int one, ..] ? one : Ids(config, "bos_token_id") is [int other, ..] ? other : null;
        SortedSet<int> stops = [.. Ids(config, "eos_token_id"), .. Ids(generation, "eos_token_id")];
        return new LoadedModel
        {
            Transformer = model,
            Tokenizer = tokenizer,
            Metadata = new Dictionary<string, string> { ["general.architecture"] = HubConfig.ArchitectureOf(modelType), ["general.name"] = Path.GetFileName(Path.GetFullPath(folder.Path)) },
            Template = folder.Text("chat_template.jinja") ?? (settings is null ? null : Template(settings.Json)),
            StartId = start,
            AddsStart = start is not null && (settings is not null && settings.Has("add_bos_token") ? settings.Flag("add_bos_token", false) : modelType is "llama" or "mistral" or "mixtral" or "gemma2" or "gemma3_text"),
            StopIds = [.. stops.Where(id => id < tokenizer.VocabularySize)],
        };

        HubJson? Named(string name) => folder.Json(name) is { } json ? new HubJson(Path.Combine(folder.Path, name), json) : null;
    }

    /// <summary>One id or a list of them.</summary>
    private static int[] Ids(HubJson? json, string name)
    {
        if (json is null || !json.Has(name))
            return [];
        double[] ids = json.IsList(name) ? json.Numbers(name)! : [json.Number(name, 0)];
        return ids.All(id => id is >= 0 and <= int.MaxValue && id == Math.Floor(id))
            ? [.. ids.Select(id => (int)id)]
            : throw new ModelFileException(json.Path, $"says a '{name}' that is no token's id");
    }

    /// <summary>The template, or of several the one called default.</summary>
    private static string? Template(JsonElement settings)
    {
        if (!settings.TryGetProperty("chat_template", out JsonElement template))
            return null;
        if (template.ValueKind == JsonValueKind.String)
            return template.GetString();
        if (template.ValueKind != JsonValueKind.Array)
            return null;
        foreach (JsonElement named in template.EnumerateArray())
        {
            if (named.ValueKind == JsonValueKind.Object && named.TryGetProperty("name", out JsonElement name) && name.ValueEquals("default")
                && named.TryGetProperty("template", out JsonElement text) && text.ValueKind == JsonValueKind.String)
                return text.GetString();
        }
        return null;
    }

    private sealed class WithoutLeftOvers(HubFolder folder) : IWeightSource
    {
        public string Path => folder.Path;

        public IEnumerable<string> TensorNames => folder.TensorNames.Where(name => !HubLayout.IsLeftOver(name));

        public bool TryFind(string name, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out SourceTensor tensor) => folder.TryFind(name, out tensor);
    }
}
