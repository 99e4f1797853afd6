using System.CommandLine;

namespace Gestalt.Cli.Verbs;

/// <summary><c>gestalt tokenizer</c>: from text to a vocabulary, and from text to ids and back.</summary>
internal static class TokenizerCommand
{
    public static Command Create() => new Verb(
        "tokenizer",
        "Train a vocabulary, and see text as a model sees it",
        "A tokenizer cuts text into tokens, the units a model reads and writes: byte-level BPE, lossless for any bytes. The file is Hugging Face's tokenizer.json.",
        new Example("gestalt tokenizer train books/ --vocabulary 8192 --out tokenizer.json", "learn 8,192 tokens from a folder of text"),
        new Example("gestalt tokenizer encode \"Once upon a time\" --tokenizer tokenizer.json", "text to ids"),
        new Example("gestalt tokenizer show runs/first/model.gguf", "what is in a model's vocabulary"))
        .With(TokenizerTrainCommand.Create(), TokenizerEncodeCommand.Create(), TokenizerDecodeCommand.Create(), TokenizerShowCommand.Create());
}
