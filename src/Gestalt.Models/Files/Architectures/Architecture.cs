using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// How one family of models stands in a GGUF file: the name under <c>general.architecture</c>, the metadata that carry its
/// configuration, and which tensor of the file holds which parameters.
/// </summary>
internal abstract class Architecture
{
    // Beyond these no model is built; within them no product of two overflows and no list of parameters takes long to make.
    private const long LargestWidth = 1 << 24;
    private const long LargestHeads = 1 << 16;
    private const long LargestContext = 1 << 24;

    /// <summary>All that are known, the more widely read ones first.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new LlamaArchitecture(), new Qwen2Architecture(), new Qwen3Architecture(), new Qwen3MoeArchitecture(), new Gemma2Architecture(), new Gemma3Architecture(),
        new Phi3Architecture(), new Gpt2Architecture(), new GestaltArchitecture(),
    ];

    /// <summary>The names of all, as messages list them.</summary>
    public static string Names => string.Join(", ", All.Select(known => known.Name));

    /// <summary>The value of <c>general.architecture</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether llama.cpp and its relatives open such a file.</summary>
    public virtual bool IsCommon => true;

    /// <summary>
    /// The architecture that says all of a configuration, if need be with rows of queries and keys in the order of the other rotary pairs. Some families
    /// compute the same: then the one that the model came as.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <param name="preferred">The name that the model came under, or null.</param>
    public static (Architecture Architecture, RotaryPairs Pairs) Place(TransformerConfig config, string? preferred)
    {
        RotaryPairs other = config.RotaryPairs == RotaryPairs.Halves ? RotaryPairs.Neighbours : RotaryPairs.Halves;
        TransformerConfig turned = config with { RotaryPairs = other };
        bool canTurn = config.RotatedWidth == config.HeadWidth;
        IEnumerable<(Architecture, RotaryPairs)> places = All.Select(known => (known, config.RotaryPairs)).Where(place => place.known.Fits(config))
            .Concat(All.Select(known => (known, other)).Where(place => canTurn && place.known.Fits(turned)));
        return places.OrderByDescending(place => place.Item1.Name == preferred).ThenByDescending(place => place.Item1.IsCommon).First();
    }

    /// <summary>The architecture that a file names.</summary>
    public static Architecture Of(GgufFile file)
    {
        GgufValue value = file.Get("general.architecture");
        string name = value.AsText();
        return All.FirstOrDefault(architecture => architecture.Name == name)
            ?? throw new ModelFileException(file.Path, $"holds a model of architecture '{name}'; {Names} can be run");
    }

    /// <summary>What would be read back of a configuration that such a file has been written for.</summary>
    public abstract TransformerConfig Said(TransformerConfig config);

    /// <summary>Whether the architecture's arithmetic is that of the configuration: nothing of it would be lost in such a file.</summary>
    public bool Fits(TransformerConfig config) => Said(config) == config;

    /// <summary>Writes the configuration as metadata.</summary>
    public abstract void Write(GgufWriter writer, TransformerConfig config);

    /// <summary>Reads the configuration from metadata and the shape of the token table; nothing has been allocated for it yet.</summary>
    public TransformerConfig Read(GgufFile file)
    {
        try
        {
            TransformerConfig config = ReadConfig(file);
            CheckSizes(file.Path, config, file.Tensors.Count);
            config.Validate();
            return config;
        }
        catch (ArgumentException problem)
        {
            throw new ModelFileException(file.Path, $"describes a model that cannot be built: {problem.Message.TrimEnd('.')}", inner: problem);
        }
    }

    /// <summary>The file's tensors and the parameters that each is made of.</summary>
    public virtual IEnumerable<StoredTensor> Layout(Transformer model) =>
        model.Parameters.GroupBy(parameter => TensorOf(parameter.Name))
            .Select(group => new StoredTensor(group.Key, [.. group]) { IsStacked = group.Key.Contains("_exps.", StringComparison.Ordinal) });

    /// <summary>Refuses sizes beyond reason before anything is made of them.</summary>
    public static void CheckSizes(string path, TransformerConfig config, int tensors)
    {
        Check("layers", config.Layers, tensors);
        Check("width", config.Width, LargestWidth);
        Check("heads", config.Heads, LargestHeads);
        Check("key heads", config.KeyValueHeads, LargestHeads);
        Check("head width", config.HeadWidth, LargestWidth);
        Check("heads times head width", (long)config.Heads * config.HeadWidth, LargestWidth);
        Check("key heads times head width", (long)config.KeyValueHeads * config.HeadWidth, LargestWidth);
        Check("feed-forward width", config.FeedForwardWidth, LargestWidth);
        Check("context", config.Context, LargestContext);
        // Experts are one tensor a layer, but a list of parameters is made of them: as many as files of this many bytes could hold.
        Check("layers times experts", (long)config.Layers * Math.Max(config.Experts, 1), LargestHeads);

        void Check(string what, long size, long most)
        {
            if (size < 1 || size > most)
                throw new ModelFileException(path, $"describes a model with {what} of {size}; 1 to {most} are possible in a file of {tensors} tensors");
        }
    }

    protected abstract TransformerConfig ReadConfig(GgufFile file);

    /// <summary>The file's name of the tensor that a parameter is part of.</summary>
    protected virtual string TensorOf(string parameter) => parameter;

    /// <summary>A metadata value of this architecture, such as <c>qwen3.block_count</c>.</summary>
    protected int Size(GgufFile file, string key)
    {
        GgufValue stored = file.Get($"{Name}.{key}");
        long value = stored.Type == GgufValueType.Array && stored.AsIntegers() is [int first, ..] all && all.All(one => one == first) ? first : stored.AsInteger();
        return value is >= 1 and <= int.MaxValue
            ? (int)value
            : throw new ModelFileException(file.Path, $"metadata '{Name}.{key}' is {value}; it must be at least 1 and fit in 31 bits");
    }

    /// <summary>A metadata value that may be missing.</summary>
    protected int Size(GgufFile file, string key, int otherwise) => file.TryGet($"{Name}.{key}", out _) ? Size(file, key) : otherwise;

    /// <summary>A count that may be missing or 0: there are none of it then.</summary>
    protected int Count(GgufFile file, string key) =>
        file.TryGet($"{Name}.{key}", out GgufValue value) && (value.Type == GgufValueType.Array || value.AsInteger() != 0) ? Size(file, key) : 0;

    /// <summary>A number that may be missing.</summary>
    protected double Number(GgufFile file, string key, double otherwise) => file.TryGet($"{Name}.{key}", out GgufValue value) ? value.AsNumber() : otherwise;

    /// <summary>Rows of the token table: V.</summary>
    protected static int Vocabulary(GgufFile file) => file.TryGetTensor("token_embd.weight", out GgufTensor? table) && table.Dimensions is [_, long rows and <= LargestWidth]
        ? (int)rows
        : throw new ModelFileException(file.Path, "has no tensor 'token_embd.weight' of two dimensions", advice: "It holds no complete model (a vocabulary alone, perhaps, or one part of a split file).");

    /// <summary>Refuses a value that asks for arithmetic which the model does not do.</summary>
    protected void Refuse(GgufFile file, string key, Func<GgufValue, bool> isHarmless)
    {
        if (file.TryGet($"{Name}.{key}", out GgufValue value) && !isHarmless(value))
            throw new ModelFileException(file.Path, $"asks for {value.Key} = {value}, which models of architecture '{Name}' cannot be run with");
    }
}
