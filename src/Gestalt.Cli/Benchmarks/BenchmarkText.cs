using System.Text;
using Gestalt.Cli.Files;

namespace Gestalt.Cli.Benchmarks;

/// <summary>About 20 MB of English to measure tokenizers on.</summary>
internal static class BenchmarkText
{
    private const long WantedBytes = 20_000_000;
    private static readonly Dictionary<string, byte[][]> Known = [];

    /// <summary>The text files named by --data (its <c>books</c> folder, where it has one), else text made on the spot.</summary>
    public static byte[][] Load(BenchmarkContext context)
    {
        string source = context.Data is not string data ? "" : Directory.Exists(Path.Combine(data, "books")) ? Path.Combine(data, "books") : data;
        if (!Known.TryGetValue(source, out byte[][]? texts))
            Known[source] = texts = source.Length > 0 ? [.. TextInput.Documents([source]).Select(text => text.ToArray())] : Invent();
        return texts;
    }

    /// <summary>
    /// Sentences over an invented vocabulary with Zipf's distribution of words, as natural text has: enough to compare one
    /// build with another, not to compare with figures measured on books.
    /// </summary>
    private static byte[][] Invent()
    {
        var random = new Random(1);
        string[] syllables = ["ba", "ri", "ton", "el", "mar", "o", "ven", "ish", "tra", "ki", "no", "sel", "a", "dor", "un", "per", "ing", "la", "the", "st"];
        string[] words = [.. Enumerable.Range(0, 40_000).Select(_ => string.Concat(Enumerable.Range(0, 1 + random.Next(4)).Select(_ => syllables[random.Next(syllables.Length)])))];
        var documents = new List<byte[]>();
        for (long bytes = 0; bytes < WantedBytes; bytes += documents[^1].Length)
        {
            var text = new StringBuilder();
            for (int word = 0; word < 20_000; word++)
                text.Append(words[(int)(Math.Pow(words.Length, random.NextDouble()) - 1)]).Append(random.Next(12) == 0 ? ". " : random.Next(80) == 0 ? ".\n" : " ");
            documents.Add(Encoding.UTF8.GetBytes(text.ToString()));
        }
        return [.. documents];
    }
}
