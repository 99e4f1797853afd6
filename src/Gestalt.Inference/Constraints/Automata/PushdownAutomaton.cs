namespace Gestalt.Inference.Constraints;

/// <summary>
/// A compiled grammar: the states of all rules in one numbering. Reading a byte either follows an edge, or enters a rule and remembers on a stack where to go on behind it.
/// Immutable; shared by all sequences and threads.
/// </summary>
internal sealed class PushdownAutomaton
{
    /// <summary>No state.</summary>
    public const int None = -1;

    /// <summary>Where a stack leads when the whole text is complete.</summary>
    public const int Done = 0;

    /// <summary>Where a stack leads whose rest is not known: masks that hold on any stack are found with it.</summary>
    public const int Unknown = 1;

    private const int FirstFree = 2;

    // From so many edges on, a table of all 256 bytes is faster than looking through them; measured on JSON, anything from 3 to 8 does as well.
    private const int DenseFrom = 4;

    private readonly int[] _edgeStarts;
    private readonly DfaEdge[] _edges;
    private readonly int[] _callStarts;
    private readonly (int Rule, int Return)[] _calls;
    private readonly int[] _denseRows;
    private readonly int[] _dense;
    private readonly bool[] _isAccepting;
    private readonly int[] _ruleOf;
    private readonly int[] _ruleStarts;
    private readonly bool[] _callsNothing;
    private readonly ByteSet[] _firstBytes;
    private readonly ByteSet[] _followBytes;
    private readonly int[] _ranks;

    /// <summary>Lays the rules out.</summary>
    /// <param name="rules">The rules' automata, useless states gone, null for rules that are not used; rule 0 is the root.</param>
    /// <param name="order">The used rules, each before those that it can enter without reading anything.</param>
    public PushdownAutomaton(Dfa?[] rules, IReadOnlyList<int> order)
    {
        int count = FirstFree + rules.Sum(rule => rule?.States.Count ?? 0);
        _edgeStarts = new int[count + 1];
        _callStarts = new int[count + 1];
        _denseRows = new int[count];
        _isAccepting = new bool[count];
        _ruleOf = new int[count];
        _ruleStarts = new int[rules.Length];
        _callsNothing = new bool[rules.Length];
        _ranks = new int[rules.Length];
        _firstBytes = new ByteSet[rules.Length];
        _followBytes = new ByteSet[rules.Length];
        int next = FirstFree;
        for (int rule = 0; rule < rules.Length; rule++)
        {
            _ruleStarts[rule] = next;
            next += rules[rule]?.States.Count ?? 0;
        }
        var edges = new List<DfaEdge>();
        var calls = new List<(int, int)>();
        var dense = new List<int>();
        int state = 0;
        for (; state < FirstFree; state++)
            (_isAccepting[state], _denseRows[state], _ruleOf[state]) = (true, None, None);
        for (int rule = 0; rule < rules.Length; rule++)
        {
            int start = _ruleStarts[rule];
            _callsNothing[rule] = rules[rule]?.States.All(inner => inner.Calls.Length == 0) ?? true;
            foreach (DfaState inner in rules[rule]?.States ?? [])
            {
                (_edgeStarts[state], _callStarts[state], _isAccepting[state], _ruleOf[state]) = (edges.Count, calls.Count, inner.IsAccepting, rule);
                edges.AddRange(inner.Edges.Select(edge => edge with { Target = start + edge.Target }));
                foreach (DfaCall call in inner.Calls)
                {
                    // Behind a call in last place there is nothing to come back to: without this, a list written by right recursion would grow the stack with each element.
                    DfaState behind = rules[rule]!.States[call.Target];
                    bool isLast = behind.IsAccepting && behind.Edges.Length == 0 && behind.Calls.Length == 0;
                    calls.Add((call.Rule, isLast ? None : start + call.Target));
                }
                _denseRows[state] = inner.Edges.Length < DenseFrom ? None : AddRow(dense, inner.Edges, start);
                state++;
            }
        }
        _edgeStarts[count] = edges.Count;
        _callStarts[count] = calls.Count;
        (_edges, _calls, _dense) = ([.. edges], [.. calls], [.. dense]);
        for (int rank = order.Count - 1; rank >= 0; rank--)
        {
            int rule = order[rank];
            _ranks[rule] = rank;
            foreach (DfaEdge edge in rules[rule]!.States[0].Edges)
                _firstBytes[rule].Add(edge.Range);
            foreach (DfaCall call in rules[rule]!.States[0].Calls)
                _firstBytes[rule].Add(_firstBytes[call.Rule]);
        }
        FindFollowing(rules);
    }

    /// <summary>The number of states.</summary>
    public int Count => _isAccepting.Length;

    /// <summary>Where a rule begins.</summary>
    public int StartOf(int rule) => _ruleStarts[rule];

    /// <summary>Whether a rule may end in a state.</summary>
    public bool IsAccepting(int state) => _isAccepting[state];

    /// <summary>Whether anything can be read in a state, or only its rule be left.</summary>
    public bool HasMoves(int state) => _edgeStarts[state + 1] > _edgeStarts[state] || _callStarts[state + 1] > _callStarts[state];

    /// <summary>The rules that a state calls, with the state behind each; <see cref="None"/> where nothing comes behind.</summary>
    public ReadOnlySpan<(int Rule, int Return)> CallsOf(int state) => _calls.AsSpan(_callStarts[state].._callStarts[state + 1]);

    /// <summary>Whether no state of a state's rule calls another rule, so that a single state says all until the rule is left.</summary>
    public bool IsInLeafRule(int state) => _ruleOf[state] >= 0 && _callsNothing[_ruleOf[state]];

    /// <summary>The bytes with which a rule can begin, those of the rules that it enters first included.</summary>
    public ref readonly ByteSet FirstBytesOf(int rule) => ref _firstBytes[rule];

    /// <summary>The bytes that can come behind a state's rule, wherever it was called.</summary>
    public ref readonly ByteSet FollowBytesOf(int state) => ref _followBytes[_ruleOf[state]];

    /// <summary>A rule's place in an order in which each comes before those that it can enter without reading anything.</summary>
    public int RankOf(int rule) => _ranks[rule];

    /// <summary>Where the edge of a byte leads; <see cref="None"/> if there is none.</summary>
    public int Next(int state, byte value)
    {
        int row = _denseRows[state];
        if (row != None)
            return _dense[row + value];
        for (int i = _edgeStarts[state]; i < _edgeStarts[state + 1]; i++)
        {
            ref readonly DfaEdge edge = ref _edges[i];
            if (value <= edge.Range.Last)
                return value >= edge.Range.First ? edge.Target : None;
        }
        return None;
    }

    // Behind a rule comes what the state behind its call can read and, where the caller may end there, what comes behind the caller.
    private void FindFollowing(Dfa?[] rules)
    {
        var passedOn = new List<int>?[rules.Length]; // to which rules a rule passes on what comes behind it
        for (int rule = 0; rule < rules.Length; rule++)
        {
            foreach (DfaCall call in rules[rule]?.States.SelectMany(state => state.Calls) ?? [])
            {
                DfaState behind = rules[rule]!.States[call.Target];
                foreach (DfaEdge edge in behind.Edges)
                    _followBytes[call.Rule].Add(edge.Range);
                foreach (DfaCall next in behind.Calls)
                    _followBytes[call.Rule].Add(_firstBytes[next.Rule]);
                if (behind.IsAccepting)
                    (passedOn[rule] ??= []).Add(call.Rule);
            }
        }
        var waiting = new Queue<int>(Enumerable.Range(0, rules.Length));
        while (waiting.TryDequeue(out int rule))
        {
            foreach (int callee in passedOn[rule] ?? [])
            {
                if (_followBytes[callee].Add(_followBytes[rule]))
                    waiting.Enqueue(callee);
            }
        }
    }

    private static int AddRow(List<int> dense, DfaEdge[] edges, int start)
    {
        int row = dense.Count;
        dense.AddRange(Enumerable.Repeat(None, 256));
        foreach (DfaEdge edge in edges)
        {
            for (int value = edge.Range.First; value <= edge.Range.Last; value++)
                dense[row + value] = start + edge.Target;
        }
        return row;
    }
}
