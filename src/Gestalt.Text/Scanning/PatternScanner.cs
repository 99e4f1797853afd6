using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gestalt.Text;

/// <summary>Finds the matches of a pattern in UTF-8, one pass over it.</summary>
internal sealed unsafe class PatternScanner
{
    private const int NoMatch = -1;

    // A failure this short is found anew from the next character at no cost worth remembering it.
    private const int ShortFailure = 16;

    // A match is looked for this far beyond the last one found before it is asked whether somebody went the same way in vain, and then at every step of the second number.
    private const int LongWay = 1024;
    private const int LongWayStep = 64;

    [ThreadStatic]
    private static VainWay? _vainWay;

    private readonly PatternAutomaton _automaton;
    private readonly bool[] _endsLetters = new bool[256];
    private readonly bool[] _begins = new bool[256];
    private readonly SearchValues<byte> _beginnings;
    private readonly bool _hasFastWords;
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

        _hasFastWords = _endsLetters.Contains(true);
        FindBeginnings();
        _beginnings = SearchValues.Create([.. Enumerable.Range(0, 256).Where(value => _begins[value]).Select(value => (byte)value)]);
    }

    /// <summary>The pattern.</summary>
    public string Pattern { get; }

    /// <summary>Whether letters after at most one blank are recognised by comparing 32 bytes at once.</summary>
    public bool HasFastWords => _hasFastWords;

    /// <summary>The first match that begins at <paramref name="at"/> or later.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to begin.</param>
    /// <param name="end">Where the text ends.</param>
    /// <param name="matchEnd">Where the match ends; <paramref name="end"/> when there is none.</param>
    /// <returns>Where the match begins; <paramref name="end"/> when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(byte* text, int at, int end, out int matchEnd)
    {
        if (_hasFastWords && at + Vector256<byte>.Count < end)
        {
            int length = LettersAfterBlank(Vector256.Load(text + at), text[at]);
            if (length is > 0 and < 32 && _endsLetters[text[at + length]])
            {
                matchEnd = at + length;
                return at;
            }
        }

        matchEnd = at < end && _begins[text[at]] ? Match(text, at, end) : at;
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
        ref int transitions = ref MemoryMarshal.GetArrayDataReference(_automaton.Transitions);
        ref byte ascii = ref MemoryMarshal.GetReference(_automaton.Classes.Ascii);
        int start = at, best = NoMatch, state = PatternAutomaton.Start * _automaton.Stride;
        int inquiry = at + LongWay;
        while (at < end)
        {
            if (at >= inquiry)
            {
                if (_vainWay is VainWay way && way.Covers(this, text, at, end, state))
                {
                    return best;
                }

                inquiry = at + LongWayStep;
            }

            int length = 1;
            int characterClass = text[at] < 0x80 ? Unsafe.Add(ref ascii, text[at]) : _automaton.Classes.BeyondAscii(text + at, end - at, out length);
            int next = Unsafe.Add(ref transitions, state + characterClass);
            best = (next & PatternAutomaton.Matched) != 0 ? at : best;
            state = next & ~PatternAutomaton.Matched;
            if (state == PatternAutomaton.Dead)
            {
                break;
            }

            at += length;
        }

        if (at == end && (Unsafe.Add(ref transitions, state + _automaton.Stride - 1) & PatternAutomaton.Matched) != 0)
        {
            return end;
        }

        if (at - Math.Max(start, best) > LongWay)
        {
            _vainWay = new VainWay(this, text, start, end);
            Trace(text, start, at, _vainWay.States);
        }

        return best;
    }

    /// <summary>Forgets what is known about a text, which may be another one by now.</summary>
    public static void Forget() => _vainWay = null;

    /// <summary>
    /// The first match behind <paramref name="at"/>, where none begins. A long way that led to no match is remembered state by state: a later start that comes to a place of it in the same
    /// state will fail just so. Without that, <c>\s+$</c> would take quadratic time on blanks.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Search(byte* text, int at, int end, out int matchEnd)
    {
        List<int>? failure = null;
        int failureStart = at;
        while (at < end)
        {
            int skip = new ReadOnlySpan<byte>(text + at, end - at).IndexOfAny(_beginnings);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            matchEnd = Try(text, at, end, ref failure, ref failureStart);
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

    private int Try(byte* text, int start, int end, ref List<int>? failure, ref int failureStart)
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
            if (best == NoMatch && failure is not null && known < failure.Count && failure[known] == state)
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
            Trace(text, start, at, failure ??= []);
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

        return _endsLetters.Contains(true);

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

    /// <summary>Asks the automaton with which bytes a match may begin.</summary>
    private void FindBeginnings()
    {
        int start = PatternAutomaton.Start * _automaton.Stride;
        for (int value = 0; value < 0x80; value++)
        {
            _begins[value] = Begins(_automaton.Classes.OfAscii((byte)value));
        }

        bool beyond = Enumerable.Range(0, _automaton.Classes.Count).Any(found => _automaton.Classes.IsBeyondAscii(found) && Begins(found));
        _begins.AsSpan(0x80).Fill(beyond);

        bool Begins(int characterClass) => _automaton.Transitions[start + characterClass] is not (PatternAutomaton.Dead or PatternAutomaton.Matched);
    }

    private int Next(int state, byte value) => _automaton.Transitions[state + _automaton.Classes.OfAscii(value)] & ~PatternAutomaton.Matched;

    /// <summary>
    /// A long way through a text beyond the last match, on which none was found: whoever comes to a place of it in the same state will not find one either. It keeps patterns like
    /// <c>\s*[\r\n]+|\s{512}</c> from looking for a line end to the end of the text with each word.
    /// </summary>
    private sealed class VainWay(PatternScanner scanner, byte* text, int start, int end)
    {
        public List<int> States { get; } = [];

        public bool Covers(PatternScanner other, byte* otherText, int at, int otherEnd, int state) =>
            other == scanner && otherText == text && otherEnd == end && at - start is int place && place >= 0 && place < States.Count && States[place] == state;
    }
}
