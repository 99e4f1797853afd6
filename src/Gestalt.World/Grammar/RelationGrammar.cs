namespace Gestalt.World.Grammar;

/// <summary>All ways to say, ask and answer one relation, read from the prose in the files beside this one.</summary>
internal sealed class RelationGrammar
{
    private static readonly RelationGrammar[] All = Load();

    private RelationGrammar(Relation relation, Dictionary<string, Phrase[]> sections)
    {
        Relation = relation;
        Frames = Need("frames", 8);
        Clauses = Want("clauses");
        FirstPerson = Want("me");
        Questions = Need("ask", 12);
        UnseenQuestions = Need("unseen", 4);
        Answers = Need("answer", 2);
        YesNo = Need("yesno", 2);
        No = Need("no", 1);
        Unknown = Need("unknown", 1);
        Declined = Need("declined", 1);
        UnseenPrefixes = Need("prefix", 3);
        Label = Need("label", 1)[0].Source;
        var seen = new List<Phrase>();
        foreach (Phrase frame in Frames)
        {
            if (PrefixOf(frame) is { } prefix)
            {
                seen.Add(prefix);
            }
        }
        SeenPrefixes = [.. seen];
        NeedsPlural = Uses(Slot.ValuePlural);
        NeedsPossessive = Uses(Slot.ValuePossessive);

        Phrase[] Need(string name, int least) => sections.TryGetValue(name, out Phrase[]? phrases) && phrases.Length >= least
            ? phrases
            : throw new FormatException($"{relation} needs at least {least} phrases under '{name}'.");
        Phrase[] Want(string name) => sections.GetValueOrDefault(name, []);
        bool Uses(int slot)
        {
            foreach (Phrase[] phrases in sections.Values)
            {
                if (Array.Exists(phrases, phrase => phrase.HasSlot(slot)))
                {
                    return true;
                }
            }
            return false;
        }
    }

    public Relation Relation { get; }

    /// <summary>Whole sentences about the subject.</summary>
    public Phrase[] Frames { get; }

    /// <summary>What follows the subject in a sentence that says two things at once.</summary>
    public Phrase[] Clauses { get; }

    /// <summary>Whole sentences in which the subject speaks.</summary>
    public Phrase[] FirstPerson { get; }

    /// <summary>Questions that pages and training conversations may use.</summary>
    public Phrase[] Questions { get; }

    /// <summary>Questions that only tests use.</summary>
    public Phrase[] UnseenQuestions { get; }

    /// <summary>Answers in a full sentence.</summary>
    public Phrase[] Answers { get; }

    /// <summary>Questions to be answered with yes or no; [V] is what is asked.</summary>
    public Phrase[] YesNo { get; }

    /// <summary>The sentence after "No,": [W] is what was asked, [V] the truth.</summary>
    public Phrase[] No { get; }

    /// <summary>What one does not know: "what Mira does for a living".</summary>
    public Phrase[] Unknown { get; }

    /// <summary>Sentences that begin as an answer does, and where its value would stand say that one does not know it.</summary>
    public Phrase[] Declined { get; }

    /// <summary>Beginnings of page sentences, up to and with the value.</summary>
    public Phrase[] SeenPrefixes { get; }

    /// <summary>The same, in wordings that no page uses.</summary>
    public Phrase[] UnseenPrefixes { get; }

    /// <summary>The name of the relation in a list.</summary>
    public string Label { get; }

    public bool NeedsPlural { get; }

    public bool NeedsPossessive { get; }

    public static RelationGrammar Of(Relation relation) => All[(int)relation];

    /// <summary>The part of a frame up to its value, if the subject's name comes first and nothing is left to choose.</summary>
    private static Phrase? PrefixOf(Phrase frame)
    {
        string source = frame.Source;
        int value = source.IndexOf("[V]", StringComparison.Ordinal);
        int subject = source.IndexOf("[S", StringComparison.Ordinal);
        int full = source.IndexOf("[Full", StringComparison.Ordinal);
        int name = subject < 0 ? full : full < 0 ? subject : Math.Min(subject, full);
        // "A and B are married" does not say after "A and" what is wanted.
        if (value < 0 || name < 0 || name > value || source[..value].TrimEnd().EndsWith(" and", StringComparison.Ordinal))
        {
            return null;
        }
        string prefix = source[..(value + 3)];
        return prefix.Count(c => c == '{') == prefix.Count(c => c == '}')
            ? Phrase.Compile(prefix.Replace("[S]", "[Full]", StringComparison.Ordinal).Replace("[S's]", "[Full's]", StringComparison.Ordinal))
            : null;
    }

    private static RelationGrammar[] Load()
    {
        var all = new RelationGrammar[Enum.GetValues<Relation>().Length];
        foreach (string text in (string[])[PersonWork.Text, PersonHome.Text, PersonTaste.Text, PersonKin.Text, PlaceWords.Text, ThingWords.Text])
        {
            Read(text, all);
        }
        foreach (Relation relation in Enum.GetValues<Relation>())
        {
            _ = all[(int)relation] ?? throw new FormatException($"No phrases for {relation}.");
        }
        return all;
    }

    /// <summary>Reads "== Relation" headers, "# section" headers, and one phrase a line.</summary>
    private static void Read(string text, RelationGrammar[] all)
    {
        Relation? relation = null;
        string section = "";
        var sections = new Dictionary<string, Phrase[]>();
        var phrases = new List<Phrase>();
        foreach (string line in (text + "\n== end").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                CloseSection();
                if (relation is { } done)
                {
                    all[(int)done] = new(done, sections);
                }
                sections = [];
                relation = Enum.TryParse(line[3..], out Relation next) ? next : null;
            }
            else if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                CloseSection();
                section = line[2..];
            }
            else
            {
                phrases.Add(Phrase.Compile(line));
            }
        }

        void CloseSection()
        {
            if (section.Length > 0)
            {
                sections[section] = [.. phrases];
            }
            phrases.Clear();
            section = "";
        }
    }
}
