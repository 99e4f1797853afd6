using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>Finds the matches of a pattern in UTF-8, one pass over it.</summary>
internal sealed unsafe class PatternScanner
{
    private const int NoMatch = -1;

    // A failure this short is found anew from the next character at no cost worth remembering it.
    private const int ShortFailure = 16;

    private readonly PatternAutomaton _automaton;
    private readonly bool[] _endsLetters = new bool[256];
    private readonly byte _fold;

    /// <exception cref="InvalidDataException">The pattern is not in our dialect, or too complex.</exception>
    public PatternScanner(string pattern)
    {
        Pattern = pattern;
        _automaton = new PatternAutomaton(PatternProgram.Of(PatternParser.Parse(pattern)));
        _fold = 0x20;
        if (!FindWhatEndsLetters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8))
        {
            _fold = 0;
            FindWhatEndsLetters("abcdefghijklmnopqrstuvwxyz"u8);
        }
    }

    /// <summary>The pattern.</summary>
    public string Pattern { get; }

    /// <summary>Whether letters after at most one blank are recognised by comparing 32 bytes at once.</summary>
    public bool HasFastWords => _endsLetters.Contains(true);

    /// <summary>The first match that begins at <paramref name="at"/> or later.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to begin.</param>
    /// <param name="end">Where the text ends.</param>
    /// <param name="matchEnd">Where the match ends; <paramref name="end"/> when there is none.</param>
    /// <returns>Where the match begins; <paramref name="end"/> when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(byte* text, int at, int end, out int matchEnd)
    {
        if (at + Vector256<byte>.Count < end)
        {
            int length = LettersAfterBlank(Vector256.Load(text + at), text[at]);
            if (length is > 0 and < 32 && _endsLetters[text[at + length]])
            {
                matchEnd = at + length;
                return at;
            }
        }

        matchEnd = Match(text, at, end);
        return matchEnd > at ? at : Search(text, at, end, out matchEnd);
    }

    /// <summary>
    /// How many of the bytes are ASCII letters, with or without a blank before them; 0 when the text goes on otherwise. One comparison finds the letters among 32 bytes:
    /// (byte | 0x20) - 'a' is below 26 for them alone; without the fold, for small letters alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int LettersAfterBlank(Vector256<byte> bytes, byte first)
    {
        Vector256<byte> fromA = (bytes | Vector256.Create(_fold)) - Vector256.Create((byte)'a');
        uint letters = Vector256.LessThan(fromA, Vector256.Create((byte)26)).ExtractMostSignificantBits();
        letters |= first == ' ' ? letters >> 1 & 1 : 0;
        return BitOperations.TrailingZeroCount(~letters);
    }

    /// <summary>Where the match that begins at <paramref name="at"/> ends.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Match(byte* text, int at, int end)
    {
        CharacterClasses classes = _automaton.Classes;
        ReadOnlySpan<int> transitions = _automaton.Transitions;
        int best = NoMatch, state = PatternAutomaton.Start * _automaton.Stride;
        while (at < end)
        {
            int next = transitions[state + classes.At(text, at, end, out int length)];
            best = (next & PatternAutomaton.Matched) != 0 ? at : best;
            state = next & ~PatternAutomaton.Matched;
            if (state == PatternAutomaton.Dead)
            {
                return best;
            }

            at += length;
        }

        return (transitions[state + _automaton.Stride - 1] & PatternAutomaton.Matched) != 0 ? end : best;
    }

    /// <summary>
    /// The first match behind <paramref name="at"/>, where none begins. A long way that led to no match is remembered state by state: a later start that comes to a place of it in the same
    /// state will fail just so. Without that, <c>\s+$</c> would take quadratic time on blanks.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Search(byte* text, int at, int end, out int matchEnd)
    {
        var failure = new List<int>();
        int failureStart = at;
        while (at < end)
        {
            matchEnd = Try(text, at, end, failure, ref failureStart);
            if (matchEnd > at)
            {
                return at;
            }

            Utf8.Decode(text + at, end - at, out int length);
            at += length;
        }

        matchEnd = end;
        return end;
    }

    private int Try(byte* text, int start, int end, List<int> failure, ref int failureStart)
    {
        CharacterClasses classes = _automaton.Classes;
        ReadOnlySpan<int> transitions = _automaton.Transitions;
        int best = NoMatch, at = start, state = PatternAutomaton.Start * _automaton.Stride;
        while (at < end)
        {
            int next = transitions[state + classes.At(text, at, end, out int length)];
            best = (next & PatternAutomaton.Matched) != 0 ? at : best;
            state = next & ~PatternAutomaton.Matched;
            if (state == PatternAutomaton.Dead)
            {
                break;
            }

            at += length;
            int known = at - failureStart;
            if (best == NoMatch && known < failure.Count && failure[known] == state)
            {
                return NoMatch;
            }
        }

        if (at == end && (transitions[state + _automaton.Stride - 1] & PatternAutomaton.Matched) != 0)
        {
            best = end;
        }

        if (best == NoMatch && at - start > ShortFailure)
        {
            failureStart = start;
            Trace(text, start, at, failure);
        }

        return best;
    }

    /// <summary>Writes down the state before each byte of a way; those within a character have none.</summary>
    private void Trace(byte* text, int start, int end, List<int> states)
    {
        states.Clear();
        int state = PatternAutomaton.Start * _automaton.Stride;
        for (int at = start; at < end;)
        {
            states.Add(state);
            int next = _automaton.Transitions[state + _automaton.Classes.At(text, at, end, out int length)];
            state = next & ~PatternAutomaton.Matched;
            at += length;
            for (; length > 1; length--)
            {
                states.Add(NoMatch);
            }
        }
    }

    /// <summary>
    /// Asks the automaton which bytes end a word of these letters, with or without a blank before it: those at which, whatever letters there were, the word has matched and nothing can follow.
    /// </summary>
    private bool FindWhatEndsLetters(ReadOnlySpan<byte> letters)
    {
        var states = new HashSet<int>();
        var waiting = new Queue<int>();
        int start = PatternAutomaton.Start * _automaton.Stride;
        Enter(start, letters);
        Enter(Next(start, (byte)' '), letters);
        while (waiting.TryDequeue(out int state))
        {
            Enter(state, letters);
        }

        for (byte value = 0; value < 0x80; value++)
        {
            _endsLetters[value] = !letters.Contains(value)
                && states.All(state => _automaton.Transitions[state + _automaton.Classes.OfAscii(value)] == (PatternAutomaton.Dead | PatternAutomaton.Matched));
        }

        return HasFastWords;

        void Enter(int from, ReadOnlySpan<byte> letters)
        {
            foreach (byte letter in letters)
            {
                int next = Next(from, letter);
                if (states.Add(next))
                {
                    waiting.Enqueue(next);
                }
            }
        }
    }

    private int Next(int state, byte value) => _automaton.Transitions[state + _automaton.Classes.OfAscii(value)] & ~PatternAutomaton.Matched;
}
