using System.Text;

namespace Gestalt.Text.Templates;

/// <summary>Joins pieces of text; each keeps its origin.</summary>
internal sealed class TracedBuilder
{
    private readonly StringBuilder _characters = new();
    private readonly List<int> _turns = [];

    public int Length => _characters.Length;

    private bool IsAuthored => (_turns.Count & 1) == 0;

    public TracedBuilder Append(string text, bool authored)
    {
        Turn(authored, text.Length);
        _characters.Append(text);
        return this;
    }

    public TracedBuilder Append(char character, bool authored)
    {
        Turn(authored, 1);
        _characters.Append(character);
        return this;
    }

    public TracedBuilder Append(TracedText text) => Append(text, 0, text.Length);

    public TracedBuilder Append(TracedText text, int start, int length)
    {
        ReadOnlySpan<int> turns = text.Turns;
        int at = start, end = start + length;
        bool authored = length > 0 && text.IsAuthoredAt(start);
        int turn = turns.BinarySearch(start);
        for (turn = turn >= 0 ? turn + 1 : ~turn; at < end; turn++)
        {
            int next = turn < turns.Length ? Math.Min(turns[turn], end) : end;
            Turn(authored, next - at);
            _characters.Append(text.Characters, at, next - at);
            (at, authored) = (next, !authored);
        }

        return this;
    }

    public TracedText ToText() => new(_characters.ToString(), [.. _turns]);

    private void Turn(bool authored, int length)
    {
        if (length == 0 || authored == IsAuthored)
        {
            return;
        }

        if (_turns.Count > 0 && _turns[^1] == _characters.Length)
        {
            _turns.RemoveAt(_turns.Count - 1);
        }
        else
        {
            _turns.Add(_characters.Length);
        }
    }
}
