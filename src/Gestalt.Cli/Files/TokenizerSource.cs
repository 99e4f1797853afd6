using Gestalt.Cli.Errors;
using Gestalt.Models;
using Gestalt.Text;
using Gestalt.Training;

namespace Gestalt.Cli.Files;

/// <summary>The tokenizer behind a name: a <c>tokenizer.json</c>, a model file, or the folder of a run.</summary>
internal static class TokenizerSource
{
    /// <summary>Reads it.</summary>
    /// <exception cref="UserError">There is none.</exception>
    public static Tokenizer Load(string path)
    {
        string file = Directory.Exists(path) ? new RunFolder(path).Tokenizer : path;
        if (!File.Exists(file))
            throw new UserError(ExitCode.Missing, $"there is no tokenizer '{file}'. Train one: gestalt tokenizer train TEXT --out '{file}'");
        return FileKinds.Of(file) switch
        {
            FileKind.Gguf => ModelFile.LoadTokenizer(file),
            _ => TokenizerJson.Load(file),
        };
    }
}
