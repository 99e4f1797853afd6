using System.Text;
using System.Text.Json;

namespace Gestalt.Store;

/// <summary>What <see cref="IStore.ListAsync"/> searches: both stores fold text and cut a search into words here, so that both find the same.</summary>
internal static class SearchText
{
    private const char Between = '\n';

    /// <summary>The words of a search, folded; none if it is null or blank.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="StoreLimits.SearchWords"/>.</exception>
    public static string[] Words(string? search)
    {
        string[] words = search is null ? [] : [.. Fold(search).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct()];
        return words.Length <= StoreLimits.SearchWords ? words : throw new ArgumentException($"A search has at most {StoreLimits.SearchWords} words, this one {words.Length}.", nameof(search));
    }

    /// <summary>The strings of a document, folded, a line each. Names of properties are not among them.</summary>
    public static string Of(ReadOnlySpan<byte> json)
    {
        var text = new StringBuilder();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = StoreLimits.Depth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String)
                text.Append(reader.GetString()).Append(Between);
        }
        return Fold(text.ToString());
    }

    /// <summary>Whether all words occur in a text that is not folded yet.</summary>
    public static bool Matches(string text, string[] words) => Hold(Fold(text), words);

    /// <summary>Whether all words occur in the strings of a document.</summary>
    public static bool MatchesDocument(string json, string[] words) => words.Length == 0 || Hold(Of(Encoding.UTF8.GetBytes(json)), words);

    private static bool Hold(string folded, string[] words) => Array.TrueForAll(words, word => folded.Contains(word, StringComparison.Ordinal));

    /// <summary>Large letters, since more small letters than large ones have two forms; and no NUL, which PostgreSQL does not keep.</summary>
    private static string Fold(string text) => text.ToUpperInvariant().Replace('\0', ' ');
}
