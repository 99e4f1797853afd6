namespace Gestalt.Tensors;

/// <summary>
/// Which rows of a pass go through which changed weights: rows of requests with different adapters share one pass over the weights themselves (as in Punica and S-LoRA, arXiv 2310.18547,
/// 2311.03285). Training has one adapter for all rows.
/// </summary>
public sealed class AdapterRows
{
    private readonly List<(IReadOnlyDictionary<Parameter, LowRankUpdate> Updates, int First, int Count)> _members = [];

    /// <summary>Draws what is left out of an adapter's inputs while training (<see cref="LowRankUpdate.Dropout"/>); the same number draws the same; null leaves nothing out.</summary>
    public ulong? DropoutKey { get; set; }

    /// <summary>Whether no rows are changed.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <summary>Rows whose updates do not overlap those of other rows.</summary>
    internal List<(IReadOnlyDictionary<Parameter, LowRankUpdate> Updates, int First, int Count)> Members => _members;

    /// <summary>Adds rows of one adapter.</summary>
    /// <param name="updates">Its updates by the weight that each changes.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many rows; <see cref="int.MaxValue"/> for all that there are.</param>
    public void Add(IReadOnlyDictionary<Parameter, LowRankUpdate> updates, int first = 0, int count = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(updates);
        if (_members.Count > 0 && ReferenceEquals(_members[^1].Updates, updates) && _members[^1].First + _members[^1].Count == first)
        {
            _members[^1] = (updates, _members[^1].First, _members[^1].Count + count);
        }
        else
        {
            _members.Add((updates, first, count));
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear() => _members.Clear();

    /// <summary>The update of a weight where all rows have the same adapter, as in training; null if it has none.</summary>
    /// <exception cref="InvalidOperationException">Rows have different adapters.</exception>
    internal LowRankUpdate? Single(Parameter weight) => _members switch
    {
        [] => null,
        [{ First: 0, Count: int.MaxValue } one] => one.Updates.GetValueOrDefault(weight),
        _ => throw new InvalidOperationException("A tape that records goes through one adapter with all its rows."),
    };
}
