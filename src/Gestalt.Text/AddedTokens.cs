using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gestalt.Text;

/// <summary>
/// Finds added tokens (special or user-defined) in text: the leftmost, and of those that start at the same byte the longest.
/// </summary>
internal sealed class AddedTokens
{
    private readonly TokenTrie _trie = new();
    private readonly AddedToken[] _tokens;
    private readonly SearchValues<byte> _starts;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens.Where(token => !token.Text.IsEmpty)];
        for (int i = 0; i < _tokens.Length; i++)
        {
            _trie.Add(_tokens[i].Text.Span, i);
        }

        _starts = SearchValues.Create([.. _tokens.Select(token => token.Text.Span[0]).Distinct()]);
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _tokens.Length == 0;

    /// <summary>Finds the first token in <paramref name="utf8"/> that <paramref name="wanted"/> accepts.</summary>
    /// <returns>Where it starts, its length in bytes (with white space that it takes) and its id; a length of 0 when there is none.</returns>
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
            if (LongestAt(utf8, at, wanted) is AddedToken token)
            {
                int start = token.TakesBlanksBefore ? StartOfBlanks(utf8, at) : at;
                int end = at + token.Text.Length;
                end = token.TakesBlanksAfter ? EndOfBlanks(utf8, end) : end;
                return (start, end - start, token.Id);
            }
        }

        return (utf8.Length, 0, TokenTrie.None);
    }

    private AddedToken? LongestAt(ReadOnlySpan<byte> utf8, int start, Predicate<int> wanted)
    {
        AddedToken? found = null;
        int node = TokenTrie.Root;
        for (int i = start; i < utf8.Length; i++)
        {
            node = _trie.Next(node, utf8[i]);
            if (node == TokenTrie.None)
            {
                break;
            }

            if (_trie[node] != TokenTrie.None && _tokens[_trie[node]] is var token && wanted(token.Id) && !(token.StandsAlone && IsWithinWord(utf8, start, i + 1)))
            {
                found = token;
            }
        }

        return found;
    }

    private static int StartOfBlanks(ReadOnlySpan<byte> utf8, int at)
    {
        while (Rune.DecodeLastFromUtf8(utf8[..at], out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            at -= length;
        }

        return at;
    }

    private static int EndOfBlanks(ReadOnlySpan<byte> utf8, int at)
    {
        while (Rune.DecodeFromUtf8(utf8[at..], out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            at += length;
        }

        return at;
    }

    private static bool IsWithinWord(ReadOnlySpan<byte> utf8, int start, int end) =>
        (Rune.DecodeLastFromUtf8(utf8[..start], out Rune before, out _) == OperationStatus.Done && IsOfWord(before))
        || (Rune.DecodeFromUtf8(utf8[end..], out Rune after, out _) == OperationStatus.Done && IsOfWord(after));

    private static bool IsOfWord(Rune rune) => CharacterSet.Word.Contains(rune.Value, CharUnicodeInfo.GetUnicodeCategory(rune.Value));
}
