using System.Text.Json;
using System.Text.Json.Nodes;
using Gestalt.Kernels;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>Writes a model as a Hugging Face folder. The folder is made beside its target and renamed into place.</summary>
internal static unsafe class HubWriter
{
    /// <summary>Writes everything.</summary>
    /// <param name="folder">The folder; it must not be there yet.</param>
    /// <param name="model">The model and what goes with it.</param>
    /// <param name="type">How matrices are stored: F32, F16 or BF16; null for as they are, and F16 for those that safetensors cannot hold.</param>
    /// <exception cref="ArgumentException">The model is of no family that Hugging Face's code runs, or the type is none of safetensors'.</exception>
    /// <exception cref="NotSupportedException">The vocabulary has no form in tokenizer.json that gives the same ids.</exception>
    /// <exception cref="IOException">The folder is there already, or cannot be written.</exception>
    public static void Save(string folder, LoadedModel model, TensorType? type)
    {
        string modelType = ModelType(model.Transformer.Config, model.Metadata.GetValueOrDefault("general.architecture"));
        JsonObject config = HubConfigWriter.Of(model, modelType, type);
        if (Path.Exists(folder))
            throw new IOException($"{folder}: is there already. Choose another folder, or remove this one.");
        string beside = folder.TrimEnd(Path.DirectorySeparatorChar) + ".part";
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        try
        {
            TokenizerJson.Save(model.Tokenizer, Path.Combine(beside, HubFolder.TokenizerName)); // first: not every vocabulary can be written so
            WriteWeights(Path.Combine(beside, HubFolder.SingleName), model.Transformer, modelType, type);
            WriteJson(beside, HubFolder.ConfigName, config);
            WriteJson(beside, "generation_config.json", Generation(model));
            WriteJson(beside, "tokenizer_config.json", Settings(model));
            Directory.Move(beside, folder);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
    }

    /// <summary>The family whose code computes what a configuration says.</summary>
    internal static string ModelType(TransformerConfig config, string? preferred) =>
        Architecture.Place(config, preferred).Architecture.Name switch
        {
            "llama" when config.QueryKeyValueBias => throw new ArgumentException("A Llama with biases has no counterpart at Hugging Face that could be written."),
            "llama" when config.Experts > 0 => "mixtral",
            "llama" when config.SlidingWindow > 0 => "mistral",
            "qwen3moe" => "qwen3_moe",
            "gemma3" => "gemma3_text",
            "gestalt" => throw new ArgumentException("The model's configuration is Gestalt's own: no code at Hugging Face computes it."),
            string name => name,
        };

    private static void WriteWeights(string path, Transformer model, string modelType, TensorType? type)
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata("format", "pt");
        var copies = new List<AlignedMemory>();
        try
        {
            foreach (StoredTensor tensor in HubLayout.Of(model, modelType).Where(tensor => !tensor.IsCopy))
                Add(writer, model.Config, tensor, type, copies);
            writer.Write(path);
        }
        finally
        {
            copies.ForEach(copy => copy.Dispose());
        }
    }

    private static void Add(SafetensorsWriter writer, TransformerConfig config, StoredTensor tensor, TensorType? type, List<AlignedMemory> copies)
    {
        bool turns = config.RotaryPairs == RotaryPairs.Neighbours
            && tensor.Parameters.Any(parameter => parameter.Name.Contains(".attn_q.", StringComparison.Ordinal) || parameter.Name.Contains(".attn_k.", StringComparison.Ordinal));
        TensorPart[] parts = [.. tensor.Parameters.Select(parameter => TensorPart.Of(parameter) with { Order = turns ? new RowOrder(config.HeadWidth, RotaryPairs.Halves) : null })];
        if (tensor.IsTransposed || tensor.Offset != 0)
            parts = [Changed(tensor, copies)];
        TensorType stored = parts[0].Format.ToTensorType();
        TensorType wanted = tensor.IsVector ? TensorType.F32 : type ?? (stored.BlockLength() == 1 ? stored : TensorType.F16);
        writer.Add(tensor.Name, wanted, parts);
    }

    /// <summary>A float32 copy with rows for columns, or gains as their distance from 1.</summary>
    private static TensorPart Changed(StoredTensor tensor, List<AlignedMemory> copies)
    {
        long all = tensor.Parameters.Sum(parameter => parameter.Length);
        AlignedMemory copy = AlignedMemory.OfFloats(all);
        copies.Add(copy);
        int rows = (int)(all / tensor.Columns), first = 0;
        using AlignedMemory line = AlignedMemory.OfFloats(tensor.Columns);
        foreach (Parameter parameter in tensor.Parameters)
        {
            TensorPart part = TensorPart.Of(parameter);
            for (int row = 0; row < part.Rows; row++, first++)
            {
                WeightCodec.Decode(part.Format, part.Row(row), line.Floats, part.Columns);
                for (int column = 0; column < part.Columns; column++)
                {
                    long place = tensor.IsTransposed ? ((long)column * rows) + first : ((long)first * part.Columns) + column;
                    copy.Floats[place] = line.Floats[column] - tensor.Offset;
                }
            }
        }
        long[] shape = [.. tensor.Dimensions.Reverse()];
        return new TensorPart(tensor.Name, WeightFormat.F32, copy.Pointer, shape);
    }

    private static JsonObject Generation(LoadedModel model)
    {
        var json = new JsonObject();
        if (model.StartId is int start)
            json["bos_token_id"] = start;
        if (model.StopIds.Count > 0)
            json["eos_token_id"] = new JsonArray([.. model.StopIds.Select(id => JsonValue.Create(id))]);
        return json;
    }

    private static JsonObject Settings(LoadedModel model)
    {
        var json = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["add_bos_token"] = model.AddsStart };
        // Templates name them, and programs fill up and cut off by them.
        Name("bos_token", model.StartId);
        Name("eos_token", model.StopIds.Count > 0 ? model.StopIds[0] : null);
        Name("unk_token", model.Tokenizer.Special.Unknown?.Id);
        Name("pad_token", model.Tokenizer.Special.Padding?.Id);
        if (model.Template is not null)
            json["chat_template"] = model.Template;
        return json;

        void Name(string role, int? id)
        {
            if (id is int token)
                json[role] = model.Tokenizer.DecodeText([token]);
        }
    }

    private static void WriteJson(string folder, string name, JsonObject json) =>
        File.WriteAllText(Path.Combine(folder, name), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
}
