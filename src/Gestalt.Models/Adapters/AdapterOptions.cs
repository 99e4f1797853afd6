namespace Gestalt.Models;

/// <summary>Which matrices of a block an adapter changes.</summary>
[Flags]
public enum AdapterLayers
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Queries: <c>q</c>.</summary>
    Query = 1,

    /// <summary>Keys: <c>k</c>.</summary>
    Key = 2,

    /// <summary>Values: <c>v</c>.</summary>
    Value = 4,

    /// <summary>Attention's output: <c>o</c>.</summary>
    Output = 8,

    /// <summary>The feed-forward layer's gate: <c>gate</c>.</summary>
    Gate = 16,

    /// <summary>Its way up: <c>up</c>.</summary>
    Up = 32,

    /// <summary>Its way down: <c>down</c>.</summary>
    Down = 64,

    /// <summary>All of them: <c>all</c>.</summary>
    All = 127,
}

/// <summary>The shape of an adapter.</summary>
public sealed record AdapterOptions
{
    private static readonly (string Name, AdapterLayers Layer, string Part)[] Names =
    [
        ("q", AdapterLayers.Query, "attn_q"), ("k", AdapterLayers.Key, "attn_k"), ("v", AdapterLayers.Value, "attn_v"), ("o", AdapterLayers.Output, "attn_output"),
        ("gate", AdapterLayers.Gate, "ffn_gate"), ("up", AdapterLayers.Up, "ffn_up"), ("down", AdapterLayers.Down, "ffn_down"),
    ];

    /// <summary>r: how many directions each matrix can change in.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>α: the change is multiplied by α/r.</summary>
    public float Alpha { get; init; } = 16;

    /// <summary>Which matrices; the more the better at equal size (arXiv 2305.14314, section 4).</summary>
    public AdapterLayers Layers { get; init; } = AdapterLayers.All;

    /// <summary>Whether rows have magnitudes of their own: DoRA (arXiv 2402.09353).</summary>
    public bool HasMagnitudes { get; init; }

    /// <summary>Share of each layer's inputs that training leaves out for the adapter.</summary>
    public float Dropout { get; init; }

    /// <summary>Reads layers as people write them: <c>q,v</c> or <c>all</c>.</summary>
    /// <param name="text">Names with commas between.</param>
    /// <exception cref="ArgumentException">A name is none of a layer.</exception>
    public static AdapterLayers ParseLayers(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        AdapterLayers layers = AdapterLayers.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            layers |= name == "all" ? AdapterLayers.All
                : Names.FirstOrDefault(known => known.Name == name) is { Name: not null } found ? found.Layer
                : throw new ArgumentException($"there is no layer '{name}'; {string.Join(", ", Names.Select(known => known.Name))} and all can be adapted.", nameof(text));
        }

        return layers != AdapterLayers.None ? layers : throw new ArgumentException("no layer is named that the adapter shall change.", nameof(text));
    }

    /// <summary>Layers as people write them.</summary>
    public static string NamesOf(AdapterLayers layers) =>
        layers == AdapterLayers.All ? "all" : string.Join(",", Names.Where(known => layers.HasFlag(known.Layer)).Select(known => known.Name));

    /// <summary>The layer that a parameter such as <c>blk.3.attn_q.weight</c> is; none if it is not one of a block's matrices.</summary>
    internal static AdapterLayers LayerOf(string parameter) =>
        parameter.Split('.') is ["blk", _, string part, "weight"] ? Names.FirstOrDefault(known => known.Part == part).Layer : AdapterLayers.None;

    /// <summary>Refuses impossible numbers.</summary>
    /// <exception cref="ArgumentException">A number is impossible.</exception>
    internal void Validate()
    {
        if (Rank < 1) throw new ArgumentException($"an adapter's rank is {Rank}; it must be at least 1.");
        if (!(Alpha > 0 && float.IsFinite(Alpha))) throw new ArgumentException(FormattableString.Invariant($"an adapter's alpha is {Alpha}; it must be above 0."));
        if (!(Dropout >= 0 && Dropout < 1)) throw new ArgumentException(FormattableString.Invariant($"an adapter's dropout is {Dropout}; it must be from 0 to less than 1."));
        if ((Layers & AdapterLayers.All) == 0) throw new ArgumentException("no layer is named that the adapter shall change.");
    }
}
