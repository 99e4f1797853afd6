namespace Gestalt.Inference;

/// <summary>
/// Tells what a model thinks from what it says as the text comes, wherever its pieces break. Only thinking at the beginning of an answer is told apart: a mark later on is text. White space next to the
/// marks belongs to neither.
/// </summary>
/// <param name="marks">What surrounds thinking; null for a model that does not think.</param>
public sealed class ThinkingReader(Thinking? marks)
{
    private string _held = "";
    private Place _place = marks is null ? Place.Answer : marks.HasBegun ? Place.ThoughtStart : Place.Start;

    private enum Place
    {
        Start,
        ThoughtStart,
        Thought,
        AnswerStart,
        Answer,
    }

    /// <summary>Whether the answer is in its thinking, as far as the text shows.</summary>
    public bool IsThinking => _place is Place.ThoughtStart or Place.Thought;

    /// <summary>Takes the next piece and returns what is certain.</summary>
    /// <param name="piece">Text as it comes.</param>
    public IReadOnlyList<AnswerPart> Push(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        var parts = new List<AnswerPart>();
        _held += piece;
        while (Step(parts))
        {
        }
        return parts;
    }

    /// <summary>Ends the answer and returns what was held back.</summary>
    public IReadOnlyList<AnswerPart> Flush()
    {
        string rest = _place == Place.Thought ? _held.TrimEnd() : _place is Place.ThoughtStart or Place.AnswerStart ? "" : _held;
        bool isThought = IsThinking;
        (_held, _place) = ("", marks is null ? Place.Answer : marks.HasBegun ? Place.ThoughtStart : Place.Start);
        return rest.Length > 0 ? [new AnswerPart(rest, isThought)] : [];
    }

    /// <summary>Goes on by a step; false if that takes more text.</summary>
    private bool Step(List<AnswerPart> parts) => _place switch
    {
        Place.Start => Decide(),
        Place.ThoughtStart => SkipBlanks(Place.Thought),
        Place.Thought => Think(parts),
        Place.AnswerStart => SkipBlanks(Place.Answer),
        _ => Say(parts),
    };

    private bool Decide()
    {
        string start = _held.TrimStart();
        if (start.StartsWith(marks!.Open, StringComparison.Ordinal))
            (_held, _place) = (start[marks.Open.Length..], Place.ThoughtStart);
        else if (marks.Open.StartsWith(start, StringComparison.Ordinal))
            return false;
        else
            _place = Place.Answer;
        return true;
    }

    private bool SkipBlanks(Place next)
    {
        _held = _held.TrimStart();
        if (_held.Length == 0)
            return false;
        _place = next;
        return true;
    }

    private bool Think(List<AnswerPart> parts)
    {
        int end = _held.IndexOf(marks!.Close, StringComparison.Ordinal);
        // Of what is left, blanks may stand before the mark, and the mark may have begun.
        int certain = end >= 0 ? end : _held.Length - Beginning();
        string thought = _held[..certain].TrimEnd();
        if (thought.Length > 0)
            parts.Add(new AnswerPart(thought, true));
        if (end < 0)
        {
            _held = _held[thought.Length..];
            return false;
        }
        (_held, _place) = (_held[(end + marks.Close.Length)..], Place.AnswerStart);
        return true;
    }

    private bool Say(List<AnswerPart> parts)
    {
        if (_held.Length > 0)
            parts.Add(new AnswerPart(_held, false));
        _held = "";
        return false;
    }

    /// <summary>How many of the last characters may be the beginning of the mark behind.</summary>
    private int Beginning()
    {
        int length = Math.Min(_held.Length, marks!.Close.Length - 1);
        while (length > 0 && !_held.EndsWith(marks.Close[..length], StringComparison.Ordinal))
            length--;
        return length;
    }
}
