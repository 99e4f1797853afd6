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
        Option<bool> json = Json.Option();
        return new Verb(
            "encode",
            "Turn text into token ids",
            "Ids are printed with blanks between them. Whatever stands in the text, it never becomes a special token.",
            new Example("gestalt tokenizer encode \"Once upon a time\"", "with ./tokenizer.json"),
            new Example("gestalt tokenizer encode --pieces -t runs/first < page.txt", "a file, token by token, with a run's tokenizer"))
            .With(text, tokenizer, pieces, json)
            .Does(parse => Encode(TokenizerOptions.Input(parse.GetValue(text) ?? []), parse.GetRequiredValue(tokenizer), parse.GetValue(pieces), parse.GetValue(json)));
    }

    private static void Encode(byte[] text, string tokenizerPath, bool pieces, bool json)
    {
        Tokenizer tokenizer = TokenizerSource.Load(tokenizerPath);
        var ids = new List<int>();
        tokenizer.Encode(text, ids);
        if (json) Json.Write(new { Ids = ids, Pieces = ids.Select(id => Piece(tokenizer, id)), Tokens = ids.Count, Bytes = text.Length });
        else if (!pieces) Console.Out.WriteLine(string.Join(' ', ids));
        else foreach (int id in CollectionsMarshal.AsSpan(ids)) Console.Out.WriteLine($"{id,7}  {Piece(tokenizer, id)}");
    }

    /// <summary>A token in the form in which files carry it, so that blanks, line ends and half characters are visible.</summary>
    private static string Piece(Tokenizer tokenizer, int id) => ByteAlphabet.FromBytes(tokenizer.TokenBytes(id));
}
