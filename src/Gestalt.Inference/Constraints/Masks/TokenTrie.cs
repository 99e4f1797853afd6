namespace Gestalt.Inference.Constraints;

/// <summary>A token's bytes, or the last part of them.</summary>
internal readonly record struct TokenText(ReadOnlyMemory<byte> Bytes, int Id);

/// <summary>
/// Tokens by their bytes as a tree, laid out in the order of a walk from the top down: a node's children follow it, and where its bytes are not allowed the walk jumps over all
/// that begins with them.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _bytes;
    private readonly int[] _depths;
    private readonly int[] _ends;
    private readonly int[] _tokenStarts;
    private readonly int[] _tokens;

    /// <summary>The tree of some tokens, each of at least one byte.</summary>
    public TokenTrie(List<TokenText> tokens)
    {
        tokens.Sort(static (a, b) => a.Bytes.Span.SequenceCompareTo(b.Bytes.Span) is int order && order != 0 ? order : a.Id.CompareTo(b.Id));
        var bytes = new List<byte>();
        var depths = new List<int>();
        var starts = new List<int>();
        var path = new List<int>(); // the nodes of the token before
        var ends = new List<int>();
        _tokens = [.. tokens.Select(token => token.Id)];
        ReadOnlySpan<byte> before = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            ReadOnlySpan<byte> text = tokens[i].Bytes.Span;
            int shared = before.CommonPrefixLength(text);
            Close(shared);
            for (int depth = shared; depth < text.Length; depth++)
            {
                path.Add(bytes.Count);
                bytes.Add(text[depth]);
                depths.Add(depth + 1);
                ends.Add(0);
                starts.Add(depth == text.Length - 1 ? i : -1);
            }
            before = text;
        }
        Close(0);
        (_bytes, _depths, _ends) = ([.. bytes], [.. depths], [.. ends]);
        Depth = depths.Count == 0 ? 0 : depths.Max();
        // A node without a token of its own has an empty stretch, where the next one's begins.
        _tokenStarts = new int[starts.Count + 1];
        _tokenStarts[^1] = tokens.Count;
        for (int node = starts.Count - 1; node >= 0; node--)
            _tokenStarts[node] = starts[node] >= 0 ? starts[node] : _tokenStarts[node + 1];

        void Close(int depth)
        {
            for (int i = depth; i < path.Count; i++)
                ends[path[i]] = bytes.Count;
            path.RemoveRange(depth, path.Count - depth);
        }
    }

    /// <summary>The number of nodes; the empty text has none.</summary>
    public int Count => _bytes.Length;

    /// <summary>The length of the longest token.</summary>
    public int Depth { get; }

    /// <summary>The last byte of a node's text.</summary>
    public byte ByteOf(int node) => _bytes[node];

    /// <summary>The length of a node's text.</summary>
    public int DepthOf(int node) => _depths[node];

    /// <summary>Behind the last node whose text begins with this node's.</summary>
    public int EndOf(int node) => _ends[node];

    /// <summary>The tokens with exactly a node's text.</summary>
    public ReadOnlySpan<int> TokensOf(int node) => _tokens.AsSpan(_tokenStarts[node].._tokenStarts[node + 1]);

    /// <summary>The tokens whose text begins with a node's.</summary>
    public ReadOnlySpan<int> TokensFrom(int node) => _tokens.AsSpan(_tokenStarts[node].._tokenStarts[_ends[node]]);
}
