namespace Gestalt.Inference.Constraints;

/// <summary>
/// Follows one sequence through a grammar: which tokens may come next, and what has come. It fails closed: what the grammar does not allow is never in a mask and is refused when it
/// comes all the same; special tokens are never allowed, the ends of a sequence only when the text is complete. One thread at a time.
/// </summary>
/// <remarks>
/// If no token can continue an incomplete text (a vocabulary that lacks the byte that has to come), the mask allows the ends alone, and <see cref="IsComplete"/> stays false.
/// </remarks>
public sealed class TokenConstraint
{
    private readonly CompiledConstraint _compiled;
    private readonly StackMachine _machine;
    private readonly TrieWalk _walk;
    private readonly ItemList _places = new();
    private readonly List<Position> _positions = [];
    private readonly MaskCache _cache = new();

    internal TokenConstraint(CompiledConstraint compiled)
    {
        _compiled = compiled;
        _machine = new StackMachine(compiled.Automaton);
        _walk = new TrieWalk(compiled.Automaton);
        int start = compiled.Automaton.StartOf(0);
        if (compiled.Automaton.HasMoves(start))
            _places.Add(new Item(start, Stacks.Bottom));
        _positions.Add(new Position(0, compiled.Automaton.IsAccepting(start)));
    }

    private TokenConstraint(TokenConstraint other)
    {
        _compiled = other._compiled;
        _machine = new StackMachine(_compiled.Automaton, other._machine.Stacks.Copy());
        _walk = new TrieWalk(_compiled.Automaton);
        foreach (Item item in other._places.Span(0, other._places.Count))
            _places.Add(item);
        _positions.AddRange(other._positions);
        IsFinished = other.IsFinished;
    }

    /// <summary>Behind a token: where its places begin in the list of all, and whether the text may end.</summary>
    private readonly record struct Position(int Start, bool IsComplete);

    /// <summary>Tokens accepted so far, without an end.</summary>
    public int Count => _positions.Count - 1;

    /// <summary>Whether the text so far satisfies the grammar, so that it may end here; it may be that it can also go on.</summary>
    public bool IsComplete => _positions[^1].IsComplete;

    /// <summary>Whether nothing but an end can come.</summary>
    public bool MustEnd => _places.Count == Start;

    /// <summary>Whether an end has been accepted.</summary>
    public bool IsFinished { get; private set; }

    private int Start => _positions[^1].Start;

    /// <summary>Writes which tokens may come next.</summary>
    /// <param name="mask">Gets a bit for each token, at least (V + 31) / 32 words; what lies beyond the vocabulary becomes 0.</param>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public void Mask(Span<uint> mask)
    {
        if (mask.Length < _compiled.Vocabulary.MaskLength)
            throw new ArgumentException($"a mask of {mask.Length} words for {_compiled.VocabularySize} tokens; it takes {_compiled.Vocabulary.MaskLength}", nameof(mask));
        mask.Clear();
        if (!IsFinished)
            MaskText(mask);
        if (IsFinished || IsComplete || !mask.ContainsAnyExcept(0u))
        {
            foreach (int end in _compiled.Vocabulary.Ends)
                mask[end >> 5] |= 1u << end;
        }
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The token.</param>
    /// <exception cref="InvalidOperationException">It is not allowed here. The constraint stays as it was.</exception>
    public void Accept(int id)
    {
        if (TryAccept(id))
            return;
        throw new InvalidOperationException(IsFinished
            ? $"Token {id} comes after the end of the sequence."
            : $"The grammar does not allow token {id} behind {Count} tokens; it has to be drawn under the mask.");
    }

    /// <summary>Takes the next token if it is allowed.</summary>
    /// <param name="id">The token.</param>
    /// <returns>Whether it was; if not, the constraint stays as it was.</returns>
    public bool TryAccept(int id)
    {
        if (IsFinished || (uint)id >= (uint)_compiled.VocabularySize)
            return false;
        if (_compiled.Vocabulary.IsEnd(id))
            return IsFinished = IsComplete || IsStuck();
        return _compiled.Vocabulary.Bytes(id) is byte[] bytes && TryAcceptText(bytes);
    }

    /// <summary>Takes a text as if it were one token, whatever tokens it is made of.</summary>
    /// <param name="utf8">The text, which may end within a character.</param>
    /// <returns>Whether the grammar allows it here; if not, the constraint stays as it was.</returns>
    /// <exception cref="ConstraintException">There are thousands of ways to read the text: the grammar is too ambiguous.</exception>
    public bool TryAcceptText(ReadOnlySpan<byte> utf8)
    {
        if (IsFinished)
            return false;
        int first = _places.Count, start = Start, end = first;
        bool isComplete = IsComplete;
        foreach (byte value in utf8)
        {
            bool goesOn = Read(start, end, value, first);
            isComplete = _machine.IsComplete;
            (start, end) = (end, _places.Count);
            if (goesOn || isComplete)
                continue;
            _places.Count = first;
            return false;
        }
        if (utf8.IsEmpty)
            (start, end) = (Start, first);
        int count = end - start;
        for (int i = 0; i < count; i++)
        {
            Item item = _places.Items[start + i];
            if (first + i < _places.Count)
                _places.Items[first + i] = item;
            else
                _places.Add(item);
        }
        _places.Count = first + count;
        _positions.Add(new Position(first, isComplete));
        return true;
    }

    /// <summary>Takes back the latest tokens, as when a draft is refused.</summary>
    /// <param name="tokens">How many of them; an end counts as one.</param>
    public void Rollback(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, Count + (IsFinished ? 1 : 0));
        if (tokens > 0 && IsFinished)
        {
            IsFinished = false;
            tokens--;
        }
        if (tokens == 0)
            return;
        _places.Count = _positions[^tokens].Start;
        _positions.RemoveRange(_positions.Count - tokens, tokens);
    }

    /// <summary>The same constraint at the same place, to go its own way.</summary>
    public TokenConstraint Clone() => new(this);

    /// <summary>
    /// Finds the bytes that have to come next because nothing else can, as the name of a required property does. They can be read by the model at once instead of being drawn one by one.
    /// </summary>
    /// <param name="destination">Gets the bytes; at most so many are looked for.</param>
    /// <returns>How many there are.</returns>
    public int ForcedBytes(Span<byte> destination)
    {
        if (IsFinished)
            return 0;
        int count = 0, first = _places.Count, start = Start, end = first, known = _machine.Stacks.Count;
        bool isComplete = IsComplete;
        while (count < destination.Length && !isComplete && OnlyByte(start, end) is byte value)
        {
            destination[count++] = value;
            _machine.Read(_places, start, end, value);
            isComplete = _machine.IsComplete;
            (start, end) = (end, _places.Count);
        }
        _places.Count = first;
        _machine.Stacks.Truncate(known);
        return count;
    }

    private bool Read(int start, int end, byte value, int kept)
    {
        try
        {
            return _machine.Read(_places, start, end, value);
        }
        catch (ConstraintException)
        {
            _places.Count = kept;
            throw;
        }
    }

    private byte? OnlyByte(int start, int end)
    {
        byte? only = null;
        for (int value = 0; value < 256; value++)
        {
            bool isAllowed = _machine.Read(_places, start, end, (byte)value) || _machine.IsComplete;
            _places.Count = end;
            if (!isAllowed)
                continue;
            if (only is not null)
                return null;
            only = (byte)value;
        }
        return only;
    }

    private bool IsStuck()
    {
        var mask = new uint[_compiled.Vocabulary.MaskLength];
        MaskText(mask);
        return !mask.AsSpan().ContainsAnyExcept(0u);
    }

    private void MaskText(Span<uint> mask)
    {
        ReadOnlySpan<Item> places = _places.Span(Start, _places.Count);
        bool goesBeyond = false;
        for (int i = 0; i < places.Length; i++)
            goesBeyond |= _compiled.MaskOf(places[i].State).Beyond is not null;
        if (goesBeyond && _cache.TryCopy(places, mask))
            return;
        for (int i = 0; i < places.Length; i++)
        {
            if (IsFirstOf(places, i))
                AddState(places, i, mask);
        }
        if (goesBeyond)
            _cache.Add(places, mask[.._compiled.Vocabulary.MaskLength]);
    }

    private static bool IsFirstOf(ReadOnlySpan<Item> places, int index)
    {
        for (int i = 0; i < index; i++)
        {
            if (places[i].State == places[index].State)
                return false;
        }
        return true;
    }

    // The tokens allowed in a state, on all the stacks on which the text is in it.
    private void AddState(ReadOnlySpan<Item> places, int index, Span<uint> mask)
    {
        int state = places[index].State;
        StateMask known = _compiled.MaskOf(state);
        known.AddTo(mask);
        if (known.Beyond is not TokenTrie beyond)
            return;
        ItemList list = _walk.Begin();
        for (int i = index; i < places.Length; i++)
        {
            if (places[i].State == state)
                _machine.Leave(list, 0, places[i].Stack);
        }
        _walk.Walk(beyond, _machine, mask);
    }
}
