using System.Runtime.InteropServices;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// The subset construction: states that can be reached by the same bytes become one. Calls of rules count as symbols of their own; a rule that may be empty can also be skipped.
/// </summary>
internal sealed class Determinizer
{
    private readonly Nfa _nfa;
    private readonly int _end;
    private readonly Predicate<int> _mayBeEmpty;
    private readonly Budget _budget;
    private readonly Dictionary<int[], int> _numbers = new(new SetComparer());
    private readonly List<int[]> _sets = [];
    private readonly int[] _seenIn;
    private readonly Stack<int> _waiting = [];
    private readonly List<int> _closure = [];
    private readonly List<Nfa.Edge> _edges = [];
    private int _round;

    private Determinizer(Nfa nfa, int end, Predicate<int> mayBeEmpty, Budget budget)
    {
        (_nfa, _end, _mayBeEmpty, _budget) = (nfa, end, mayBeEmpty, budget);
        _seenIn = new int[nfa.Count];
    }

    /// <summary>The deterministic form of a rule.</summary>
    /// <param name="nfa">The states.</param>
    /// <param name="start">Where the rule begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="mayBeEmpty">Whether a rule that is called may be empty.</param>
    /// <param name="budget">How large it may become.</param>
    public static Dfa Run(Nfa nfa, int start, int end, Predicate<int> mayBeEmpty, Budget budget)
    {
        var run = new Determinizer(nfa, end, mayBeEmpty, budget);
        run.NumberOf([start]);
        var states = new List<DfaState>();
        for (int i = 0; i < run._sets.Count; i++)
            states.Add(run.Expand(run._sets[i]));
        return new Dfa([.. states]);
    }

    private DfaState Expand(int[] set)
    {
        _edges.Clear();
        foreach (int state in set)
            _nfa.CollectEdges(state, _edges);
        _budget.AddSteps(_edges.Count);
        var calls = new Dictionary<int, List<int>>();
        var reads = new List<Nfa.Edge>();
        foreach (Nfa.Edge edge in _edges)
        {
            if (edge.Kind == Nfa.EdgeKind.Bytes)
                reads.Add(edge);
            else if (edge.Kind == Nfa.EdgeKind.Call)
                (CollectionsMarshal.GetValueRefOrAddDefault(calls, edge.Rule, out _) ??= []).Add(edge.Target);
        }
        DfaEdge[] edges = reads.Count == 1 ? [new DfaEdge(reads[0].Range, NumberOf([reads[0].Target]))] : Split(reads);
        return new DfaState(edges, [.. calls.OrderBy(call => call.Key).Select(call => new DfaCall(call.Key, NumberOf(call.Value)))], set.AsSpan().Contains(_end));
    }

    // Overlapping ranges are cut where one of them begins or ends.
    private DfaEdge[] Split(List<Nfa.Edge> reads)
    {
        Span<bool> begins = stackalloc bool[257];
        foreach (Nfa.Edge read in reads)
            begins[read.Range.First] = begins[read.Range.Last + 1] = true;
        var edges = new List<DfaEdge>();
        var targets = new List<int>();
        for (int first = 0; first < 256;)
        {
            int last = first;
            while (!begins[last + 1] && last < 255)
                last++;
            targets.Clear();
            foreach (Nfa.Edge read in reads)
            {
                if (read.Range.First <= first && first <= read.Range.Last)
                    targets.Add(read.Target);
            }
            _budget.AddSteps(targets.Count);
            if (targets.Count > 0)
            {
                int target = NumberOf(targets);
                if (edges.Count > 0 && edges[^1].Target == target && edges[^1].Range.Last == first - 1)
                    edges[^1] = new DfaEdge(new ByteRange(edges[^1].Range.First, (byte)last), target);
                else
                    edges.Add(new DfaEdge(new ByteRange((byte)first, (byte)last), target));
            }
            first = last + 1;
        }
        return [.. edges];
    }

    /// <summary>The number of the set of states that can be reached from some without reading; only those that matter are its members.</summary>
    private int NumberOf(IEnumerable<int> states)
    {
        _round++;
        _closure.Clear();
        foreach (int state in states)
            _waiting.Push(state);
        while (_waiting.TryPop(out int state))
        {
            if (_seenIn[state] == _round)
                continue;
            _seenIn[state] = _round;
            bool matters = state == _end;
            int edgesBefore = _edges.Count;
            _nfa.CollectEdges(state, _edges);
            for (int i = edgesBefore; i < _edges.Count; i++)
            {
                Nfa.Edge edge = _edges[i];
                matters |= edge.Kind != Nfa.EdgeKind.Skip;
                if (edge.Kind == Nfa.EdgeKind.Skip || (edge.Kind == Nfa.EdgeKind.Call && _mayBeEmpty(edge.Rule)))
                    _waiting.Push(edge.Target);
            }
            _edges.RemoveRange(edgesBefore, _edges.Count - edgesBefore);
            if (matters)
                _closure.Add(state);
        }
        _closure.Sort();
        _budget.AddSteps(_closure.Count);
        int[] set = [.. _closure];
        if (!_numbers.TryGetValue(set, out int number))
        {
            _budget.AddState();
            _numbers[set] = number = _sets.Count;
            _sets.Add(set);
        }
        return number;
    }

    private sealed class SetComparer : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] set)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes<int>(set));
            return hash.ToHashCode();
        }
    }
}
