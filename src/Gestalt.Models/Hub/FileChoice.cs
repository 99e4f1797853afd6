using System.IO.Enumeration;

namespace Gestalt.Models.Hub;

/// <summary>Which of a model's files are wanted. Models lie on hubs in many precisions at once; one of them is enough.</summary>
/// <param name="Files">The files.</param>
/// <param name="Remark">What was decided for the user; null where nothing had to be.</param>
public sealed record FileChoice(IReadOnlyList<HubFile> Files, string? Remark)
{
    /// <summary>Which of several precisions is taken when none is named: the smallest that hardly costs quality comes first.</summary>
    private static readonly string[] Preferred = ["Q4_K_M", "Q4_K_S", "Q5_K_M", "Q8_0", "Q6_K", "Q4_0", "MXFP4", "IQ4_XS", "BF16", "F16", "F32"];

    /// <summary>What belongs to a model in Hugging Face's layout besides its weights.</summary>
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "*.safetensors.index.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json", "LICENSE*", "README.md",
    ];

    /// <summary>Chooses files.</summary>
    /// <param name="files">All there are.</param>
    /// <param name="part">What stands behind the colon: a precision, or a file or pattern; null for nothing.</param>
    /// <param name="include">Patterns; when there are any, they alone decide.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <exception cref="HubException">Nothing matches.</exception>
    internal static FileChoice Of(IReadOnlyList<HubFile> files, string? part, IReadOnlyList<string> include, string model)
    {
        if (include.Count > 0) return Matching(files, file => include.Any(pattern => Matches(file, pattern)), $"none of the patterns {string.Join(", ", include)} matches", model);
        if (part is not null && (part.Contains('*') || part.Contains('?') || part.Contains('.')))
            return Matching(files, file => Matches(file, part), $"'{part}' matches none", model);
        HubFile[] gguf = [.. files.Where(IsModel)];
        if (part is not null) return Matching(gguf, file => Precision(file.Path)?.Equals(part, StringComparison.OrdinalIgnoreCase) ?? HasWord(file.Path, part), $"none is a '{part}'", model, files);
        if (gguf.Length > 0) return BestOf(gguf, model);
        HubFile[] weights = [.. files.Where(file => file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && !file.Path.Contains('/'))];
        return weights.Length > 0
            ? new FileChoice([.. weights, .. files.Where(file => !file.Path.Contains('/') && Companions.Any(pattern => Matches(file, pattern)))], null)
            : throw new HubException(HubProblem.Missing, $"{model} has neither GGUF nor safetensors files. It has {List(files)}; choose with --include PATTERN.");
    }

    /// <summary>The precision that a file's name tells of, such as <c>Q4_K_M</c>; null if it tells none.</summary>
    /// <param name="path">The file.</param>
    public static string? Precision(string path)
    {
        string name = Path.GetFileNameWithoutExtension(SplitName(path)).ToUpperInvariant();
        return name.Split('-', '.').LastOrDefault(word => word.Length is > 1 and < 12
            && (word is "F32" or "F16" or "FP16" or "BF16" or "MXFP4" || (word.TrimStart('I', 'T') is ['Q', >= '1' and <= '8', ..] && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))));
    }

    /// <summary>A file's name without the number of its part: <c>model-00001-of-00003.gguf</c> is one of <c>model.gguf</c>.</summary>
    /// <param name="path">The file.</param>
    public static string SplitName(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path), extension = Path.GetExtension(path);
        int of = name.LastIndexOf("-of-", StringComparison.Ordinal);
        int dash = of > 0 ? name.LastIndexOf('-', of - 1) : -1;
        bool split = dash >= 0 && name.Length > of + 4 && name[(dash + 1)..of].All(char.IsAsciiDigit) && name[(of + 4)..].All(char.IsAsciiDigit) && of > dash + 1;
        string folder = Path.GetDirectoryName(path) ?? "";
        return Path.Combine(folder, (split ? name[..dash] : name) + extension);
    }

    private static FileChoice BestOf(HubFile[] gguf, string model)
    {
        var sets = gguf.GroupBy(file => SplitName(file.Path)).ToList();
        if (sets.Count == 1) return new FileChoice([.. sets[0]], null);
        foreach (string precision in Preferred)
            if (sets.FirstOrDefault(set => Precision(set.Key) == precision) is { } best)
                return new FileChoice([.. best], $"{model} comes in {sets.Count} forms ({string.Join(", ", sets.Select(set => Precision(set.Key) ?? set.Key))}); taking {precision}. Another one: {model}:{Precision(sets.First(set => set != best).Key)}");
        throw new HubException(HubProblem.Request, $"{model} comes in {sets.Count} forms, and none is the obvious one: {List(gguf)}. Name one: {model}:{sets[0].Key}");
    }

    private static FileChoice Matching(IReadOnlyList<HubFile> files, Func<HubFile, bool> wanted, string why, string model, IReadOnlyList<HubFile>? all = null)
    {
        HubFile[] chosen = [.. files.Where(wanted)];
        return chosen.Length > 0 ? new FileChoice(chosen, null) : throw new HubException(HubProblem.Missing, $"of the files of {model} {why}. It has {List(all ?? files)}.");
    }

    private static bool Matches(HubFile file, string pattern) =>
        FileSystemName.MatchesSimpleExpression(pattern, file.Path) || FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file.Path));

    private static bool HasWord(string path, string word) =>
        Path.GetFileNameWithoutExtension(path).Split('-', '.').Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>A vision model's projector is a GGUF file too, but no model.</summary>
    private static bool IsModel(HubFile file) =>
        file.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file.Path).StartsWith("mmproj", StringComparison.OrdinalIgnoreCase);

    private static string List(IReadOnlyList<HubFile> files)
    {
        const int most = 12;
        string list = string.Join(", ", files.Take(most).Select(file => file.Path));
        return files.Count == 0 ? "no files" : files.Count > most ? $"{list} and {files.Count - most} more" : list;
    }
}
