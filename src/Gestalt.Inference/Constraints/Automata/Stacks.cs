using System.Runtime.InteropServices;

namespace Gestalt.Inference.Constraints;

/// <summary>Where to go on behind a rule, and the stacks below that.</summary>
internal readonly record struct Frame(int Return, int Below) : IComparable<Frame>
{
    public int CompareTo(Frame other) => Return != other.Return ? Return.CompareTo(other.Return) : Below.CompareTo(other.Below);
}

/// <summary>
/// The stacks of a sequence. A number stands for a *set* of stacks, kept as the frames on top of them, and equal sets have one number, so that however many ways an
/// ambiguous grammar has to read a text, they share what they have in common (a graph-structured stack, as in Tomita's parsing).
/// </summary>
internal sealed class Stacks
{
    /// <summary>The bottom: behind it, the text is complete.</summary>
    public const int Bottom = 0;

    /// <summary>A stack that is not known.</summary>
    public const int Unknown = 1;

    private const int None = -1;

    private int[] _starts = new int[16];
    private int[] _chain = new int[16];
    private int[] _hashes = new int[16];
    private Frame[] _frames = new Frame[32];
    private int[] _buckets = new int[32];

    public Stacks()
    {
        Array.Fill(_buckets, None);
        Intern([new Frame(PushdownAutomaton.Done, None)]);
        Intern([new Frame(PushdownAutomaton.Unknown, None)]);
    }

    /// <summary>How many sets of stacks there are.</summary>
    public int Count { get; private set; }

    /// <summary>The frames on top of a set of stacks.</summary>
    public ReadOnlySpan<Frame> FramesOf(int stack) => _frames.AsSpan(_starts[stack].._starts[stack + 1]);

    /// <summary>A frame of a set of stacks by its place, for loops that add stacks meanwhile.</summary>
    public Frame FrameAt(int stack, int place) => _frames[_starts[stack] + place];

    /// <summary>The number of a set of stacks.</summary>
    /// <param name="frames">The frames on top of them in ascending order, each once.</param>
    public int Intern(ReadOnlySpan<Frame> frames)
    {
        var hasher = new HashCode();
        hasher.AddBytes(MemoryMarshal.AsBytes(frames));
        int hash = hasher.ToHashCode();
        for (int i = _buckets[hash & (_buckets.Length - 1)]; i != None; i = _chain[i])
        {
            if (_hashes[i] == hash && FramesOf(i).SequenceEqual(frames))
                return i;
        }
        return Add(frames, hash);
    }

    /// <summary>Forgets the latest sets, so that what was only tried takes no memory.</summary>
    /// <param name="count">How many to keep.</param>
    public void Truncate(int count)
    {
        while (Count > count)
        {
            Count--;
            _buckets[_hashes[Count] & (_buckets.Length - 1)] = _chain[Count]; // the latest of its bucket is always at its head
        }
    }

    /// <summary>The same stacks, to grow apart from these.</summary>
    public Stacks Copy()
    {
        var copy = (Stacks)MemberwiseClone();
        copy._starts = [.. _starts];
        copy._chain = [.. _chain];
        copy._hashes = [.. _hashes];
        copy._frames = [.. _frames];
        copy._buckets = [.. _buckets];
        return copy;
    }

    private int Add(ReadOnlySpan<Frame> frames, int hash)
    {
        if (Count + 1 == _starts.Length)
            Grow();
        int start = _starts[Count];
        if (start + frames.Length > _frames.Length)
            Array.Resize(ref _frames, Math.Max(2 * _frames.Length, start + frames.Length));
        frames.CopyTo(_frames.AsSpan(start));
        _starts[Count + 1] = start + frames.Length;
        _hashes[Count] = hash;
        Link(Count);
        return Count++;
    }

    private void Link(int stack)
    {
        ref int head = ref _buckets[_hashes[stack] & (_buckets.Length - 1)];
        _chain[stack] = head;
        head = stack;
    }

    private void Grow()
    {
        Array.Resize(ref _starts, 2 * _starts.Length);
        Array.Resize(ref _chain, _starts.Length);
        Array.Resize(ref _hashes, _starts.Length);
        _buckets = new int[2 * _starts.Length];
        Array.Fill(_buckets, None);
        for (int stack = 0; stack < Count; stack++)
            Link(stack);
    }
}
