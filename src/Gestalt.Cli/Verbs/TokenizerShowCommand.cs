using System.CommandLine;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer show</c>: what is in a vocabulary.</summary>
internal static class TokenizerShowCommand
{
    private const int MostShown = 20;
    private const int MostCharacters = 40;

    private static readonly Dictionary<TokenizerKind, string> Kinds = new()
    {
        [TokenizerKind.ByteLevelBpe] = "byte-level BPE",
        [TokenizerKind.SentencePieceBpe] = "BPE of characters (SentencePiece)",
        [TokenizerKind.Unigram] = "unigram (SentencePiece)",
        [TokenizerKind.WordPiece] = "WordPiece",
    };

    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "A tokenizer.json, a model file, tiktoken's ranks or a folder", DefaultValueFactory = _ => "tokenizer.json" };
        var all = new Option<bool>("--all") { Description = "Print every token, a line each" };
        Option<string?> rule = TokenizerOptions.Rule();
        Option<bool> json = Json.Option();
        return new Verb(
            "show",
            "Describe a vocabulary",
            "",
            new Example("gestalt tokenizer show tokenizer.json", "its size, its rule, its longest tokens"),
            new Example("gestalt tokenizer show runs/first --all | grep water", "which tokens contain a word"))
            .With(path, all, rule, json)
            .Does(parse => Show(TokenizerSource.Load(parse.GetRequiredValue(path), parse.GetValue(rule)), parse.GetValue(all), parse.GetValue(json)));
    }

    private static void Show(Tokenizer tokenizer, bool all, bool json)
    {
        string[] tokens = tokenizer.Tokens();
        if (all)
        {
            for (int id = 0; id < tokens.Length; id++) Console.Out.WriteLine($"{id,7}  {tokens[id]}");
            return;
        }

        string[] longest = [.. Enumerable.Range(0, tokens.Length)
            .Where(id => tokenizer.KindOf(id) == TokenKind.Normal)
            .OrderByDescending(id => tokenizer.TokenBytes(id).Length).ThenBy(id => id).Take(12).Select(id => tokens[id])];
        int[] lengths = [.. Enumerable.Range(0, tokens.Length).Select(id => tokenizer.TokenBytes(id).Length)];
        if (json)
        {
            Json.Write(new
            {
                Kind = tokenizer.Kind.ToString(),
                tokenizer.VocabularySize,
                Rule = tokenizer.PreTokenizer.Name,
                Special = tokenizer.Special.DistinctBy(token => token.Text).ToDictionary(token => token.Text, token => token.Id),
                Prefix = tokenizer.Prefix.Select(token => token.Id),
                Suffix = tokenizer.Suffix.Select(token => token.Id),
                tokenizer.Special.Stops,
                MeanBytes = lengths.Average(),
                Longest = longest,
            });
            return;
        }
        Console.Out.WriteLine($"kind       {Kinds[tokenizer.Kind]}");
        Console.Out.WriteLine($"tokens     {tokenizer.VocabularySize:N0}");
        Console.Out.WriteLine($"words      cut as {tokenizer.PreTokenizer.Name} does");
        Console.Out.WriteLine($"special    {Names(tokenizer.Special.Take(MostShown))}{(tokenizer.Special.Count > MostShown ? $"  and {tokenizer.Special.Count - MostShown:N0} more (--all)" : "")}");
        Console.Out.WriteLine($"sequences  {Names(tokenizer.Prefix)}{(tokenizer.AddsStart ? "  " : "")}text{(tokenizer.AddsEnd ? "  " : "")}{Names(tokenizer.Suffix)}");
        if (tokenizer.Special.Stops.Count > 0)
            Console.Out.WriteLine($"ends with  {string.Join("  ", tokenizer.Special.Stops.Select(id => $"{System.Text.Encoding.UTF8.GetString(tokenizer.TokenBytes(id))} {id}"))}");
        Console.Out.WriteLine($"length     {lengths.Average():0.0} bytes on average, {lengths.Max()} at most");
        Console.Out.WriteLine($"longest    {string.Join("  ", longest.Select(token => token.Length <= MostCharacters ? token : token[..MostCharacters] + "…"))}");
    }

    private static string Names(IEnumerable<SpecialToken> tokens) => string.Join("  ", tokens.Select(token => $"{token.Text} {token.Id}"));
}
