using Gestalt.Models;
using Gestalt.World;

namespace Gestalt.Evaluation;

/// <summary>A text as a model reads it to be measured: ids in windows that it reads one by one.</summary>
/// <param name="Source">What the text is, for people.</param>
/// <param name="Windows">Token ids; each begins as the model's sequences do.</param>
public sealed record TextWindows(string Source, IReadOnlyList<int[]> Windows)
{
    /// <summary>With fewer tokens there is nothing to measure.</summary>
    public const int FewestTokens = 16;

    /// <summary>Longer windows tell more about long contexts and take more memory; 512 is what others measure with.</summary>
    private const int WindowTokens = 512;

    /// <summary>Logits of a window stay below 128 MB, whatever the vocabulary.</summary>
    private const int LogitsOfWindow = 32 << 20;

    private const ulong WorldSeed = 2309; // any: the same text every time
    private const int WorldBytes = 200_000;

    /// <summary>Tokens in all windows.</summary>
    public long Tokens => Windows.Sum(window => (long)window.Length);

    /// <summary>Text of the built-in small internet, for those who name none.</summary>
    /// <param name="model">Whose vocabulary and beginning of a sequence to use.</param>
    public static TextWindows BuiltIn(LoadedModel model)
    {
        var internet = new Internet(SmallWorld.Create(WorldSeed, WorldScale.ForText(WorldBytes)));
        return Of("the built-in small internet", string.Join("\n\n", internet.Pages(WorldBytes).Select(page => page.Text)), model);
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="source">What it is, for people.</param>
    /// <param name="text">The text.</param>
    /// <param name="model">Whose vocabulary and beginning of a sequence to use.</param>
    /// <exception cref="ArgumentException">It has fewer than <see cref="FewestTokens"/> tokens.</exception>
    public static TextWindows Of(string source, string text, LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(model);
        int[] ids = model.Tokenizer.Encode(text.ReplaceLineEndings("\n"));
        if (ids.Length < FewestTokens)
            throw new ArgumentException($"{source} has only {ids.Length} tokens, too few to measure anything. Give a text of some pages.", nameof(text));
        TransformerConfig config = model.Transformer.Config;
        int[] start = model.AddsStart && model.StartId is int first ? [first] : [];
        int length = Math.Max(2, Math.Min(Math.Min(WindowTokens, config.Context), LogitsOfWindow / config.Vocabulary) - start.Length);
        return new TextWindows(source, [.. ids.Chunk(length).Where(chunk => chunk.Length + start.Length >= 2).Select(chunk => (int[])[.. start, .. chunk])]);
    }

    /// <summary>The first windows that hold so many tokens.</summary>
    /// <param name="tokens">How many, in all windows.</param>
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
}
