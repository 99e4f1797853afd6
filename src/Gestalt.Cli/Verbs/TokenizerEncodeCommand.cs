using System.CommandLine;
using System.Runtime.InteropServices;
using Gestalt.Cli.Files;
using Gestalt.Cli.Terminal;
using Gestalt.Text;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer encode</c>: text → ids.</summary>
internal static class TokenizerEncodeCommand
{
    public static Command Create()
    {
        var text = new Argument<string[]>("TEXT") { Description = "The text; standard input if there is none", Arity = ArgumentArity.ZeroOrMore };
        Option<string> tokenizer = TokenizerOptions.Tokenizer();
        var pieces = new Option<bool>("--pieces") { Description = "Show each token beside its id, a line each" };
        var specials = new Option<bool>("--specials") { Description = "Let the names of special tokens stand for them, and begin and end as the model's sequences do" };
        Option<string?> rule = TokenizerOptions.Rule();
        Option<bool> json = Json.Option();
        return new Verb(
            "encode",
            "Turn text into token ids",
            "Ids are printed with blanks between them. Whatever stands in the text, it never becomes a special token, unless --specials asks for it.",
            new Example("gestalt tokenizer encode \"Once upon a time\"", "with ./tokenizer.json"),
            new Example("gestalt tokenizer encode --pieces -t runs/first < page.txt", "a file, token by token, with a run's tokenizer"),
            new Example("gestalt tokenizer encode -t llama.gguf --specials \"<s>Hello\"", "with the vocabulary of any model"))
            .With(text, tokenizer, pieces, specials, rule, json)
            .Does(parse => Encode(
                TokenizerOptions.Input(parse.GetValue(text) ?? []),
                TokenizerSource.Load(parse.GetRequiredValue(tokenizer), parse.GetValue(rule)),
                parse.GetValue(specials), parse.GetValue(pieces), parse.GetValue(json)));
    }

    private static void Encode(byte[] text, Tokenizer tokenizer, bool specials, bool pieces, bool json)
    {
        var ids = new List<int>();
        if (specials)
        {
            int[] prefix = [.. tokenizer.Prefix.Select(token => token.Id)], suffix = [.. tokenizer.Suffix.Select(token => token.Id)];
            tokenizer.EncodeWithSpecials(text, [.. tokenizer.Special], ids);
            bool begins = ids.Take(prefix.Length).SequenceEqual(prefix), ends = ids.TakeLast(suffix.Length).SequenceEqual(suffix);
            ids.InsertRange(0, begins ? [] : prefix);
            ids.AddRange(ends ? [] : suffix);
        }
        else
        {
            tokenizer.Encode(text, ids);
        }
        if (json) Json.Write(new { Ids = ids, Pieces = ids.Select(id => Piece(tokenizer, id)), Tokens = ids.Count, Bytes = text.Length });
        else if (!pieces) Console.Out.WriteLine(string.Join(' ', ids));
        else foreach (int id in CollectionsMarshal.AsSpan(ids)) Console.Out.WriteLine($"{id,7}  {Piece(tokenizer, id)}");
    }

    /// <summary>A token in the form in which files carry it, so that blanks, line ends and half characters are visible.</summary>
    private static string Piece(Tokenizer tokenizer, int id) => ByteAlphabet.FromBytes(tokenizer.TokenBytes(id));
}
