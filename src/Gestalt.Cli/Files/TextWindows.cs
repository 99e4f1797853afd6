using Gestalt.Cli.Errors;
using Gestalt.Models;
using Gestalt.World;

namespace Gestalt.Cli.Files;

/// <summary>A text as a model reads it: ids in windows that it reads one by one.</summary>
/// <param name="Source">What the text is, for people.</param>
/// <param name="Windows">Token ids; each begins as the model's sequences do.</param>
internal sealed record TextWindows(string Source, IReadOnlyList<int[]> Windows)
{
    /// <summary>Longer windows tell more about long contexts and take more memory; 512 is what others measure with.</summary>
    private const int WindowTokens = 512;

    /// <summary>Logits of a window stay below 128 MB, whatever the vocabulary.</summary>
    private const int LogitsOfWindow = 32 << 20;

    private const int FewestTokens = 16;
    private const ulong WorldSeed = 2309; // any: the same text every time
    private const int WorldBytes = 200_000;

    /// <summary>Tokens in all windows.</summary>
    public long Tokens => Windows.Sum(window => (long)window.Length);

    /// <summary>Reads a file, or part of it.</summary>
    /// <param name="path">A text file.</param>
    /// <param name="model">Whose vocabulary and beginning of a sequence to use.</param>
    /// <param name="from">Where to start, as a share of the text.</param>
    /// <param name="to">Where to end.</param>
    /// <exception cref="UserError">There is no such file, or too little text in it.</exception>
    public static TextWindows OfFile(string path, LoadedModel model, double from = 0, double to = 1)
    {
        if (!File.Exists(path)) throw new UserError(ExitCode.Missing, $"there is no text file '{path}'.");
        string text = File.ReadAllText(path);
        string part = text[(int)(from * text.Length)..(int)(to * text.Length)];
        string share = (from, to) switch { (0, 1) => "", (0, _) => $" (its first {to:P0})", _ => $" (its last {1 - from:P0})" };
        return Cut(path + share, part, model);
    }

    /// <summary>Text of the built-in small internet, for those who name none.</summary>
    public static TextWindows BuiltIn(LoadedModel model)
    {
        var internet = new Internet(SmallWorld.Create(WorldSeed, WorldScale.ForText(WorldBytes)));
        return Cut("the built-in small internet", string.Join("\n\n", internet.Pages(WorldBytes).Select(page => page.Text)), model);
    }

    /// <summary>The first windows that hold so many tokens.</summary>
    public TextWindows Limited(long tokens)
    {
        var kept = new List<int[]>();
        foreach (int[] window in Windows)
        {
            if (tokens <= 0) break;
            kept.Add(window.Length <= tokens ? window : window[..(int)tokens]);
            tokens -= window.Length;
        }
        return this with { Windows = [.. kept.Where(window => window.Length >= 2)] };
    }

    private static TextWindows Cut(string source, string text, LoadedModel model)
    {
        int[] ids = model.Tokenizer.Encode(text.ReplaceLineEndings("\n"));
        if (ids.Length < FewestTokens) throw new UserError(ExitCode.BadInput, $"{source} has only {ids.Length} tokens, too few to measure anything. Give a text of some pages.");
        TransformerConfig config = model.Transformer.Config;
        int[] start = model.AddsStart && model.StartId is int first ? [first] : [];
        int length = Math.Max(2, Math.Min(Math.Min(WindowTokens, config.Context), LogitsOfWindow / config.Vocabulary) - start.Length);
        return new TextWindows(source, [.. ids.Chunk(length).Where(chunk => chunk.Length + start.Length >= 2).Select(chunk => (int[])[.. start, .. chunk])]);
    }
}
