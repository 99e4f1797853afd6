using System.Globalization;

namespace Gestalt.World.Grammar;

/// <summary>What one piece of a phrase does when it is written.</summary>
internal enum PieceKind : byte { Literal, Article, Slot, Choice, Rule }

/// <summary>One piece of a compiled phrase.</summary>
internal readonly struct Piece(PieceKind kind, string text, int slot, Phrase[] options)
{
    public readonly PieceKind Kind = kind;
    public readonly int Slot = slot;
    public readonly string Text = text;
    public readonly Phrase[] Options = options;
}

/// <summary>
/// A sentence or part of one with choices and gaps, compiled once and written millions of times.
/// </summary>
/// <remarks>
/// The notation is small enough to read as prose: <c>{a|b}</c> chooses, <c>[V]</c> is a gap that the <see cref="Pen"/> fills,
/// <c>[a]</c> is the article that the next word needs, and <c>[@weather]</c> is any phrase of that name in the <see cref="Lexicon"/>.
/// </remarks>
internal sealed class Phrase
{
    private static int _count;

    private Phrase(Piece[] pieces, string source)
    {
        Pieces = pieces;
        Source = source;
        Id = Interlocked.Increment(ref _count);
    }

    /// <summary>Distinguishes phrases, so that a page does not use one twice.</summary>
    public int Id { get; }

    public string Source { get; }

    public Piece[] Pieces { get; }

    /// <summary>Whether the phrase names the subject itself rather than leaving it to a pronoun.</summary>
    public bool HasSlot(int slot)
    {
        foreach (Piece piece in Pieces)
        {
            if (piece.Kind == PieceKind.Slot && piece.Slot == slot)
            {
                return true;
            }
            if (piece.Kind == PieceKind.Choice && Array.Exists(piece.Options, option => option.HasSlot(slot)))
            {
                return true;
            }
        }
        return false;
    }

    public static Phrase Compile(string source)
    {
        int at = 0;
        Phrase phrase = Parse(source, ref at, nested: false);
        return at == source.Length ? phrase : throw new FormatException($"Unmatched '}}' in phrase: {source}");
    }

    /// <summary>One phrase a line; empty lines are skipped.</summary>
    public static Phrase[] Lines(string text)
    {
        var phrases = new List<Phrase>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            phrases.Add(Compile(line));
        }
        return [.. phrases];
    }

    private static Phrase Parse(string source, ref int at, bool nested)
    {
        var pieces = new List<Piece>();
        int start = at;
        int literal = at;
        while (at < source.Length && !(nested && source[at] is '|' or '}'))
        {
            switch (source[at])
            {
                case '{':
                    Literal(source[literal..at]);
                    pieces.Add(new(PieceKind.Choice, "", 0, ParseChoice(source, ref at)));
                    literal = at;
                    break;
                case '[':
                    Literal(source[literal..at]);
                    int close = source.IndexOf(']', at);
                    if (close < 0)
                    {
                        throw new FormatException($"Unmatched '[' in phrase: {source}");
                    }
                    string name = source[(at + 1)..close];
                    at = close + 1;
                    pieces.Add(Gap(name));
                    if (name == "a" && at < source.Length && source[at] == ' ')
                    {
                        at++;
                    }
                    literal = at;
                    break;
                default:
                    at++;
                    break;
            }
        }
        Literal(source[literal..at]);
        return new([.. pieces], source[start..at]);

        void Literal(string text)
        {
            if (text.Length > 0)
            {
                pieces.Add(new(PieceKind.Literal, text, 0, []));
            }
        }
    }

    private static Phrase[] ParseChoice(string source, ref int at)
    {
        var options = new List<Phrase>();
        do
        {
            at++;
            options.Add(Parse(source, ref at, nested: true));
            if (at >= source.Length)
            {
                throw new FormatException($"Unmatched '{{' in phrase: {source}");
            }
        }
        while (source[at] == '|');
        at++;
        return [.. options];
    }

    private static Piece Gap(string name) => name switch
    {
        "a" => new(PieceKind.Article, "", 0, []),
        _ when name.StartsWith('@') => new(PieceKind.Rule, name, Lexicon.Number(name[1..]), []),
        _ => new(PieceKind.Slot, name, Slot.Number(name), []),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Id} {Source}");
}

/// <summary>The names of gaps, as small numbers.</summary>
internal static class Slot
{
    private static readonly Dictionary<string, int> Numbers = [];
    private static readonly Lock Gate = new();

    // Gaps that the pen fills from the subject come first, so that it can tell them by number.
    public static readonly int Subject = Number("S"), SubjectPossessive = Number("S's"), Full = Number("Full"), FullPossessive = Number("Full's"),
        Given = Number("Given"), GivenPossessive = Number("Given's"),
        He = Number("he"), Him = Number("him"), His = Number("his"), Himself = Number("himself"),
        Clause1 = Number("c1"), Clause2 = Number("c2"), Clause3 = Number("c3");

    public static readonly int LastDynamic = Clause3;

    public static readonly int Value = Number("V"), ValuePossessive = Number("V's"), ValuePlural = Number("Vs"), Wrong = Number("W");

    public const int Most = 128;

    public static int Number(string name)
    {
        lock (Gate)
        {
            if (!Numbers.TryGetValue(name, out int number))
            {
                number = Numbers.Count;
                if (number >= Most)
                {
                    throw new InvalidOperationException($"More than {Most} kinds of gap.");
                }
                Numbers.Add(name, number);
            }
            return number;
        }
    }
}
