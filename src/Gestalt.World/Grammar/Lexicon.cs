namespace Gestalt.World.Grammar;

/// <summary>Named lists of phrases that other phrases call on with <c>[@name]</c>.</summary>
internal static partial class Lexicon
{
    private static readonly Dictionary<string, int> Numbers = [];
    private static readonly List<Phrase[]> Rules = [];
    private static readonly Lock Gate = new();
    private static readonly Lazy<Phrase[][]> Filled = new(Fill);

    /// <summary>The number of the list called <paramref name="name"/>; it may be filled later.</summary>
    public static int Number(string name)
    {
        lock (Gate)
        {
            if (!Numbers.TryGetValue(name, out int number))
            {
                number = Numbers.Count;
                Numbers.Add(name, number);
                Rules.Add([]);
            }
            return number;
        }
    }

    /// <summary>All lists by number.</summary>
    public static Phrase[][] All => Filled.Value;

    /// <summary>The list called <paramref name="name"/>.</summary>
    public static Phrase[] Get(string name) => All[Number(name)] is { Length: > 0 } list ? list : throw new KeyNotFoundException($"No list called '{name}'.");

    private static Phrase[][] Fill()
    {
        foreach (string text in (string[])[Everyday, Weathers, Humour, Dialogues, Work])
        {
            Define(text);
        }
        var all = new Phrase[512][];
        Array.Fill(all, []);
        for (int number = 0; number < Rules.Count; number++)
        {
            all[number] = Rules[number];
        }
        return all;
    }

    /// <summary>Reads lists: a line "= name" starts one, each following line is a phrase of it.</summary>
    private static void Define(string text)
    {
        string? name = null;
        var phrases = new List<Phrase>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("= ", StringComparison.Ordinal))
            {
                Close();
                name = line[2..];
            }
            else
            {
                phrases.Add(Phrase.Compile(line));
            }
        }
        Close();

        void Close()
        {
            if (name is not null)
            {
                Rules[Number(name)] = [.. phrases];
            }
            phrases.Clear();
        }
    }
}
