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
    public static IReadOnlyList<Architecture> All { get; } = [new Qwen3Architecture(), new Gpt2Architecture(), new GestaltArchitecture()];

    /// <summary>The value of <c>general.architecture</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether llama.cpp and its relatives open such a file.</summary>
    public virtual bool IsCommon => true;

    /// <summary>The most widely read architecture that says all of a configuration.</summary>
    public static Architecture For(TransformerConfig config) => All.First(architecture => architecture.Fits(config));

    /// <summary>The architecture that a file names.</summary>
    public static Architecture Of(GgufFile file)
    {
        GgufValue value = file.Get("general.architecture");
        string name = value.AsText();
        return All.FirstOrDefault(architecture => architecture.Name == name)
            ?? throw new ModelFileException(file.Path, $"holds a model of architecture '{name}'; {string.Join(", ", All.Select(known => known.Name))} can be run");
    }

    /// <summary>Whether the architecture's arithmetic is that of the configuration.</summary>
    public abstract bool Fits(TransformerConfig config);

    /// <summary>Writes the configuration as metadata.</summary>
    public abstract void Write(GgufWriter writer, TransformerConfig config);

    /// <summary>Reads the configuration from metadata and the shape of the token table; nothing has been allocated for it yet.</summary>
    public TransformerConfig Read(GgufFile file)
    {
        try
        {
            TransformerConfig config = ReadConfig(file);
            CheckSizes(file, config);
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
        model.Parameters.Select(parameter => new StoredTensor(parameter.Name, [parameter]));

    protected abstract TransformerConfig ReadConfig(GgufFile file);

    /// <summary>A metadata value of this architecture, such as <c>qwen3.block_count</c>.</summary>
    protected int Size(GgufFile file, string key)
    {
        long value = file.Get($"{Name}.{key}").AsInteger();
        return value is >= 1 and <= int.MaxValue
            ? (int)value
            : throw new ModelFileException(file.Path, $"metadata '{Name}.{key}' is {value}; it must be at least 1 and fit in 31 bits");
    }

    /// <summary>A metadata value that may be missing.</summary>
    protected int Size(GgufFile file, string key, int otherwise) => file.TryGet($"{Name}.{key}", out _) ? Size(file, key) : otherwise;

    /// <summary>Rows of the token table: V.</summary>
    protected static int Vocabulary(GgufFile file) => file.TryGetTensor("token_embd.weight", out GgufTensor? table) && table.Dimensions is [_, long rows and <= LargestWidth]
        ? (int)rows
        : throw new ModelFileException(file.Path, "has no tensor 'token_embd.weight' of two dimensions", advice: "It holds no complete model (a vocabulary alone, perhaps, or one part of a split file).");

    /// <summary>Refuses a value that asks for arithmetic which the model does not do.</summary>
    protected void Refuse(GgufFile file, string key, Func<GgufValue, bool> isHarmless)
    {
        if (file.TryGet($"{Name}.{key}", out GgufValue value) && !isHarmless(value))
            throw new ModelFileException(file.Path, $"asks for {value.Key} = {value}, which cannot be run yet");
    }

    private static void CheckSizes(GgufFile file, TransformerConfig config)
    {
        Check("layers", config.Layers, file.Tensors.Count);
        Check("width", config.Width, LargestWidth);
        Check("heads", config.Heads, LargestHeads);
        Check("head width", config.HeadWidth, LargestWidth);
        Check("heads times head width", (long)config.Heads * config.HeadWidth, LargestWidth);
        Check("feed-forward width", config.FeedForwardWidth, LargestWidth);
        Check("context", config.Context, LargestContext);

        void Check(string what, long size, long most)
        {
            if (size < 1 || size > most)
                throw new ModelFileException(file.Path, $"describes a model with {what} of {size}; 1 to {most} are possible in a file of {file.Tensors.Count} tensors");
        }
    }
}

/// <summary>A tensor of a file, made of one parameter, or of several whose rows follow each other.</summary>
/// <param name="Name">The tensor's name in the file.</param>
/// <param name="Parameters">The parameters, of equal columns.</param>
/// <param name="IsCopy">Whether the parameters are stored elsewhere, too, so that a reader need not have this tensor and does not load it.</param>
internal sealed record StoredTensor(string Name, Parameter[] Parameters, bool IsCopy = false)
{
    /// <summary>Columns of each row: the fastest dimension.</summary>
    public int Columns => Parameters[0].Shape.Width;

    /// <summary>Whether it is a gain or a bias, which files keep in float32.</summary>
    public bool IsVector => Parameters[0].Shape.Rank == 1;

    /// <summary>Sizes in ggml's order, fastest first.</summary>
    public long[] Dimensions => IsVector
        ? [Parameters.Sum(parameter => parameter.Length)]
        : [Columns, Parameters.Sum(parameter => (long)parameter.Shape.Rows)];
}
