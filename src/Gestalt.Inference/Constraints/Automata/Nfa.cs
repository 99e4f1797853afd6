using System.Runtime.InteropServices;

namespace Gestalt.Inference.Constraints;

/// <summary>States with edges that read nothing, a byte, or what another rule allows. The intermediate form between a rule and its <see cref="Dfa"/>.</summary>
internal sealed class Nfa(Budget budget)
{
    private const int None = -1;
    private readonly List<int> _heads = [];
    private readonly List<Edge> _edges = [];

    /// <summary>What an edge reads.</summary>
    public enum EdgeKind : byte
    {
        /// <summary>Nothing.</summary>
        Skip,

        /// <summary>A byte of a range.</summary>
        Bytes,

        /// <summary>What a rule allows.</summary>
        Call,
    }

    /// <summary>An edge.</summary>
    /// <param name="Kind">What it reads.</param>
    /// <param name="Range">Which bytes.</param>
    /// <param name="Rule">Which rule.</param>
    /// <param name="Target">Where it leads.</param>
    /// <param name="Next">The next edge of the same state.</param>
    public readonly record struct Edge(EdgeKind Kind, ByteRange Range, int Rule, int Target, int Next);

    public int Count => _heads.Count;

    public int NewState()
    {
        budget.AddState();
        _heads.Add(None);
        return _heads.Count - 1;
    }

    /// <summary>Counts work that adds no state, so that repeating nothing a billion times ends too.</summary>
    public void CountStep() => budget.AddSteps(1);

    public void Skip(int from, int to) => Add(from, EdgeKind.Skip, default, None, to);

    public void Read(int from, ByteRange range, int to) => Add(from, EdgeKind.Bytes, range, None, to);

    public void Call(int from, int rule, int to) => Add(from, EdgeKind.Call, default, rule, to);

    /// <summary>The edges of a state.</summary>
    public IEnumerable<Edge> EdgesOf(int state)
    {
        for (int i = _heads[state]; i != None; i = _edges[i].Next)
            yield return _edges[i];
    }

    /// <summary>Collects the edges of a state without allocating.</summary>
    public void CollectEdges(int state, List<Edge> into)
    {
        ReadOnlySpan<Edge> edges = CollectionsMarshal.AsSpan(_edges);
        for (int i = _heads[state]; i != None; i = edges[i].Next)
            into.Add(edges[i]);
    }

    private void Add(int from, EdgeKind kind, ByteRange range, int rule, int to)
    {
        _edges.Add(new Edge(kind, range, rule, to, _heads[from]));
        _heads[from] = _edges.Count - 1;
    }
}
