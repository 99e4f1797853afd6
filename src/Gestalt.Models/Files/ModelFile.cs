using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>How <see cref="ModelFile.Save"/> writes a model.</summary>
public sealed record ModelFileOptions
{
    /// <summary>How matrices are stored: F32, F16, BF16, Q8_0 or a smaller type. Gains, biases and learned positions are always F32; matrices whose rows
    /// do not divide into blocks of the type are F16 instead.</summary>
    public TensorType Type { get; init; } = TensorType.F32;

    /// <summary>Whether matrices that are attached to a file stay as they are stored there, and <see cref="Type"/> counts for the others only.</summary>
    public bool KeepTypes { get; init; }

    /// <summary>The family that the model came as, where several compute the same; null for the most widely read one.</summary>
    public string? Architecture { get; init; }

    /// <summary>How conversations are written (Jinja), for models that have a template of their own.</summary>
    public string? Template { get; init; }

    /// <summary>The name that other programs show.</summary>
    public string Name { get; init; } = "gestalt";

    /// <summary>Whether the model answers in ChatML: a turn then ends with <c>&lt;|im_end|&gt;</c> for other programs, too, and the file carries a chat template.</summary>
    public bool IsAssistant { get; init; }

    /// <summary>Whether every sequence begins with <c>&lt;|endoftext|&gt;</c>, as documents do when they are packed for training; other programs then put it there, too.</summary>
    public bool StartsWithEndOfText { get; init; } = true;

    /// <summary>The token that sequences begin with, where <see cref="StopIds"/> are given, too.</summary>
    public int? StartId { get; init; }

    /// <summary>The tokens that end an answer, the usual one first; null for what the vocabulary says of itself.</summary>
    public IReadOnlyList<int>? StopIds { get; init; }

    /// <summary>Free text to keep, such as <c>gestalt.run</c> or <c>general.license</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>How to write a model as it came: family, name, template, ids and the types of its matrices stay.</summary>
    /// <param name="model">A model out of a file or folder.</param>
    public static ModelFileOptions Like(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] kept = [.. model.Metadata.Keys.Where(key => key.StartsWith("gestalt.", StringComparison.Ordinal) && key != "gestalt.config" || key is "general.license" or "general.description" or "general.author")];
        return new ModelFileOptions
        {
            KeepTypes = true,
            Name = model.Metadata.GetValueOrDefault("general.name", "model"),
            Architecture = model.Metadata.GetValueOrDefault("general.architecture"),
            Template = model.Template,
            StartId = model.StartId,
            StartsWithEndOfText = model.AddsStart,
            StopIds = model.StopIds,
            Metadata = kept.ToDictionary(key => key, key => model.Metadata[key]),
        };
    }
}

/// <summary>
/// Whole models as GGUF files: parameters, configuration and vocabulary in one. Qwen3- and GPT-2-shaped ones open in llama.cpp,
/// Ollama and LM Studio; any other configuration is saved for Gestalt alone.
/// </summary>
public static unsafe class ModelFile
{
    /// <summary>Saves a model, beside its target and renamed into place.</summary>
    /// <param name="path">The file, such as <c>base/model.gguf</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its vocabulary: as many tokens as the model has ids.</param>
    /// <param name="options">How; float32 if omitted.</param>
    /// <exception cref="ArgumentException">The vocabulary does not fit the model, or metadata use a key of the format's own.</exception>
    /// <exception cref="ModelFileException">A parameter is not finite, or too large for the stored type.</exception>
    /// <exception cref="IOException">The file could not be written; what was there before is untouched.</exception>
    public static void Save(string path, Transformer model, Tokenizer tokenizer, ModelFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new ModelFileOptions();
        if (tokenizer.VocabularySize != model.Config.Vocabulary)
            throw new ArgumentException($"The vocabulary has {tokenizer.VocabularySize} tokens and the model {model.Config.Vocabulary}.", nameof(tokenizer));
        (Architecture architecture, RotaryPairs pairs) = Architecture.Place(model.Config, options.Architecture);
        TransformerConfig config = model.Config with { RotaryPairs = pairs };
        var writer = new GgufWriter();
        writer.SetText("general.architecture", architecture.Name);
        writer.SetText("general.type", "model");
        writer.SetText("general.name", options.Name);
        writer.SetUInt32("general.file_type", FileType(options.Type));
        if (options.Type.BlockLength() > 1)
            writer.SetUInt32("general.quantization_version", 2);
        architecture.Write(writer, config);
        TokenizerMetadata.Write(writer, tokenizer, options);
        TurnMetadata.Write(writer, options);
        foreach ((string key, string value) in options.Metadata)
            writer.SetText(key, value);
        foreach (StoredTensor tensor in architecture.Layout(model))
            Add(writer, tensor, options, pairs == model.Config.RotaryPairs ? null : new RowOrder(config.HeadWidth, pairs));
        writer.Write(path);
    }

    private static void Add(GgufWriter writer, StoredTensor tensor, ModelFileOptions options, RowOrder? order)
    {
        bool turns = order is not null && (tensor.Name.Contains(".attn_q.", StringComparison.Ordinal) || tensor.Name.Contains(".attn_k.", StringComparison.Ordinal));
        TensorPart[] parts = [.. tensor.Parameters.Select(parameter => TensorPart.Of(parameter) with { Order = turns ? order : null })];
        TensorType type = options.KeepTypes && parts.All(part => part.Format == parts[0].Format) && !tensor.IsVector
            ? parts[0].Format.ToTensorType()
            : StoredType(tensor, options.Type);
        writer.Add(tensor.Name, type, parts, tensor.IsStacked);
    }

    /// <summary>Saves a model as a Hugging Face folder: config.json, safetensors, tokenizer.json. It is made beside its target and renamed into place.</summary>
    /// <param name="folder">The folder; it must not be there yet.</param>
    /// <param name="model">The model and what goes with it.</param>
    /// <param name="type">How matrices are stored: F32, F16 or BF16; null for as they are, and F16 for those that safetensors cannot hold.</param>
    /// <exception cref="ArgumentException">The model is of no family that Hugging Face's code runs, or the type is none of safetensors'.</exception>
    /// <exception cref="NotSupportedException">The vocabulary has no form in tokenizer.json that gives the same ids.</exception>
    /// <exception cref="IOException">The folder is there already, or cannot be written.</exception>
    public static void SaveFolder(string folder, LoadedModel model, TensorType? type = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        HubWriter.Save(folder, model, type);
    }

    /// <summary>Loads a model, for training or for use.</summary>
    /// <param name="path">A GGUF file, of a split model the first, or a Hugging Face folder.</param>
    /// <param name="device">Where it shall live and compute.</param>
    /// <param name="mode">Whether parameters become float32 of its own, or stay in the mapped file as they are stored.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, incomplete, or of a kind that cannot be run.</exception>
    public static LoadedModel Load(string path, Device device, LoadMode mode = LoadMode.Trainable)
    {
        if (HubFolder.IsOne(path))
            return HubModel.Load(path, device, mode);
        GgufFile file = GgufFile.Open(path);
        Transformer? model = null;
        try
        {
            Architecture architecture = Architecture.Of(file);
            TransformerConfig config = architecture.Read(file);
            Tokenizer tokenizer = TokenizerMetadata.Read(file);
            if (tokenizer.VocabularySize > config.Vocabulary)
                throw new ModelFileException(path, $"has {tokenizer.VocabularySize} tokens in its vocabulary but only {config.Vocabulary} rows in its token table");
            model = new Transformer(config, device, allocate: false);
            WeightBinding.Bind(file, $"architecture '{architecture.Name}'", architecture.Layout(model), mode);
            var loaded = new LoadedModel
            {
                Transformer = model,
                Tokenizer = tokenizer,
                Metadata = file.Metadata.Where(value => value.Type == GgufValueType.String).ToDictionary(value => value.Key, value => value.AsText()),
                Template = TurnMetadata.Template(file),
                StartId = TurnMetadata.StartId(file),
                AddsStart = TurnMetadata.AddsStart(file),
                StopIds = TurnMetadata.StopIds(file),
                Mapping = mode == LoadMode.Mapped ? file : null,
            };
            if (mode != LoadMode.Mapped)
                file.Dispose();
            return loaded;
        }
        catch
        {
            model?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads the vocabulary of a GGUF file or a Hugging Face folder alone.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or has no vocabulary that can be used.</exception>
    public static Tokenizer LoadTokenizer(string path)
    {
        if (HubFolder.IsOne(path))
            return HubModel.ReadTokenizer(path);
        using GgufFile file = GgufFile.Open(path);
        return TokenizerMetadata.Read(file);
    }

    /// <summary>What is in a GGUF or safetensors file or a Hugging Face folder, without reading its tensors.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged or neither of the two.</exception>
    public static ModelDescription Describe(string path) => ModelDescription.Of(path);

    private static TensorType StoredType(StoredTensor tensor, TensorType wanted)
    {
        if (tensor.IsVector || tensor.Name == "position_embd.weight" || tensor.Name.EndsWith(".ffn_gate_inp.weight", StringComparison.Ordinal))
            return TensorType.F32;
        return tensor.Columns % wanted.BlockLength() == 0 ? wanted : TensorType.F16;
    }

    /// <summary>llama.cpp's enumeration of "most tensors are".</summary>
    internal static uint FileType(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => 1,
        TensorType.Q4_0 => 2,
        TensorType.Q4_1 => 3,
        TensorType.Q8_0 => 7,
        TensorType.Q5_0 => 8,
        TensorType.Q5_1 => 9,
        TensorType.Q2_K => 10,
        TensorType.Q3_K => 12,
        TensorType.Q4_K => 15,
        TensorType.Q5_K => 17,
        TensorType.Q6_K => 18,
        TensorType.IQ4_NL => 25,
        TensorType.IQ4_XS => 30,
        TensorType.BF16 => 32,
        TensorType.MXFP4 => 38,
        _ => throw new ArgumentException($"Models cannot be saved as {type}; {TensorTypes.Known} are possible.", nameof(type)),
    };
}
