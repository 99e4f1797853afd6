namespace Gestalt.Inference.Constraints;

/// <summary>A place in a grammar: a state of a rule, and the stacks on which that rule was called.</summary>
internal readonly record struct Item(int State, int Stack);

/// <summary>Items one behind another. The places that a text can be in are a stretch of it; walking through tokens uses it as a stack of such stretches.</summary>
internal sealed class ItemList
{
    public Item[] Items = new Item[16];

    public int Count;

    public void Add(Item item)
    {
        if (Count == Items.Length)
            Array.Resize(ref Items, 2 * Count);
        Items[Count++] = item;
    }

    public ReadOnlySpan<Item> Span(int start, int end) => Items.AsSpan(start..end);
}

/// <summary>
/// Reads bytes: from all the places that a text can be in to those behind one more byte. Rules are entered only when they can begin with the byte, and left as soon as they can end, so
/// that places behind are always in the list. All ways are followed at once; equal ones merge.
/// </summary>
internal sealed class StackMachine
{
    // More places than any grammar that a person wrote on purpose; beyond it, every byte would take milliseconds.
    private const int MostItems = 2048;

    private const int MostEntries = 16 * MostItems;

    private readonly PushdownAutomaton _automaton;
    private readonly List<Item> _waiting = [];
    private readonly List<(int Rule, Frame Frame)> _entering = [];
    private Frame[] _frames = new Frame[16];

    public StackMachine(PushdownAutomaton automaton, Stacks? stacks = null) => (_automaton, Stacks) = (automaton, stacks ?? new Stacks());

    public Stacks Stacks { get; }

    /// <summary>Whether the whole text may end behind the last byte read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the rule under an unknown stack may end behind the last byte read.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Reads one byte.</summary>
    /// <param name="list">The list.</param>
    /// <param name="start">The first place before the byte.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="value">The byte.</param>
    /// <returns>Whether anything can go on; the places behind the byte are added to the list.</returns>
    public bool Read(ItemList list, int start, int end, byte value)
    {
        IsComplete = HasLeft = false;
        _entering.Clear();
        _waiting.Clear();
        int first = list.Count;
        for (int i = start; i < end; i++)
        {
            Item item = list.Items[i];
            int next = _automaton.Next(item.State, value);
            if (next >= 0)
                Arrive(list, first, next, item.Stack);
            Enter(item.State, item.Stack, value);
        }
        int rank = -1;
        while (_entering.Count > 0 && NextRule(rank) is int rule)
        {
            rank = _automaton.RankOf(rule);
            int stack = Stacks.Intern(FramesFor(rule));
            int state = _automaton.StartOf(rule);
            int next = _automaton.Next(state, value);
            if (next >= 0)
                Arrive(list, first, next, stack);
            Enter(state, stack, value);
        }
        _entering.Clear();
        return list.Count > first;
    }

    /// <summary>Adds the places to which the frames on top of a stack lead.</summary>
    /// <param name="list">The list.</param>
    /// <param name="first">Where the stretch begins in which equal places merge.</param>
    /// <param name="stack">The stack.</param>
    public void Leave(ItemList list, int first, int stack)
    {
        int frames = Stacks.FramesOf(stack).Length;
        for (int i = 0; i < frames; i++)
        {
            Frame frame = Stacks.FrameAt(stack, i);
            Arrive(list, first, frame.Return, frame.Below);
        }
    }

    // Adds a place and those behind the rules that may end there.
    private void Arrive(ItemList list, int first, int state, int stack)
    {
        if (!_automaton.IsAccepting(state))
        {
            AddOnce(list, first, new Item(state, stack));
            return;
        }
        _waiting.Add(new Item(state, stack));
        while (_waiting.Count > 0)
        {
            Item item = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            if (item.State == PushdownAutomaton.Done)
            {
                IsComplete = true;
                continue;
            }
            if (item.State == PushdownAutomaton.Unknown)
            {
                HasLeft = true;
                continue;
            }
            if (_automaton.HasMoves(item.State) && !AddOnce(list, first, item))
                continue;
            if (!_automaton.IsAccepting(item.State))
                continue;
            foreach (Frame frame in Stacks.FramesOf(item.Stack))
                _waiting.Add(new Item(frame.Return, frame.Below));
        }
    }

    private static bool AddOnce(ItemList list, int first, Item item)
    {
        if (list.Span(first, list.Count).Contains(item))
            return false;
        if (list.Count - first == MostItems)
            throw TooAmbiguous();
        list.Add(item);
        return true;
    }

    // Notes the rules that a state calls and that can begin with a byte.
    private void Enter(int state, int stack, byte value)
    {
        foreach ((int rule, int behind) in _automaton.CallsOf(state))
        {
            if (_entering.Count > MostEntries)
                throw TooAmbiguous();
            if (!_automaton.FirstBytesOf(rule).Contains(value))
                continue;
            if (behind != PushdownAutomaton.None)
            {
                _entering.Add((rule, new Frame(behind, stack)));
                continue;
            }
            foreach (Frame frame in Stacks.FramesOf(stack))
                _entering.Add((rule, frame));
        }
    }

    private static ConstraintException TooAmbiguous() =>
        new("the grammar", $"it is too ambiguous: there are more than {MostItems} ways to read the text so far. Write rules whose alternatives begin differently.");

    // Rules are entered in an order in which all who call one come before it, so that it is entered once with all its stacks.
    private int? NextRule(int rank)
    {
        int? best = null;
        foreach ((int rule, _) in _entering)
        {
            int mine = _automaton.RankOf(rule);
            if (mine > rank && (best is not int other || mine < _automaton.RankOf(other)))
                best = rule;
        }
        return best;
    }

    private ReadOnlySpan<Frame> FramesFor(int rule)
    {
        int count = 0;
        foreach ((int other, Frame frame) in _entering)
        {
            if (other != rule)
                continue;
            if (count == _frames.Length)
                Array.Resize(ref _frames, 2 * count);
            _frames[count++] = frame;
        }
        Span<Frame> frames = _frames.AsSpan(0, count);
        if (count == 1)
            return frames;
        frames.Sort();
        int kept = 1;
        for (int i = 1; i < count; i++)
        {
            if (frames[i] != frames[kept - 1])
                frames[kept++] = frames[i];
        }
        return frames[..kept];
    }
}
