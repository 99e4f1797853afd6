using Gestalt.Tensors;

namespace Gestalt.Models;

/// <summary>
/// A small change to a model's matrices, kept apart from them: LoRA (arXiv 2106.09685) or DoRA (arXiv 2402.09353). It is trained while the model itself stays as it is, quantized perhaps
/// (QLoRA, arXiv 2305.14314); it takes a hundredth of the model's room; several can serve one model at once; and it can be merged into a model's weights.
/// </summary>
public sealed class Adapter : IDisposable
{
    private readonly Dictionary<Parameter, LowRankUpdate> _updates;

    internal Adapter(Transformer model, AdapterOptions options)
        : this(model, options, [])
    {
    }

    private Adapter(Transformer model, AdapterOptions options, Dictionary<Parameter, LowRankUpdate> updates) => (Model, Options, _updates) = (model, options, updates);

    /// <summary>The model that it changes.</summary>
    public Transformer Model { get; }

    /// <summary>Its shape.</summary>
    public AdapterOptions Options { get; }

    /// <summary>What it changes, by the weight, in the order of the model.</summary>
    public IReadOnlyDictionary<Parameter, LowRankUpdate> Updates => _updates;

    /// <summary>Its own parameters, in a fixed order.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _updates.Values.SelectMany(update => update.Parameters)];

    /// <summary>Number of its values.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Length);

    /// <summary>A new adapter that changes nothing yet: A is random, B is 0, and magnitudes are the lengths of the rows.</summary>
    /// <param name="model">The model to adapt.</param>
    /// <param name="options">The shape.</param>
    /// <param name="seed">Chooses A: uniform in ±1/√in, as PEFT begins (Kaiming with a = √5).</param>
    /// <exception cref="ArgumentException">The shape is impossible, or the model has none of the layers.</exception>
    public static Adapter Create(Transformer model, AdapterOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var adapter = new Adapter(model, options);
        foreach (Parameter weight in model.Parameters.Where(weight => (AdapterOptions.LayerOf(weight.Name) & options.Layers) != 0))
        {
            LowRankUpdate update = adapter.Add(weight, options.Rank, options.Alpha / options.Rank);
            ulong key = weight.Name.Aggregate(seed, (key, letter) => RandomBits.Key(key, letter));
            float reach = 1 / MathF.Sqrt(weight.Shape[1]);
            for (int i = 0; i < update.Down.Length; i++)
            {
                update.Down.Values[i] = reach * RandomBits.Uniform(key, (ulong)i);
            }

            update.StartMagnitudes();
        }

        return adapter._updates.Count > 0
            ? adapter
            : throw new ArgumentException($"the model has none of the layers {AdapterOptions.NamesOf(options.Layers)}; mixtures of experts have attention layers alone to adapt: q, k, v, o.");
    }

    /// <summary>Freezes the adapter, for use: it is measured once and never again.</summary>
    public void Freeze()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Trainable = false;
        }

        Refresh();
    }

    /// <summary>Brings what is derived from the parameters up to date; a model does so before each pass.</summary>
    public void Refresh()
    {
        foreach (LowRankUpdate update in _updates.Values)
        {
            update.Refresh();
        }
    }

    /// <summary>Merges it into the model's own float32 weights, which then compute the same without it.</summary>
    /// <exception cref="InvalidOperationException">The weights are stored in another form: load the model to be trained.</exception>
    public void Merge()
    {
        foreach (LowRankUpdate update in _updates.Values)
        {
            update.Merge();
        }
    }

    /// <summary>Takes it out of weights that it was merged into, up to rounding.</summary>
    /// <exception cref="NotSupportedException">It is a DoRA adapter, whose merging forgets the rows' lengths.</exception>
    public void Unmerge()
    {
        foreach (LowRankUpdate update in _updates.Values)
        {
            update.Unmerge();
        }
    }

    /// <summary>Returns its memory to the system; the model stays.</summary>
    public void Dispose()
    {
        foreach (LowRankUpdate update in _updates.Values)
        {
            update.Dispose();
        }
    }

    /// <summary>The same updates under other options.</summary>
    internal Adapter With(AdapterOptions options) => new(Model, options, _updates);

    internal LowRankUpdate Add(Parameter weight, int rank, float scale)
    {
        var update = new LowRankUpdate(Model.Device, weight, rank, scale, Options.HasMagnitudes) { Dropout = Options.Dropout };
        _updates.Add(weight, update);
        return update;
    }
}
