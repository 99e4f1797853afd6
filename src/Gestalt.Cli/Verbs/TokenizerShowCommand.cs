using System.CommandLine;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer show</c>: what is in a vocabulary.</summary>
internal static class TokenizerShowCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "A tokenizer.json, a model file or a run's folder", DefaultValueFactory = _ => "tokenizer.json" };
        var all = new Option<bool>("--all") { Description = "Print every token, a line each" };
        Option<bool> json = Json.Option();
        return new Verb(
            "show",
            "Describe a vocabulary",
            "",
            new Example("gestalt tokenizer show tokenizer.json", "its size, its rule, its longest tokens"),
            new Example("gestalt tokenizer show runs/first --all | grep water", "which tokens contain a word"))
            .With(path, all, json)
            .Does(parse => Show(parse.GetRequiredValue(path), parse.GetValue(all), parse.GetValue(json)));
    }

    private static void Show(string path, bool all, bool json)
    {
        Tokenizer tokenizer = TokenizerSource.Load(path);
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
                tokenizer.VocabularySize,
                Rule = tokenizer.PreTokenizer.Name,
                Special = tokenizer.Special.ToDictionary(token => token.Text, token => token.Id),
                MeanBytes = lengths.Average(),
                Longest = longest,
            });
            return;
        }
        Console.Out.WriteLine($"tokens     {tokenizer.VocabularySize:N0}");
        Console.Out.WriteLine($"words      cut as {tokenizer.PreTokenizer.Name} does");
        Console.Out.WriteLine($"special    {string.Join("  ", tokenizer.Special.Select(token => $"{token.Text} {token.Id}"))}");
        Console.Out.WriteLine($"length     {lengths.Average():0.0} bytes on average, {lengths.Max()} at most");
        Console.Out.WriteLine($"longest    {string.Join("  ", longest)}");
    }
}
