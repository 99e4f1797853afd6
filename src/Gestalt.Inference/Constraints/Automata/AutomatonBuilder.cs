namespace Gestalt.Inference.Constraints;

/// <summary>
/// Compiles a grammar: small rules are put in place, each other one becomes a deterministic automaton that calls others. Refused are rules that call themselves before they have read
/// anything, which no stack can follow, and grammars that allow no text at all.
/// </summary>
internal sealed class AutomatonBuilder
{
    // Rules of so few parts are put in place where they are called (white space, a digit, a separator).
    private const int InlineParts = 12;

    // A loop over more characters than this stays a rule of its own, so that its costly mask is computed once for the whole grammar: the inside of a string above all.
    private const int BroadSet = 64;

    private readonly Grammar _grammar;
    private readonly Budget _budget;
    private readonly Expression?[] _inlined;
    private readonly Rule?[] _rules;

    private AutomatonBuilder(Grammar grammar, Budget budget)
    {
        (_grammar, _budget) = (grammar, budget);
        _inlined = [.. Enumerable.Range(0, grammar.Count).Select(rule => rule > 0 && PartsOf(grammar[rule]) <= InlineParts ? grammar[rule] : null)];
        _rules = new Rule?[grammar.Count];
    }

    /// <summary>A rule while it is compiled.</summary>
    private sealed class Rule(Nfa nfa, int start, int end, int[] called)
    {
        public Nfa Nfa => nfa;

        public int Start => start;

        public int End => end;

        public int[] Called => called;

        public List<int> Callers { get; } = [];

        public bool MayBeEmpty { get; set; }

        public bool IsProductive { get; set; }

        public Dfa? Dfa { get; set; }
    }

    /// <summary>The automaton of a grammar.</summary>
    /// <exception cref="ConstraintException">The grammar is too large, allows nothing, or recurses on the left.</exception>
    public static PushdownAutomaton Build(Grammar grammar, Budget budget)
    {
        var builder = new AutomatonBuilder(grammar, budget);
        List<int> used = builder.BuildStates();
        builder.FindEmptyOnes(used);
        List<int> order = builder.OrderByEntering(used);
        foreach (int rule in used)
        {
            Rule states = builder._rules[rule]!;
            states.Dfa = Determinizer.Run(states.Nfa, states.Start, states.End, callee => builder._rules[callee]!.MayBeEmpty, budget);
        }
        builder.FindProductiveOnes(used);
        if (!builder._rules[0]!.IsProductive)
            throw new ConstraintException(grammar.NameOf(0), "no text at all can satisfy this: every way through it needs a rule that never ends, or a choice without options.");
        return new PushdownAutomaton([.. builder._rules.Select(rule => rule is null ? null : builder.Prune(rule.Dfa!))], order);
    }

    // The number of an expression's parts, more than can be inlined if it calls a rule or has a broad loop.
    private static int PartsOf(Expression expression) => expression switch
    {
        Literal literal => literal.Bytes.Length,
        Characters => 1,
        Sequence sequence => sequence.Parts.Aggregate(0, (sum, part) => Math.Min(sum + PartsOf(part), InlineParts + 1)),
        Choice choice => choice.Options.Aggregate(1, (sum, option) => Math.Min(sum + PartsOf(option), InlineParts + 1)),
        Repeat { Most: null, Body: Characters { Set.Count: > BroadSet } } => InlineParts + 1,
        Repeat repeat => (int)Math.Min((long)PartsOf(repeat.Body) * Math.Max(1, repeat.Most ?? (repeat.Least + 1)), InlineParts + 1),
        _ => InlineParts + 1,
    };

    /// <summary>The states of all rules that the root needs, in the order in which they are met.</summary>
    private List<int> BuildStates()
    {
        var used = new List<int> { 0 };
        var known = new HashSet<int> { 0 };
        for (int i = 0; i < used.Count; i++)
        {
            var nfa = new Nfa(_budget);
            int start = nfa.NewState();
            int end = new NfaBuilder(nfa, rule => _inlined[rule]).Emit(_grammar[used[i]], start);
            var called = new SortedSet<int>();
            for (int state = 0; state < nfa.Count; state++)
                called.UnionWith(nfa.EdgesOf(state).Where(edge => edge.Kind == Nfa.EdgeKind.Call).Select(edge => edge.Rule));
            _rules[used[i]] = new Rule(nfa, start, end, [.. called]);
            used.AddRange(called.Where(known.Add));
        }
        foreach (int rule in used)
        {
            foreach (int callee in _rules[rule]!.Called)
                _rules[callee]!.Callers.Add(rule);
        }
        return used;
    }

    private void FindEmptyOnes(List<int> used)
    {
        // What is called is met after its caller, so going backwards settles nearly all of them the first time.
        var waiting = new Stack<int>(used);
        while (waiting.TryPop(out int number))
        {
            Rule rule = _rules[number]!;
            if (rule.MayBeEmpty || !WithoutReading(rule).Contains(rule.End))
                continue;
            rule.MayBeEmpty = true;
            rule.Callers.ForEach(waiting.Push);
        }
    }

    /// <summary>The states that a rule can be in before it has read anything.</summary>
    private HashSet<int> WithoutReading(Rule rule)
    {
        var reached = new HashSet<int>();
        var waiting = new Stack<int>([rule.Start]);
        while (waiting.TryPop(out int state))
        {
            if (!reached.Add(state))
                continue;
            foreach (Nfa.Edge edge in rule.Nfa.EdgesOf(state))
            {
                if (edge.Kind == Nfa.EdgeKind.Skip || (edge.Kind == Nfa.EdgeKind.Call && _rules[edge.Rule]!.MayBeEmpty))
                    waiting.Push(edge.Target);
            }
        }
        _budget.AddSteps(reached.Count);
        return reached;
    }

    /// <summary>The rules, each before those that it can enter without having read anything.</summary>
    private List<int> OrderByEntering(List<int> used)
    {
        Dictionary<int, int[]> entered = used.ToDictionary(rule => rule, rule => WithoutReading(_rules[rule]!)
            .SelectMany(_rules[rule]!.Nfa.EdgesOf).Where(edge => edge.Kind == Nfa.EdgeKind.Call).Select(edge => edge.Rule).Distinct().ToArray());
        var finished = new List<int>();
        var isFinished = new Dictionary<int, bool>(); // false while on the path
        foreach (int root in used)
        {
            if (isFinished.ContainsKey(root))
                continue;
            var path = new Stack<(int Rule, int NextCallee)>([(root, 0)]);
            isFinished[root] = false;
            while (path.TryPop(out (int Rule, int NextCallee) top))
            {
                if (top.NextCallee == entered[top.Rule].Length)
                {
                    isFinished[top.Rule] = true;
                    finished.Add(top.Rule);
                    continue;
                }
                path.Push((top.Rule, top.NextCallee + 1));
                int callee = entered[top.Rule][top.NextCallee];
                if (!isFinished.TryGetValue(callee, out bool done))
                {
                    isFinished[callee] = false;
                    path.Push((callee, 0));
                }
                else if (!done)
                {
                    throw LeftRecursion(callee, [.. path.Reverse().Select(step => step.Rule)]);
                }
            }
        }
        finished.Reverse();
        return finished;
    }

    private ConstraintException LeftRecursion(int rule, int[] path)
    {
        IEnumerable<string> circle = path.Skip(Array.LastIndexOf(path, rule)).Append(rule).Select(_grammar.NameOf);
        return new ConstraintException(_grammar.NameOf(rule), $"the rule calls itself before it has read anything ({string.Join(" → ", circle.Take(8))}). Write the recursion on the right, or as a repetition with * or +.");
    }

    private void FindProductiveOnes(List<int> used)
    {
        var waiting = new Stack<int>(used);
        while (waiting.TryPop(out int number))
        {
            Rule rule = _rules[number]!;
            if (rule.IsProductive || !CanEnd(rule.Dfa!))
                continue;
            rule.IsProductive = true;
            rule.Callers.ForEach(waiting.Push);
        }
    }

    private bool CanEnd(Dfa dfa)
    {
        var reached = new bool[dfa.States.Count];
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out int state))
        {
            if (reached[state])
                continue;
            reached[state] = true;
            if (dfa.States[state].IsAccepting)
                return true;
            foreach (int target in Targets(dfa.States[state]))
                waiting.Push(target);
        }
        _budget.AddSteps(reached.Length);
        return false;
    }

    private IEnumerable<int> Targets(DfaState state) =>
        state.Edges.Select(edge => edge.Target).Concat(state.Calls.Where(call => _rules[call.Rule]!.IsProductive).Select(call => call.Target));

    /// <summary>Takes away what can never end: in every state that is left, some text leads to the end. That is what makes a token's last byte enough to know it is allowed.</summary>
    private Dfa Prune(Dfa dfa)
    {
        var sources = new List<int>?[dfa.States.Count];
        for (int i = 0; i < dfa.States.Count; i++)
        {
            foreach (int target in Targets(dfa.States[i]))
                (sources[target] ??= []).Add(i);
        }
        var useful = new bool[dfa.States.Count];
        var waiting = new Stack<int>(Enumerable.Range(0, dfa.States.Count).Where(i => dfa.States[i].IsAccepting));
        while (waiting.TryPop(out int state))
        {
            if (useful[state])
                continue;
            useful[state] = true;
            sources[state]?.ForEach(waiting.Push);
        }
        if (useful.All(isUseful => isUseful) && dfa.States.All(state => state.Calls.All(call => _rules[call.Rule]!.IsProductive)))
            return dfa;
        var numbers = new int[dfa.States.Count];
        int count = 1;
        for (int i = 1; i < numbers.Length; i++)
            numbers[i] = useful[i] ? count++ : PushdownAutomaton.None;
        return new Dfa([.. dfa.States.Where((_, i) => i == 0 || useful[i]).Select(state => state with
        {
            Edges = [.. state.Edges.Where(edge => useful[edge.Target]).Select(edge => edge with { Target = numbers[edge.Target] })],
            Calls = [.. state.Calls.Where(call => _rules[call.Rule]!.IsProductive && useful[call.Target]).Select(call => call with { Target = numbers[call.Target] })],
        })]);
    }
}
