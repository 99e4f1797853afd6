using System.Text.Json.Nodes;
using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Adapters as folders in the layout of Hugging Face's PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> with <c>base_model.model.….q_proj.lora_A.weight</c> (R,in),
/// <c>lora_B.weight</c> (out,R) and, for DoRA, <c>lora_magnitude_vector</c> (out). Readers multiply B A by α/R, or α/√R where <c>use_rslora</c> says so.
/// </summary>
internal static unsafe class PeftAdapter
{
    private const string Prefix = "base_model.model.";

    public static void Save(string folder, Adapter adapter, LoadedModel model, string modelName)
    {
        string modelType = HubWriter.ModelType(model.Transformer.Config, model.Metadata.GetValueOrDefault("general.architecture"));
        AdapterOptions options = adapter.Options;
        var writer = new SafetensorsWriter();
        writer.SetMetadata("format", "pt");
        var gathered = new List<AdapterLayout.Tensors>();
        var targets = new SortedSet<string>(StringComparer.Ordinal);
        var ranks = new JsonObject();
        try
        {
            foreach (AdapterLayout layout in LayoutOf(model.Transformer, modelType))
            {
                if (layout.Gather(adapter, options.Alpha) is not { } tensors)
                    continue;
                gathered.Add(tensors);
                targets.Add(layout.Name.Split('.')[^1]);
                if (tensors.Rank != options.Rank)
                    ranks[layout.Name] = tensors.Rank;
                writer.AddTensor($"{Prefix}{layout.Name}.lora_A.weight", TensorType.F32, tensors.DownData, tensors.DownShape);
                writer.AddTensor($"{Prefix}{layout.Name}.lora_B.weight", TensorType.F32, tensors.UpData, tensors.UpShape);
                if (options.HasMagnitudes)
                    writer.AddTensor($"{Prefix}{layout.Name}.lora_magnitude_vector", TensorType.F32, tensors.MagnitudeData, tensors.MagnitudeShape);
            }
            Directory.CreateDirectory(folder);
            writer.Write(Path.Combine(folder, AdapterFile.TensorsName));
        }
        finally
        {
            gathered.ForEach(tensors => tensors.Dispose());
        }
        AtomicFile.Write(Path.Combine(folder, AdapterFile.ConfigName), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(
            Config(options, modelName, modelType, targets, ranks).ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n")));
    }

    public static Adapter Load(string folder, LoadedModel model)
    {
        string settings = Path.Combine(folder, AdapterFile.ConfigName);
        var json = new HubJson(settings, HubFolder.Json(folder, AdapterFile.ConfigName)
            ?? throw new ModelFileException(folder, $"is no adapter: it has no {AdapterFile.ConfigName}", advice: "Give a folder as PEFT saves it, or a GGUF adapter."));
        json.Require("peft_type", "LORA");
        json.Require("bias", "none");
        foreach (string switched in (string[])["use_qalora", "use_bdlora", "lora_bias"])
            json.Refuse(switched);
        if (json.Texts("modules_to_save") is { Length: > 0 } whole)
            throw new ModelFileException(settings, $"replaces whole modules ({string.Join(", ", whole)}), which is no adapter's business here: only low-rank updates of a block's matrices can be used");
        var options = new AdapterOptions { Rank = json.Size("r"), Alpha = (float)json.Number("lora_alpha", json.Size("r")), HasMagnitudes = json.Flag("use_dora", otherwise: false) };
        bool rooted = json.Flag("use_rslora", otherwise: false);
        string modelType = HubWriter.ModelType(model.Transformer.Config, model.Metadata.GetValueOrDefault("general.architecture"));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, AdapterFile.TensorsName));
        var adapter = new Adapter(model.Transformer, options);
        try
        {
            var used = new HashSet<string>();
            foreach (AdapterLayout layout in LayoutOf(model.Transformer, modelType))
            {
                string name = Prefix + layout.Name;
                if (!file.TryGetTensor(name + ".lora_A.weight", out SafetensorsTensor? down) | !file.TryGetTensor(name + ".lora_B.weight", out SafetensorsTensor? up))
                {
                    if ((down ?? up) is { } lonely)
                        throw new ModelFileException(file.Path, $"has '{lonely.Name}' without its other half", lonely.Offset);
                    continue;
                }
                if (down!.Shape is not [>= 1 and <= 1 << 16, _])
                    throw new ModelFileException(file.Path, $"has a tensor '{down.Name}' of {string.Join('×', down.Shape)}, which is no adapter's", down.Offset);
                int rank = (int)down.Shape[0];
                using AdapterLayout.Tensors tensors = layout.Room(rank, options.HasMagnitudes);
                Read(file, down, tensors.DownShape, tensors.DownData, used);
                Read(file, up!, tensors.UpShape, tensors.UpData, used);
                if (options.HasMagnitudes)
                    Read(file, Magnitude(file, name), tensors.MagnitudeShape, tensors.MagnitudeData, used);
                double alpha = Pattern(json, "alpha_pattern", layout.Name, options.Alpha);
                layout.Scatter(adapter, tensors, (float)(rooted ? alpha / Math.Sqrt(rank) : alpha / rank));
            }
            if (file.Tensors.FirstOrDefault(tensor => !used.Contains(tensor.Name)) is { } unused)
                throw new ModelFileException(file.Path, $"changes '{unused.Name}', which is no matrix of a block of this model: only those can be adapted", unused.Offset, "Use the adapter with the model that it was made for.");
            if (adapter.Updates.Count == 0)
                throw new ModelFileException(file.Path, "holds no tensors");
            Adapter named = Named(adapter);
            AdapterFile.RequireFinite(file.Path, named);
            named.Freeze();
            return named;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>The same adapter with the layers that it was found to change.</summary>
    internal static Adapter Named(Adapter adapter)
    {
        AdapterLayers layers = AdapterLayers.None;
        foreach (Parameter weight in adapter.Updates.Keys)
            layers |= AdapterOptions.LayerOf(weight.Name);
        return adapter.With(adapter.Options with { Layers = layers });
    }

    private static IReadOnlyList<AdapterLayout> LayoutOf(Transformer model, string modelType) =>
        AdapterLayout.Of(model, HubLayout.Of(model, modelType), modelType == "gpt2" ? model.Config.RotaryPairs : RotaryPairs.Halves);

    private static SafetensorsTensor Magnitude(SafetensorsFile file, string name) =>
        file.TryGetTensor(name + ".lora_magnitude_vector", out SafetensorsTensor? tensor) || file.TryGetTensor(name + ".lora_magnitude_vector.weight", out tensor)
            ? tensor
            : throw new ModelFileException(file.Path, $"has no '{name}.lora_magnitude_vector', which a DoRA adapter needs");

    private static void Read(SafetensorsFile file, SafetensorsTensor tensor, long[] shape, float* to, HashSet<string> used)
    {
        if (!tensor.Shape.SequenceEqual(shape))
            throw new ModelFileException(file.Path, $"has a tensor '{tensor.Name}' of {string.Join('×', tensor.Shape)}, where the model needs {string.Join('×', shape)}", tensor.Offset, "Use the adapter with the model that it was made for.");
        tensor.Read(to);
        used.Add(tensor.Name);
    }

    /// <summary>A module's own value, where the settings have one for it: under its name, or the end of it.</summary>
    private static double Pattern(HubJson json, string patterns, string module, double otherwise)
    {
        if (json.Child(patterns) is not { } child)
            return otherwise;
        foreach (System.Text.Json.JsonProperty one in child.Json.EnumerateObject())
        {
            if (one.Name.AsSpan().IndexOfAny("*+?[](){}|\\^$") >= 0)
                throw new ModelFileException(json.Path, $"says {patterns} by the expression '{one.Name}'; only names of modules, or the ends of such, can be used");
            if (module == one.Name || module.EndsWith("." + one.Name, StringComparison.Ordinal))
                return child.Number(one.Name, otherwise);
        }
        return otherwise;
    }

    private static JsonObject Config(AdapterOptions options, string modelName, string modelType, IEnumerable<string> targets, JsonObject ranks) => new()
    {
        ["peft_type"] = "LORA",
        ["task_type"] = "CAUSAL_LM",
        ["base_model_name_or_path"] = modelName,
        ["r"] = options.Rank,
        ["lora_alpha"] = options.Alpha == MathF.Floor(options.Alpha) && options.Alpha < 1 << 24 ? JsonValue.Create((int)options.Alpha) : JsonValue.Create(options.Alpha),
        ["lora_dropout"] = options.Dropout,
        ["target_modules"] = new JsonArray([.. targets.Select(target => JsonValue.Create(target))]),
        ["bias"] = "none",
        ["fan_in_fan_out"] = modelType == "gpt2",
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["use_dora"] = options.HasMagnitudes,
        ["use_rslora"] = false,
        ["modules_to_save"] = null,
        ["layers_to_transform"] = null,
        ["layers_pattern"] = null,
        ["rank_pattern"] = ranks,
        ["alpha_pattern"] = new JsonObject(),
        ["revision"] = null,
    };
}
