namespace Gestalt.Text;

/// <summary>Texts with the numbers that stand for them, found by walking along their bytes. One dictionary for all nodes.</summary>
internal sealed class TokenTrie
{
    /// <summary>The node at which every walk begins.</summary>
    public const int Root = 0;

    /// <summary>No node, or no value.</summary>
    public const int None = -1;

    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _values = [None];

    /// <summary>Whether it holds no text but perhaps the empty one.</summary>
    public bool IsEmpty => _values.Count == 1;

    /// <summary>The value of the text that ends at a node; <see cref="None"/> when none does.</summary>
    public int this[int node] => _values[node];

    /// <summary>The node to which a byte leads; <see cref="None"/> when no text goes on with it.</summary>
    public int Next(int node, byte value) => _children.TryGetValue((long)node << 8 | value, out int child) ? child : None;

    /// <summary>Adds a text; the first value of a text stays.</summary>
    public void Add(ReadOnlySpan<byte> text, int value)
    {
        int node = Root;
        foreach (byte letter in text)
        {
            long edge = (long)node << 8 | letter;
            if (!_children.TryGetValue(edge, out int child))
            {
                child = _values.Count;
                _values.Add(None);
                _children.Add(edge, child);
            }

            node = child;
        }

        if (_values[node] == None)
        {
            _values[node] = value;
        }
    }

    /// <summary>The longest text with which <paramref name="text"/> begins: its length and its value; length 0 when there is none.</summary>
    public (int Length, int Value) Longest(ReadOnlySpan<byte> text)
    {
        (int Length, int Value) found = (0, None);
        int node = Root;
        for (int i = 0; i < text.Length; i++)
        {
            node = Next(node, text[i]);
            if (node == None)
            {
                break;
            }

            if (_values[node] != None)
            {
                found = (i + 1, _values[node]);
            }
        }

        return found;
    }
}
