using System.CommandLine;
using System.Globalization;
using System.Text;
using Gestalt.Cli.Errors;
using Gestalt.Cli.Files;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer decode</c>: ids → text.</summary>
internal static class TokenizerDecodeCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "Token ids; standard input if there are none", Arity = ArgumentArity.ZeroOrMore };
        Option<string> tokenizer = TokenizerOptions.Tokenizer();
        Option<string?> rule = TokenizerOptions.Rule();
        return new Verb(
            "decode",
            "Turn token ids back into text",
            "The bytes come out exactly as they went into 'encode', nothing added.",
            new Example("gestalt tokenizer decode 12 345 678", "with ./tokenizer.json"),
            new Example("gestalt tokenizer encode < a | gestalt tokenizer decode | cmp - a", "the same bytes again"))
            .With(ids, tokenizer, rule)
            .Does(parse => Decode(parse.GetValue(ids) ?? [], parse.GetRequiredValue(tokenizer), parse.GetValue(rule)));
    }

    private static void Decode(string[] words, string tokenizerPath, string? rule)
    {
        Tokenizer tokenizer = TokenizerSource.Load(tokenizerPath, rule);
        string text = Encoding.UTF8.GetString(TokenizerOptions.Input(words));
        var ids = new List<int>();
        foreach (string word in text.Split((char[])[' ', '\n', '\r', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw new UserError(ExitCode.BadInput, $"'{word}' is not a token id. Ids are whole numbers, with blanks or commas between them.");
            if (id >= tokenizer.VocabularySize)
                throw new UserError(ExitCode.BadInput, $"there is no token {id}: the ids of {tokenizerPath} go from 0 to {tokenizer.VocabularySize - 1}. Is it the tokenizer they were made with?");
            ids.Add(id);
        }
        using Stream output = Console.OpenStandardOutput();
        output.Write(tokenizer.Decode(ids));
    }
}
