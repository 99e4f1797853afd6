using Gestalt.Kernels;

namespace Gestalt.Models;

/// <summary>
/// What sequences have begun with, a page of tokens per node, so that equal beginnings are one path (RadixAttention: Zheng et al., arXiv 2312.07104). A node
/// holds its pages like a sequence does. Where a sequence leaves a path in the middle of a page, it takes part in that page up to there and parts with a copy.
/// </summary>
internal sealed unsafe class PrefixTree(PagedCache cache)
{
    private const int PageTokens = PagedShape.TokensPerPage;

    // Forgetting looks at all ends of paths, so it frees at least this share of the memory at once.
    private const int EvictedShare = 32;

    private readonly Node _root = new(null, [], []);
    private readonly List<Node> _leaves = [];
    private long _clock;

    /// <summary>Lets a new sequence take part in what is known of its tokens.</summary>
    public void Find(ReadOnlySpan<int> tokens, CachedSequence sequence)
    {
        Node node = _root;
        _clock++;
        while (tokens.Length > 0)
        {
            (Node? best, int common) = node.Closest(tokens);
            if (best is null)
            {
                return;
            }

            best.LastUsed = _clock;
            sequence.Adopt(best.Pages, common);
            if (common < PageTokens)
            {
                return;
            }

            tokens = tokens[PageTokens..];
            node = best;
        }
    }

    /// <summary>Adds a sequence's path. Pages that layers with a window have already left end what can be added.</summary>
    public void Add(ReadOnlySpan<int> tokens, CachedSequence sequence)
    {
        Node node = _root;
        _clock++;
        for (int page = 0; tokens.Length > 0; page++)
        {
            int count = Math.Min(PageTokens, tokens.Length);
            (Node? best, int common) = node.Closest(tokens[..count]);
            if (best is null || common < count)
            {
                if (HasLeft(sequence, page))
                {
                    return;
                }

                best = Attach(node, tokens[..count], sequence, page);
            }

            best.LastUsed = _clock;
            tokens = tokens[count..];
            node = best;
        }
    }

    /// <summary>Forgets the ends of paths that were used least recently until so many pages are free, or nothing is left to forget.</summary>
    public void Evict(int pages)
    {
        int goal = Math.Max(pages, cache.Pool.Count / EvictedShare);
        while (cache.Pool.FreeCount < goal)
        {
            _leaves.Clear();
            Collect(_root);
            if (_leaves.Count == 0)
            {
                return;
            }

            _leaves.Sort(static (a, b) => a.LastUsed.CompareTo(b.LastUsed));
            foreach (Node leaf in _leaves)
            {
                Remove(leaf);
                if (cache.Pool.FreeCount >= goal)
                {
                    break;
                }
            }
        }

        _leaves.Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Release(_root);
        _root.Children.Clear();
    }

    private bool HasLeft(CachedSequence sequence, int page)
    {
        for (int layer = 0; layer < cache.Layers; layer++)
        {
            if (page < sequence.LivesFrom(layer))
            {
                return true;
            }
        }

        return false;
    }

    private Node Attach(Node parent, ReadOnlySpan<int> tokens, CachedSequence sequence, int page)
    {
        var pages = new nint[cache.Layers];
        for (int layer = 0; layer < pages.Length; layer++)
        {
            byte* address = sequence.Table(layer)[page];
            cache.Pool.Hold(address);
            pages[layer] = (nint)address;
        }

        // A shorter page that the new one begins with says nothing more.
        for (int i = parent.Children.Count - 1; i >= 0; i--)
        {
            Node other = parent.Children[i];
            if (other.Tokens.Length < PageTokens && tokens.StartsWith(other.Tokens))
            {
                Remove(other);
            }
        }

        var node = new Node(parent, tokens.ToArray(), pages);
        parent.Children.Add(node);
        return node;
    }

    private void Collect(Node node)
    {
        foreach (Node child in node.Children)
        {
            if (child.Children.Count == 0)
            {
                _leaves.Add(child);
            }
            else
            {
                Collect(child);
            }
        }
    }

    private void Remove(Node leaf)
    {
        leaf.Parent!.Children.Remove(leaf);
        ReleasePages(leaf);
    }

    private void Release(Node node)
    {
        foreach (Node child in node.Children)
        {
            Release(child);
            ReleasePages(child);
        }
    }

    private void ReleasePages(Node node)
    {
        foreach (nint page in node.Pages)
        {
            cache.Pool.Release((byte*)page);
        }
    }

    /// <summary>Up to a page of tokens after those of its parent.</summary>
    private sealed class Node(Node? parent, int[] tokens, nint[] pages)
    {
        public Node? Parent => parent;

        public int[] Tokens => tokens;

        /// <summary>One page for each layer.</summary>
        public nint[] Pages => pages;

        public List<Node> Children { get; } = [];

        public long LastUsed { get; set; }

        /// <summary>The child that has most of its first tokens in common with these, and how many.</summary>
        public (Node? Child, int Common) Closest(ReadOnlySpan<int> wanted)
        {
            (Node? best, int common) = (null, 0);
            foreach (Node child in Children)
            {
                int length = wanted.CommonPrefixLength(child.Tokens);
                if (length > common)
                {
                    (best, common) = (child, length);
                }
            }

            return (best, common);
        }
    }
}
