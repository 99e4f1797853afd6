namespace Gestalt.Tasks.Tools;

/// <summary>
/// Search over pages. The result is a sentence a line with its page's number before it, <c>[42] Ada Oakshaw is a baker.</c>, by which the answer cites it. An index is made when it is first needed.
/// </summary>
/// <param name="index">Makes the index.</param>
public sealed class PageSearch(Func<PageIndex> index) : ITool
{
    /// <summary>The most sentences of a result: what is asked for is nearly always among them, and a small model's context has room for them.</summary>
    public const int MostSentences = 4;

    /// <summary>The longest sentence of a result, in characters; what is longer is cut, visibly.</summary>
    private const int MostCharacters = 200;

    private const int LongestQuery = 500;

    private readonly Lazy<PageIndex> _index = new(index);

    /// <summary>The name that models know.</summary>
    public const string ToolName = "search";

    /// <inheritdoc/>
    public string Name => ToolName;

    /// <inheritdoc/>
    public string Description => "Searches the pages for words and returns the sentences that fit best, each with the number of its page.";

    /// <inheritdoc/>
    public string Parameter => "query";

    /// <summary>The index that is searched.</summary>
    public PageIndex Index => _index.Value;

    /// <inheritdoc/>
    public string Answer(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (argument.Length > LongestQuery)
        {
            throw new ToolException($"The query has {argument.Length} characters; search for up to {LongestQuery}.");
        }

        IReadOnlyList<FoundSentence> found = Index.Search(argument, MostSentences);
        return found.Count > 0
            ? string.Join('\n', found.Select(one => FormattableString.Invariant($"[{one.Page.Number}] {Cut(one.Sentence)}")))
            : "Nothing was found.";
    }

    private static string Cut(string sentence) => sentence.Length <= MostCharacters ? sentence : sentence[..(char.IsHighSurrogate(sentence[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
}
