namespace Gestalt.Inference.Constraints;

/// <summary>An edge that reads a byte.</summary>
internal readonly record struct DfaEdge(ByteRange Range, int Target);

/// <summary>An edge that reads what a rule allows.</summary>
internal readonly record struct DfaCall(int Rule, int Target);

/// <summary>A state: its edges in ascending order of bytes without overlap, its calls, each rule once, and whether a text may end here.</summary>
internal sealed record DfaState(DfaEdge[] Edges, DfaCall[] Calls, bool IsAccepting);

/// <summary>
/// A deterministic automaton over bytes; state 0 is the start. As the form of one rule it may call other rules; without calls it is a regular language, and then intersections and
/// differences of two can be had, which is how JSON Schema's keywords for strings and numbers combine.
/// </summary>
internal sealed class Dfa(DfaState[] states)
{
    private const int Dead = -1;

    public IReadOnlyList<DfaState> States => states;

    /// <summary>Whether nothing is accepted. Only for automata without calls whose useless states are gone.</summary>
    public bool IsEmpty => !states.Any(state => state.IsAccepting);

    /// <summary>The automaton of an expression without calls.</summary>
    public static Dfa From(Expression expression, Budget budget)
    {
        var nfa = new Nfa(budget);
        int start = nfa.NewState();
        int end = new NfaBuilder(nfa, static _ => null).Emit(expression, start);
        return Determinizer.Run(nfa, start, end, static _ => false, budget).WithoutDeadEnds();
    }

    /// <summary>Whether a text is accepted.</summary>
    public bool Accepts(ReadOnlySpan<byte> text)
    {
        int state = 0;
        foreach (byte value in text)
        {
            state = Next(state, value);
            if (state == Dead)
                return false;
        }
        return states[state].IsAccepting;
    }

    /// <summary>What both accept.</summary>
    public Dfa Intersect(Dfa other, Budget budget) => Combine(other, (mine, theirs) => mine && theirs, needsOther: true, budget);

    /// <summary>What this one accepts and the other does not.</summary>
    public Dfa Except(Dfa other, Budget budget) => Combine(other, (mine, theirs) => mine && !theirs, needsOther: false, budget);

    private int Next(int state, byte value)
    {
        foreach (DfaEdge edge in states[state].Edges)
        {
            if (value <= edge.Range.Last)
                return value >= edge.Range.First ? edge.Target : Dead;
        }
        return Dead;
    }

    // States are pairs; the second is missing where the other automaton has already failed.
    private Dfa Combine(Dfa other, Func<bool, bool, bool> accepts, bool needsOther, Budget budget)
    {
        var numbers = new Dictionary<(int, int), int> { [(0, 0)] = 0 };
        var pairs = new List<(int Mine, int Theirs)> { (0, 0) };
        var combined = new List<DfaState>();
        for (int i = 0; i < pairs.Count; i++)
        {
            (int mine, int theirs) = pairs[i];
            budget.AddState();
            DfaEdge[] others = theirs == Dead ? [] : other.States[theirs].Edges;
            var edges = new List<DfaEdge>();
            foreach (DfaEdge edge in states[mine].Edges)
            {
                int next = edge.Range.First;
                foreach (DfaEdge with in others)
                {
                    int first = Math.Max(next, with.Range.First), last = Math.Min(edge.Range.Last, with.Range.Last);
                    if (first > last)
                        continue;
                    if (!needsOther && next < first)
                        Add(next, first - 1, edge.Target, Dead);
                    Add(first, last, edge.Target, with.Target);
                    next = last + 1;
                }
                if (!needsOther && next <= edge.Range.Last)
                    Add(next, edge.Range.Last, edge.Target, Dead);
            }
            combined.Add(new DfaState([.. edges], [], accepts(states[mine].IsAccepting, theirs != Dead && other.States[theirs].IsAccepting)));

            void Add(int first, int last, int myTarget, int theirTarget)
            {
                if (!numbers.TryGetValue((myTarget, theirTarget), out int number))
                {
                    numbers[(myTarget, theirTarget)] = number = pairs.Count;
                    pairs.Add((myTarget, theirTarget));
                }
                edges.Add(new DfaEdge(new ByteRange((byte)first, (byte)last), number));
            }
        }
        return new Dfa([.. combined]).WithoutDeadEnds();
    }

    /// <summary>The same without states from which nothing can be accepted; of an automaton that accepts nothing, only the start is left.</summary>
    private Dfa WithoutDeadEnds()
    {
        var sources = new List<int>[states.Length];
        for (int i = 0; i < states.Length; i++)
        {
            foreach (DfaEdge edge in states[i].Edges)
                (sources[edge.Target] ??= []).Add(i);
        }
        var useful = new bool[states.Length];
        var waiting = new Stack<int>(Enumerable.Range(0, states.Length).Where(i => states[i].IsAccepting));
        while (waiting.TryPop(out int state))
        {
            if (useful[state])
                continue;
            useful[state] = true;
            foreach (int source in sources[state] ?? [])
                waiting.Push(source);
        }
        var numbers = new int[states.Length];
        int count = 1;
        for (int i = 1; i < states.Length; i++)
            numbers[i] = useful[i] ? count++ : Dead;
        bool isEmpty = !useful[0];
        useful[0] = true;
        return new Dfa([.. states.Where((_, i) => useful[i]).Select(state => state with
        {
            Edges = [.. state.Edges.Where(edge => useful[edge.Target] && !isEmpty).Select(edge => edge with { Target = numbers[edge.Target] })],
        })]);
    }
}
