namespace Gestalt.Text;

/// <summary>A part of a pattern, as <see cref="PatternParser"/> reads it and <see cref="PatternProgram"/> compiles it.</summary>
internal abstract record PatternNode
{
    /// <summary>One character out of a set.</summary>
    public sealed record Character(CharacterSet Set) : PatternNode;

    /// <summary>One part after another; none at all is the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first of several parts with which the rest matches.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode;

    /// <summary>A part several times: as often as possible, or if it is lazy as seldom.</summary>
    public sealed record Repeat(PatternNode Inner, int Least, int Most, bool IsLazy) : PatternNode
    {
        /// <summary>What <see cref="Most"/> is without a limit.</summary>
        public const int Unlimited = int.MaxValue;
    }

    /// <summary>The next character is in a set, or if it is negated there is none in it; the end of the text is in no set.</summary>
    public sealed record Look(CharacterSet Set, bool IsNegated) : PatternNode;

    /// <summary>The end of the text, or of a line: <c>$</c>.</summary>
    public sealed record LineEnd : PatternNode;
}
