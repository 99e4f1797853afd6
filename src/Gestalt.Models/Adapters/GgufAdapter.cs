using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// Adapters as GGUF, in the layout of llama.cpp's <c>convert_lora_to_gguf.py</c>: <c>general.type</c> is <c>adapter</c>, <c>adapter.type</c> is <c>lora</c>, <c>adapter.lora.alpha</c> is α, and
/// each changed tensor has two beside its name, <c>.lora_a</c> (R,in) and <c>.lora_b</c> (out,R). Readers multiply B A by α/R.
/// </summary>
internal static unsafe class GgufAdapter
{
    private const string TypeKey = "general.type", Kind = "adapter", AdapterTypeKey = "adapter.type", AlphaKey = "adapter.lora.alpha";

    /// <summary>Whether a GGUF file says that it is an adapter.</summary>
    public static bool IsOne(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return file.TryGet(TypeKey, out GgufValue type) && type.Type == GgufValueType.String && type.AsText() == Kind;
    }

    public static void Save(string path, Adapter adapter, LoadedModel model, string modelName)
    {
        if (adapter.Options.HasMagnitudes)
            throw new ArgumentException("GGUF adapters have no place for DoRA's magnitudes. Save it as a folder, or merge it: gestalt adapter merge.");
        (Architecture architecture, RotaryPairs pairs) = Architecture.Place(model.Transformer.Config, model.Metadata.GetValueOrDefault("general.architecture"));
        var writer = new GgufWriter();
        writer.SetText("general.architecture", architecture.Name);
        writer.SetText(TypeKey, Kind);
        writer.SetText("general.name", modelName + " adapter");
        writer.SetText("general.base_model.0.name", modelName);
        writer.SetUInt32("general.base_model.count", 1);
        writer.SetText(AdapterTypeKey, "lora");
        writer.SetFloat32(AlphaKey, adapter.Options.Alpha);
        var gathered = new List<AdapterLayout.Tensors>();
        try
        {
            foreach (AdapterLayout layout in AdapterLayout.Of(model.Transformer, architecture.Layout(model.Transformer), pairs))
            {
                if (layout.Gather(adapter, adapter.Options.Alpha) is not { } tensors)
                    continue;
                gathered.Add(tensors);
                writer.AddTensor(layout.Name + ".weight.lora_a", TensorType.F32, tensors.DownData, tensors.DownShape);
                writer.AddTensor(layout.Name + ".weight.lora_b", TensorType.F32, tensors.UpData, tensors.UpShape);
            }
            writer.Write(path);
        }
        finally
        {
            gathered.ForEach(tensors => tensors.Dispose());
        }
    }

    public static Adapter Load(string path, LoadedModel model)
    {
        using GgufFile file = GgufFile.Open(path);
        if (!file.TryGet(TypeKey, out GgufValue type) || type.AsText() != Kind)
            throw new ModelFileException(path, "is no adapter", advice: "Its general.type would say so. A whole model is used as one: gestalt chat.");
        if (file.Get(AdapterTypeKey).AsText() is not "lora" and string other)
            throw new ModelFileException(path, $"is an adapter of type '{other}'; lora can be used");
        (Architecture architecture, RotaryPairs pairs) = Architecture.Place(model.Transformer.Config, file.Get("general.architecture").AsText());
        if (file.Get("general.architecture").AsText() is string wanted && wanted != architecture.Name)
            throw new ModelFileException(path, $"is an adapter for models of architecture '{wanted}', not '{architecture.Name}'", advice: "Use it with the model that it was made for.");
        double alpha = file.Get(AlphaKey).AsNumber();
        var used = new HashSet<string>();
        Adapter? adapter = null;
        try
        {
            foreach (AdapterLayout layout in AdapterLayout.Of(model.Transformer, architecture.Layout(model.Transformer), pairs))
            {
                if (!file.TryGetTensor(layout.Name + ".weight.lora_a", out GgufTensor? down) | !file.TryGetTensor(layout.Name + ".weight.lora_b", out GgufTensor? up))
                {
                    if ((down ?? up) is { } lonely)
                        throw new ModelFileException(path, $"has '{lonely.Name}' without its other half", lonely.Offset);
                    continue;
                }
                int rank = RankOf(path, down!);
                adapter ??= new Adapter(model.Transformer, new AdapterOptions { Rank = rank, Alpha = alpha > 0 ? (float)alpha : rank });
                using AdapterLayout.Tensors tensors = layout.Room(rank, hasMagnitudes: false);
                Read(path, down!, tensors.DownShape, tensors.DownData);
                Read(path, up!, tensors.UpShape, tensors.UpData);
                layout.Scatter(adapter, tensors, alpha > 0 ? (float)(alpha / rank) : 1);
                used.UnionWith([down!.Name, up!.Name]);
            }
            if (file.Tensors.FirstOrDefault(tensor => !used.Contains(tensor.Name)) is { } unused)
                throw new ModelFileException(path, $"changes '{unused.Name}', which is no matrix of a block of this model: only those can be adapted", unused.Offset);
            Adapter loaded = PeftAdapter.Named(adapter ?? throw new ModelFileException(path, "holds no tensors"));
            AdapterFile.RequireFinite(path, loaded);
            loaded.Freeze();
            return loaded;
        }
        catch
        {
            adapter?.Dispose();
            throw;
        }
    }

    private static int RankOf(string path, GgufTensor down) => down.Dimensions is [_, long rank and >= 1 and <= 1 << 16]
        ? (int)rank
        : throw new ModelFileException(path, $"has a tensor '{down.Name}' of {down.ShapeText}, which is no adapter's", down.Offset);

    private static void Read(string path, GgufTensor tensor, long[] shape, float* to)
    {
        if (!tensor.Dimensions.Reverse().SequenceEqual(shape))
            throw new ModelFileException(path, $"has a tensor '{tensor.Name}' of {tensor.ShapeText}, where the model needs {string.Join('×', shape)}", tensor.Offset, "Use the adapter with the model that it was made for.");
        tensor.Read(to);
    }
}
