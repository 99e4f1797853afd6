namespace Gestalt.Inference.Constraints;

/// <summary>Turns an expression into states (Thompson's construction), characters into bytes.</summary>
/// <param name="nfa">Where the states go.</param>
/// <param name="inline">The body of a rule that is put in place instead of being called; null for rules that are called.</param>
internal sealed class NfaBuilder(Nfa nfa, Func<int, Expression?> inline)
{
    /// <summary>Adds an expression behind a state; returns the state behind the expression. Never adds an edge back to <paramref name="from"/>.</summary>
    public int Emit(Expression expression, int from) => expression switch
    {
        Literal literal => EmitLiteral(literal.Bytes, from),
        Characters characters => EmitCharacters(characters.Set, from),
        Sequence sequence => sequence.Parts.Aggregate(from, (state, part) => Emit(part, state)),
        Choice choice => EmitChoice(choice.Options, from),
        Repeat repeat => EmitRepeat(repeat, from),
        Call call => EmitCall(call.Rule, from),
        MemberList list => EmitMembers(list, from),
        Regular regular => EmitAutomaton(regular.Automaton, from),
        _ => throw new InvalidOperationException($"unknown kind of expression {expression.GetType().Name}"),
    };

    private int EmitLiteral(byte[] bytes, int from)
    {
        foreach (byte value in bytes)
        {
            int next = nfa.NewState();
            nfa.Read(from, new ByteRange(value, value), next);
            from = next;
        }
        return from;
    }

    private int EmitCharacters(CodePointSet set, int from)
    {
        int end = nfa.NewState();
        foreach (ByteRange[] sequence in Utf8Ranges.Of(set))
        {
            int state = from;
            for (int i = 0; i < sequence.Length; i++)
            {
                int next = i == sequence.Length - 1 ? end : nfa.NewState();
                nfa.Read(state, sequence[i], next);
                state = next;
            }
        }
        return end;
    }

    private int EmitChoice(Expression[] options, int from)
    {
        int end = nfa.NewState();
        foreach (Expression option in options)
            nfa.Skip(Emit(option, from), end);
        return end;
    }

    private int EmitRepeat(Repeat repeat, int from)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            nfa.CountStep();
            from = Emit(repeat.Body, from);
        }
        if (repeat.Most is not int most)
        {
            int loop = nfa.NewState();
            nfa.Skip(from, loop);
            nfa.Skip(Emit(repeat.Body, loop), loop);
            int behind = nfa.NewState();
            nfa.Skip(loop, behind);
            return behind;
        }
        int end = nfa.NewState();
        for (int i = repeat.Least; i < most; i++)
        {
            nfa.CountStep();
            nfa.Skip(from, end);
            from = Emit(repeat.Body, from);
        }
        nfa.Skip(from, end);
        return end;
    }

    private int EmitCall(int rule, int from)
    {
        if (inline(rule) is Expression body)
            return Emit(body, from);
        int end = nfa.NewState();
        nfa.Call(from, rule, end);
        return end;
    }

    // Three states a member: before[i], where member i or, if it may be left out, a later one has to come, after[i] behind it, and the end, which can be reached
    // once all required members have been.
    private int EmitMembers(MemberList list, int from)
    {
        ListMember[] members = list.Members;
        int end = nfa.NewState();
        int[] before = [.. members.Select(_ => nfa.NewState())];
        int lastRequired = Array.FindLastIndex(members, member => member.IsRequired);
        if (lastRequired < 0)
            nfa.Skip(from, end);
        if (members.Length > 0)
            nfa.Skip(from, before[0]);
        for (int i = 0; i < members.Length; i++)
        {
            int after = Emit(members[i].Body, before[i]);
            if (i >= lastRequired)
                nfa.Skip(after, end);
            if (i + 1 == members.Length)
                break;
            nfa.Skip(Emit(list.Separator, after), before[i + 1]);
            if (!members[i].IsRequired)
                nfa.Skip(before[i], before[i + 1]);
        }
        return end;
    }

    private int EmitAutomaton(Dfa automaton, int from)
    {
        int end = nfa.NewState();
        int[] states = [.. automaton.States.Select(_ => nfa.NewState())];
        if (states.Length > 0)
            nfa.Skip(from, states[0]);
        for (int i = 0; i < states.Length; i++)
        {
            foreach (DfaEdge edge in automaton.States[i].Edges)
                nfa.Read(states[i], edge.Range, states[edge.Target]);
            if (automaton.States[i].IsAccepting)
                nfa.Skip(states[i], end);
        }
        return end;
    }
}
