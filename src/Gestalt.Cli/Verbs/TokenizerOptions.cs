using System.CommandLine;

namespace Gestalt.Cli.Verbs;

/// <summary>What the verbs around a tokenizer share.</summary>
internal static class TokenizerOptions
{
    /// <summary>Which tokenizer.</summary>
    public static Option<string> Tokenizer() => new("--tokenizer", "-t")
    {
        Description = "A tokenizer.json, a model file, tiktoken's ranks or a folder",
        HelpName = "FILE",
        DefaultValueFactory = _ => "tokenizer.json",
    };

    /// <summary>How text is cut, for files that do not say.</summary>
    public static Option<string?> Rule() => new("--rule") { Description = "How text is cut into words, for tiktoken's rank files: cl100k, gpt-4o, qwen2 ...", HelpName = "RULE" };

    /// <summary>The text in the arguments, or all of standard input when there are none or only <c>-</c>; bytes, since input may be anything.</summary>
    public static byte[] Input(string[] words)
    {
        if (words.Length > 0 && words is not ["-"]) return System.Text.Encoding.UTF8.GetBytes(string.Join(' ', words));
        using Stream input = Console.OpenStandardInput();
        using var all = new MemoryStream();
        input.CopyTo(all);
        return all.ToArray();
    }
}
