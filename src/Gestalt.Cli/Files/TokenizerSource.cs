using Gestalt.Cli.Errors;
using Gestalt.Models;
using Gestalt.Text;
using Gestalt.Training;

namespace Gestalt.Cli.Files;

/// <summary>The tokenizer behind a name: a <c>tokenizer.json</c>, a model file, a rank file of tiktoken, or the folder of a run or a model.</summary>
internal static class TokenizerSource
{
    // Rank files do not say how text is cut into words; those that are published are known by their names.
    private static readonly (string Name, PreTokenizer Rule)[] RankFiles =
    [
        ("o200k", PreTokenizer.Gpt4o), ("cl100k", PreTokenizer.Cl100k), ("p50k", PreTokenizer.Gpt2), ("r50k", PreTokenizer.Gpt2), ("gpt2", PreTokenizer.Gpt2),
        ("qwen", PreTokenizer.Qwen2), ("tekken", PreTokenizer.Tekken), ("kimi", PreTokenizer.KimiK2), ("tokenizer.model", PreTokenizer.Cl100k),
    ];

    /// <summary>Reads it.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="rule">How text is cut into words, for a rank file; null to know it by the file's name.</param>
    /// <exception cref="UserError">There is none, or it cannot be read.</exception>
    public static Tokenizer Load(string path, string? rule = null)
    {
        string file = Directory.Exists(path) ? new RunFolder(path).Tokenizer : path;
        if (!File.Exists(file))
            throw new UserError(ExitCode.Missing, $"there is no tokenizer '{file}'. Train one: gestalt tokenizer train TEXT --out '{file}'");
        return FileKinds.Of(file) switch
        {
            FileKind.Gguf => ModelFile.LoadTokenizer(file),
            FileKind.Other when LooksLikeRanks(file) => TiktokenFile.Load(file, RuleOf(file, rule)),
            _ => TokenizerJson.Load(file),
        };
    }

    private static bool LooksLikeRanks(string file)
    {
        using var reader = new StreamReader(file);
        char[] head = new char[2048];
        string line = new string(head, 0, reader.ReadBlock(head)).Split('\n')[0];
        return line.Split(' ') is [var token, var id] && Convert.TryFromBase64String(token, new byte[head.Length], out _) && int.TryParse(id, out _);
    }

    private static PreTokenizer RuleOf(string file, string? rule)
    {
        string name = Path.GetFileName(file);
        PreTokenizer? found = rule is null
            ? RankFiles.FirstOrDefault(known => name.Contains(known.Name, StringComparison.OrdinalIgnoreCase)).Rule
            : PreTokenizer.All.FirstOrDefault(known => string.Equals(known.Name, rule, StringComparison.OrdinalIgnoreCase))
                ?? (PreTokenizer.TryFromGgufName(rule, out PreTokenizer named) ? named : null);
        return found ?? throw new UserError(
            ExitCode.BadInput,
            $"{(rule is null ? $"'{name}' is a rank file, which does not say how text is cut into words" : $"there is no rule '{rule}'")}. Say --rule NAME: {string.Join(", ", PreTokenizer.All.Select(known => known.Name))}");
    }
}
