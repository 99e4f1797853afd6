namespace Gestalt.Inference.Constraints;

/// <summary>Finds the tokens of a tree that a grammar allows, by reading their common beginnings once. Keeps its memory from walk to walk.</summary>
internal sealed class TrieWalk(PushdownAutomaton automaton)
{
    private readonly ItemList _list = new();
    private int[] _levelEnds = new int[64];
    private int[] _states = new int[64];

    /// <summary>The places where the next walk begins.</summary>
    public ItemList Begin()
    {
        _list.Count = 0;
        return _list;
    }

    /// <summary>Walks from the places put into <see cref="Begin"/>'s list.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="machine">Reads their bytes. What it adds to its stacks is taken away again.</param>
    /// <param name="mask">Gets the bits of the tokens that are allowed.</param>
    /// <param name="left">Gets the nodes behind which an unknown stack would have to be known.</param>
    public void Walk(TokenTrie trie, StackMachine machine, Span<uint> mask, List<int>? left = null)
    {
        Reserve(trie);
        int known = machine.Stacks.Count;
        _levelEnds[0] = _list.Count;
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.DepthOf(node);
            int start = depth == 1 ? 0 : _levelEnds[depth - 2], end = _levelEnds[depth - 1];
            _list.Count = end;
            bool goesOn = machine.Read(_list, start, end, trie.ByteOf(node));
            _levelEnds[depth] = _list.Count;
            if (goesOn || machine.HasLeft || machine.IsComplete)
                Allow(trie.TokensOf(node), mask);
            if (machine.HasLeft)
                left?.Add(node);
            node = goesOn ? node + 1 : trie.EndOf(node);
        }
        machine.Stacks.Truncate(known);
    }

    /// <summary>The same from one state of a rule that calls no other: a single state takes the place of the stacks.</summary>
    public void WalkLeaf(TokenTrie trie, int state, Span<uint> mask, List<int> left)
    {
        Reserve(trie);
        _states[0] = state;
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.DepthOf(node);
            int next = automaton.Next(_states[depth - 1], trie.ByteOf(node));
            if (next < 0)
            {
                node = trie.EndOf(node);
                continue;
            }
            _states[depth] = next;
            Allow(trie.TokensOf(node), mask);
            if (automaton.IsAccepting(next))
                left.Add(node);
            node = automaton.HasMoves(next) ? node + 1 : trie.EndOf(node);
        }
    }

    private static void Allow(ReadOnlySpan<int> tokens, Span<uint> mask)
    {
        foreach (int id in tokens)
            mask[id >> 5] |= 1u << id;
    }

    private void Reserve(TokenTrie trie)
    {
        if (_levelEnds.Length > trie.Depth)
            return;
        _levelEnds = new int[trie.Depth + 1];
        _states = new int[trie.Depth + 1];
    }
}
