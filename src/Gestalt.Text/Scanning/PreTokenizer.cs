using System.Runtime.CompilerServices;

namespace Gestalt.Text;

/// <summary>
/// The rule that cuts text into words before byte pairs are merged: no token ever crosses the border of a word.
/// A vocabulary is only meaningful together with the rule that it was trained with.
/// </summary>
/// <remarks>
/// A rule is one published regular expression, or several that cut one after another, each within the words of the one before. They are compiled to automata over
/// UTF-8 (<see cref="PatternAutomaton"/>), so that every rule takes time linear in the text.
/// <para>
/// <b>Invalid UTF-8.</b> The expressions are defined on characters. Bytes that are no part of a valid character split exactly
/// as if each of them were one U+FFFD: a symbol, neither letter, digit nor space. The bytes themselves are kept as they are.
/// </para>
/// <para>
/// <b>Character classes.</b> <c>\p{L}</c> and <c>\p{N}</c> are the Unicode general categories of whole code points (𝒜 and 𠀀 are letters), <c>\s</c> is
/// the property White_Space, and the case-insensitive contractions fold as Unicode does: <c>'ſ</c> (U+017F) is <c>'s</c>.
/// </para>
/// </remarks>
public sealed partial class PreTokenizer
{
    private readonly SplitStep[] _steps;

    internal PreTokenizer(string name, IReadOnlyList<SplitStep> steps, IReadOnlyList<string>? ggufNames = null)
    {
        Name = name;
        _steps = [.. steps];
        GgufNames = ggufNames ?? [];
    }

    /// <summary>What people call the rule: <c>gpt2</c>, <c>cl100k</c>, <c>qwen2</c>. A rule that a file brings along is called <c>custom</c>.</summary>
    public string Name { get; }

    /// <summary>The regular expressions in the order in which they cut.</summary>
    /// <remarks>
    /// <see cref="Gpt2Digits"/> stands in <c>tokenizer.json</c> as two steps, Digits and ByteLevel, for which this is one expression.
    /// Since version 0.8 tiktoken's own <c>cl100k_base</c> has one more alternative, <c>\s++$</c>, which keeps white space with a line end in it together at
    /// the very end of a text. Llama 3, DBRX and the vocabularies trained since carry the form given here, and so do we.
    /// </remarks>
    public IReadOnlyList<string> Patterns => [.. _steps.Select(step => step.Pattern)];

    /// <summary>The names of the rule under <c>tokenizer.ggml.pre</c> in GGUF files, the one that we write first; none for a rule that a file brought along.</summary>
    public IReadOnlyList<string> GgufNames { get; }

    /// <summary>How the rule cuts.</summary>
    internal IReadOnlyList<SplitStep> Steps => _steps;

    /// <summary>The only step of a rule whose words are the matches of one pattern and the pieces between them; null for other rules.</summary>
    internal PatternScanner? OnlyScanner => _steps is [{ Behavior: SplitBehavior.Isolated }] ? _steps[0].Scanner : null;

    /// <summary>Whether a word ends between a letter and a blank, whatever stands around them. EXAONE-MoE's do not.</summary>
    internal bool CutsBeforeBlanks => Words("ab cd"u8).Count == 2 && Words("AB CD"u8).Count == 2;

    /// <summary>The length in bytes of the first word of <paramref name="utf8"/>; 0 only when there is none.</summary>
    public int FirstWord(ReadOnlySpan<byte> utf8) => Words(utf8) is [Range first, ..] ? first.End.Value : 0;

    /// <summary>Cuts <paramref name="utf8"/> into its words, which laid end to end are the text again (but for the rules of WordPiece vocabularies, which leave white space out).</summary>
    public unsafe List<Range> Words(ReadOnlySpan<byte> utf8)
    {
        var list = new RangeList([]);
        fixed (byte* text = utf8)
        {
            Cut(text, 0, utf8.Length, ref list);
        }

        return list.Ranges;
    }

    /// <summary>The rule's name.</summary>
    public override string ToString() => Name;

    /// <summary>Makes every pattern's automaton now, so that one that is not in our dialect is refused before it is used.</summary>
    /// <exception cref="InvalidDataException">A pattern is not supported.</exception>
    internal void Prepare()
    {
        foreach (SplitStep step in _steps)
        {
            _ = step.Scanner;
        }
    }

    /// <summary>Hands the words of a text to <paramref name="sink"/>.</summary>
    internal unsafe void Cut<TSink>(byte* text, int start, int end, ref TSink sink)
        where TSink : IWordSink, allows ref struct
    {
        PatternScanner.Forget();
        Cut(0, text, start, end, ref sink);
    }

    private unsafe void Cut<TSink>(int level, byte* text, int start, int end, ref TSink sink)
        where TSink : IWordSink, allows ref struct
    {
        if (level == _steps.Length)
        {
            sink.Word(text, start, end);
            return;
        }

        SplitStep step = _steps[level];
        PatternScanner scanner = step.Scanner;
        var waiting = new Piece(start, start, false);
        while (start < end)
        {
            int match = scanner.Find(text, start, end, out int matchEnd);
            if (match > start)
            {
                Advance(level, step, text, ref waiting, new Piece(start, match, step.IsInverted), ref sink);
            }

            if (matchEnd > match)
            {
                Advance(level, step, text, ref waiting, new Piece(match, matchEnd, !step.IsInverted), ref sink);
            }

            start = matchEnd;
        }

        Release(level, step, text, waiting, ref sink);
    }

    /// <summary>Joins a piece with the one before it, or lets that one go and keeps this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Advance<TSink>(int level, SplitStep step, byte* text, ref Piece waiting, Piece piece, ref TSink sink)
        where TSink : IWordSink, allows ref struct
    {
        bool joins = waiting.End > waiting.Start && step.Behavior switch
        {
            SplitBehavior.Contiguous => waiting.IsMatch == piece.IsMatch,
            SplitBehavior.MergedWithPrevious => piece.IsMatch && !waiting.IsMatch,
            SplitBehavior.MergedWithNext => waiting.IsMatch && !piece.IsMatch,
            _ => false,
        };
        if (joins)
        {
            waiting = piece with { Start = waiting.Start };
            return;
        }

        Release(level, step, text, waiting, ref sink);
        waiting = piece;
    }

    private unsafe void Release<TSink>(int level, SplitStep step, byte* text, Piece piece, ref TSink sink)
        where TSink : IWordSink, allows ref struct
    {
        bool isDropped = piece.IsMatch && step.Behavior == SplitBehavior.Removed;
        if (piece.End > piece.Start && !isDropped)
        {
            Cut(level + 1, text, piece.Start, piece.End, ref sink);
        }
    }

    private readonly record struct Piece(int Start, int End, bool IsMatch);

    private readonly struct RangeList(List<Range> ranges) : IWordSink
    {
        public List<Range> Ranges => ranges;

        public unsafe void Word(byte* text, int start, int end) => ranges.Add(start..end);
    }
}
