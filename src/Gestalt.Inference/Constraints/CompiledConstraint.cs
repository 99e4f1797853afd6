using System.Runtime.CompilerServices;

namespace Gestalt.Inference.Constraints;

/// <summary>
/// A grammar compiled for a vocabulary. Immutable to its users and safe for any number of threads and sequences: masks that it has found once serve all of them.
/// <see cref="Start"/> gives what follows one sequence.
/// </summary>
public sealed class CompiledConstraint
{
    // A grammar with large counts has a state for each count, and a mask takes up to 16 KB at 128,000 tokens. Beyond this, masks are found anew each time.
    private const long MostMaskBytes = 256L << 20;

    private readonly StateMask?[] _masks;
    private long _maskBytes;

    internal CompiledConstraint(PushdownAutomaton automaton, TokenVocabulary vocabulary)
    {
        Automaton = automaton;
        Vocabulary = vocabulary;
        _masks = new StateMask?[automaton.Count];
    }

    /// <summary>The number of tokens V; a mask has (V + 31) / 32 words.</summary>
    public int VocabularySize => Vocabulary.Count;

    /// <summary>The states of the automaton: a measure of the grammar's size.</summary>
    public int StateCount => Automaton.Count;

    internal PushdownAutomaton Automaton { get; }

    internal TokenVocabulary Vocabulary { get; }

    /// <summary>The constraint of a new sequence, at its beginning.</summary>
    public TokenConstraint Start() => new(this);

    /// <summary>Whether a whole text satisfies the grammar.</summary>
    /// <param name="utf8">The text.</param>
    public bool Matches(ReadOnlySpan<byte> utf8)
    {
        TokenConstraint constraint = Start();
        return constraint.TryAcceptText(utf8) && constraint.IsComplete;
    }

    /// <summary>What is known of a state's tokens whatever the stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal StateMask MaskOf(int state) => Volatile.Read(ref _masks[state]) ?? FindMask(state);

    private StateMask FindMask(int state)
    {
        TokenTrie trie = Vocabulary.Trie;
        var walk = new TrieWalk(Automaton);
        var bits = new uint[Vocabulary.MaskLength];
        var left = new List<int>();
        if (Automaton.IsInLeafRule(state))
        {
            walk.WalkLeaf(trie, state, bits, left);
        }
        else
        {
            walk.Begin().Add(new Item(state, Stacks.Unknown));
            walk.Walk(trie, new StackMachine(Automaton), bits, left);
        }
        var mask = new StateMask(bits, Beyond(state, bits, left));
        // Two threads may find the same mask at once; both are right, and one of them stays.
        if (Interlocked.Add(ref _maskBytes, mask.Bytes) <= MostMaskBytes)
            Volatile.Write(ref _masks[state], mask);
        return mask;
    }

    // What follows nowhere behind the rule needs no checking: behind white space, no word can come.
    private TokenTrie? Beyond(int state, uint[] bits, List<int> left)
    {
        TokenTrie trie = Vocabulary.Trie;
        var ends = new List<TokenText>();
        foreach (int node in left)
        {
            for (int next = node + 1; next < trie.EndOf(node); next = trie.EndOf(next))
            {
                if (!Automaton.FollowBytesOf(state).Contains(trie.ByteOf(next)))
                    continue;
                foreach (int id in trie.TokensFrom(next))
                {
                    if ((bits[id >> 5] & (1u << id)) == 0)
                        ends.Add(new TokenText(Vocabulary.Bytes(id).AsMemory(trie.DepthOf(node)), id));
                }
            }
        }
        return ends.Count == 0 ? null : new TokenTrie(ends);
    }
}
