using System.Buffers;

namespace Gestalt.Text;

/// <summary>
/// Finds added tokens (special or user-defined) in text: the leftmost, and of those that start at the same byte the longest. A trie in one dictionary.
/// </summary>
internal sealed class AddedTokens
{
    private const int NoToken = -1;

    private readonly Dictionary<(int Node, byte Value), int> _children = [];
    private readonly List<int> _tokens = [NoToken];
    private readonly SearchValues<byte> _starts;

    public AddedTokens(IEnumerable<(int Id, ReadOnlyMemory<byte> Bytes)> tokens)
    {
        var starts = new HashSet<byte>();
        foreach ((int id, ReadOnlyMemory<byte> bytes) in tokens)
        {
            if (!bytes.IsEmpty)
            {
                starts.Add(bytes.Span[0]);
                Insert(id, bytes.Span);
            }
        }

        _starts = SearchValues.Create([.. starts]);
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _tokens.Count == 1;

    /// <summary>Finds the first token in <paramref name="utf8"/> that <paramref name="wanted"/> accepts.</summary>
    /// <returns>Where it starts, its length in bytes and its id; a length of 0 when there is none.</returns>
    public (int Start, int Length, int Id) Find(ReadOnlySpan<byte> utf8, Predicate<int> wanted)
    {
        for (int at = 0; at < utf8.Length; at++)
        {
            int skip = utf8[at..].IndexOfAny(_starts);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            (int length, int id) = LongestAt(utf8[at..], wanted);
            if (length > 0)
            {
                return (at, length, id);
            }
        }

        return (utf8.Length, 0, NoToken);
    }

    private (int Length, int Id) LongestAt(ReadOnlySpan<byte> utf8, Predicate<int> wanted)
    {
        (int Length, int Id) found = (0, NoToken);
        int node = 0;
        for (int i = 0; i < utf8.Length && _children.TryGetValue((node, utf8[i]), out node); i++)
        {
            if (_tokens[node] != NoToken && wanted(_tokens[node]))
            {
                found = (i + 1, _tokens[node]);
            }
        }

        return found;
    }

    private void Insert(int id, ReadOnlySpan<byte> bytes)
    {
        int node = 0;
        foreach (byte value in bytes)
        {
            if (!_children.TryGetValue((node, value), out int child))
            {
                child = _tokens.Count;
                _tokens.Add(NoToken);
                _children.Add((node, value), child);
            }

            node = child;
        }

        if (_tokens[node] == NoToken)
        {
            _tokens[node] = id;
        }
    }
}
