using System.Text;

namespace Gestalt.Text.Tests;

/// <summary>Small vocabularies and texts that many tests share.</summary>
internal static class Samples
{
    private const string Story =
        """
        The lighthouse keeper's daughter counted the ships. "There're forty-two," she said, "and they'll be here by 17:30, won't they?"
        Her father didn't look up from the letter; he'd read it 3 times already. Everyone says the sea doesn't keep secrets. It keeps nothing else.

        naïve café, Straße, Ελλάδα, привет мир, 漢字と仮名, 𝒜𝓁𝑔𝑒𝒷𝓇𝒶, 𠀀𠀁, 😀😀😀, ٣٤٥, Ⅷ, ½, １２３
            if (x != null) { return x[0] == '\t' ? "\r\n" : "   "; }
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        ------------------------------------------------------------------ ................................ !?!?!?!?
        """;

    /// <summary>One text, many times with small changes: enough for some hundred merges.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Documents { get; } =
        [.. Enumerable.Range(0, 8).Select(i => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(Story.Replace("the", i % 2 == 0 ? "the" : "that", StringComparison.Ordinal) + i)))];

    /// <summary>The text of <see cref="Documents"/>.</summary>
    public static string Text => Story;

    private static readonly Dictionary<string, Lazy<Tokenizer>> Tokenizers =
        PreTokenizer.All.ToDictionary(rule => rule.Name, rule => new Lazy<Tokenizer>(() => BpeTrainer.Train(Documents, 500, rule, threads: 1)));

    /// <summary>The names of the rules by which text is cut into words.</summary>
    public static TheoryData<string> Rules => [.. PreTokenizer.All.Select(rule => rule.Name)];

    /// <summary>The rule of a name.</summary>
    public static PreTokenizer Rule(string name) => PreTokenizer.All.Single(rule => rule.Name == name);

    /// <summary>A vocabulary of 500 tokens, the last three special.</summary>
    public static Tokenizer Tokenizer(string rule = "qwen2") => Tokenizers[rule].Value;

    /// <summary>The same vocabulary with its merges shuffled, so that products merge before they are made: what no training yields, but a file may hold.</summary>
    public static Tokenizer Shuffled(int seed)
    {
        Tokenizer trained = Tokenizer();
        string[] merges = trained.Merges();
        new Random(seed).Shuffle(merges);
        return Gestalt.Text.Tokenizer.FromVocabulary(trained.Tokens(), merges, trained.TokenTypes(), trained.PreTokenizer);
    }
}
