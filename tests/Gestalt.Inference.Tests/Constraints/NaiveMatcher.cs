using System.Collections.Immutable;
using System.Text;
using Gestalt.Inference.Constraints;

namespace Gestalt.Inference.Tests.Constraints;

/// <summary>
/// The plainest reader of a grammar, against which the automaton is held: all ways to go on are lists of expressions still to come, taken apart one byte at a time. It shares nothing with the
/// automaton but the parsed grammar.
/// </summary>
internal sealed class NaiveMatcher
{
    private readonly Grammar _grammar;
    private readonly Dictionary<(object Head, string Begun, Rest? Tail), Rest> _known = [];

    public NaiveMatcher(Grammar grammar)
    {
        _grammar = grammar;
        Ways = Expand([Push(new Call(0), "", null)]);
    }

    private NaiveMatcher(NaiveMatcher other, ImmutableHashSet<Rest?> ways)
    {
        (_grammar, _known) = (other._grammar, other._known);
        Ways = Expand(ways);
    }

    private ImmutableHashSet<Rest?> Ways { get; }

    public bool IsComplete => Ways.Contains(null);

    public bool IsDead => Ways.IsEmpty;

    /// <summary>What is still to come: an expression, the bytes of its character read so far (as Latin-1), and the rest behind it; null is the end. Equal ones are the same object.</summary>
    private sealed class Rest(Expression head, string begun, Rest? tail)
    {
        public Expression Head => head;

        public string Begun => begun;

        public Rest? Tail => tail;
    }

    public NaiveMatcher Read(byte value)
    {
        ImmutableHashSet<Rest?>.Builder next = ImmutableHashSet.CreateBuilder<Rest?>();
        foreach (Rest rest in Ways.OfType<Rest>())
        {
            if (rest.Head is Literal literal && literal.Bytes[rest.Begun.Length] == value)
                next.Add(rest.Begun.Length + 1 == literal.Bytes.Length ? rest.Tail : Push(literal, rest.Begun + (char)value, rest.Tail));
            if (rest.Head is Characters characters && CanBegin(characters.Set, rest.Begun + (char)value, out bool isWhole))
                next.Add(isWhole ? rest.Tail : Push(characters, rest.Begun + (char)value, rest.Tail));
        }
        return new NaiveMatcher(this, next.ToImmutable());
    }

    public NaiveMatcher Read(ReadOnlySpan<byte> text)
    {
        NaiveMatcher matcher = this;
        foreach (byte value in text)
        {
            if (matcher.IsDead)
                break;
            matcher = matcher.Read(value);
        }
        return matcher;
    }

    private Rest Push(Expression head, string begun, Rest? tail)
    {
        object identity = head is Repeat repeat ? (repeat.Body, repeat.Least, repeat.Most) : head;
        return _known.TryGetValue((identity, begun, tail), out Rest? rest) ? rest : _known[(identity, begun, tail)] = new Rest(head, begun, tail);
    }

    // Takes everything apart that is no text or character, so that each way begins with a byte or is the end.
    private ImmutableHashSet<Rest?> Expand(ImmutableHashSet<Rest?> ways)
    {
        var expanded = ImmutableHashSet.CreateBuilder<Rest?>();
        var seen = new HashSet<Rest>();
        var waiting = new Stack<Rest?>(ways);
        while (waiting.TryPop(out Rest? rest))
        {
            if (rest is null || rest.Head is Characters or Literal { Bytes.Length: > 0 })
                expanded.Add(rest);
            else if (seen.Add(rest))
                TakeApart(rest).ForEach(waiting.Push);
        }
        return expanded.ToImmutable();
    }

    private List<Rest?> TakeApart(Rest rest) => rest.Head switch
    {
        Literal => [rest.Tail],
        Sequence sequence => [sequence.Parts.Reverse().Aggregate(rest.Tail, (tail, part) => Push(part, "", tail))],
        Choice choice => [.. choice.Options.Select(option => Push(option, "", rest.Tail))],
        Call call => [Push(_grammar[call.Rule], "", rest.Tail)],
        Repeat repeat => TakeApart(repeat, rest.Tail),
        _ => throw new NotSupportedException(rest.Head.GetType().Name),
    };

    private List<Rest?> TakeApart(Repeat repeat, Rest? tail)
    {
        var ways = new List<Rest?>();
        if (repeat.Least == 0)
            ways.Add(tail);
        if (repeat.Most != 0)
            ways.Add(Push(repeat.Body, "", Push(new Repeat(repeat.Body, Math.Max(0, repeat.Least - 1), repeat.Most - 1), "", tail)));
        return ways;
    }

    // Whether some character of a set begins with these bytes: those that do are a range.
    private static bool CanBegin(CodePointSet set, string bytes, out bool isWhole)
    {
        int lead = bytes[0];
        int length = lead < 0x80 ? 1 : lead is >= 0xC2 and < 0xE0 ? 2 : lead is >= 0xE0 and < 0xF0 ? 3 : lead is >= 0xF0 and < 0xF5 ? 4 : 0;
        isWhole = length == bytes.Length;
        if (length == 0 || bytes.Skip(1).Any(value => value is < (char)0x80 or > (char)0xBF))
            return false;
        int first = length == 1 ? lead : lead & (0xFF >> (length + 1)), last = first;
        for (int i = 1; i < length; i++)
        {
            first = (first << 6) | (i < bytes.Length ? bytes[i] & 0x3F : 0);
            last = (last << 6) | (i < bytes.Length ? bytes[i] & 0x3F : 0x3F);
        }
        first = Math.Max(first, length switch { 2 => 0x80, 3 => 0x800, 4 => 0x10000, _ => 0 });
        return first <= last && set.Ranges.Any(range => range.First <= last && range.Last >= first);
    }

    public override string ToString() => $"{Ways.Count} ways, {(IsComplete ? "complete" : "incomplete")}";
}
