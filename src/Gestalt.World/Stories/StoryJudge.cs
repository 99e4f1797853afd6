using Gestalt.World.Naming;
using Gestalt.World.Stories;

namespace Gestalt.World;

/// <summary>What the judge found.</summary>
/// <param name="Complaints">What does not hold together, empty if all does.</param>
public sealed record StoryVerdict(IReadOnlyList<string> Complaints)
{
    /// <summary>Whether nothing was found wrong.</summary>
    public bool HoldsTogether => Complaints.Count == 0;
}

/// <summary>
/// Checks whether a tale holds together, by rules that leave no room for taste. It knows the small world's closed stocks of names,
/// animals and things, so it judges what our generator writes and what a model trained on it writes; it is no judge of literature.
/// </summary>
/// <remarks>
/// The rules, each with the words it complains in:
/// <list type="number">
/// <item>length: 6 to 40 sentences and 50 to 350 words;</item>
/// <item>sentences: each begins with a capital and ends with a full stop, question or exclamation mark; quotation marks come in
/// pairs; inside a sentence capitals stand only on known names; no word is doubled ("the the");</item>
/// <item>hero: the first name of the tale comes in the first three sentences, is named at least three times, and again in the last third;</item>
/// <item>names: there are at most two, and the second is introduced ("a duck called Otto") where it first appears;</item>
/// <item>pronouns: "she" and "he" only after somebody of that gender has been mentioned;</item>
/// <item>a wish: somebody wants, wishes or needs something in the first half;</item>
/// <item>the thing: something from the first half that can be held in the hand comes back in the last three sentences;</item>
/// <item>the hero is in the last three sentences, by name or pronoun;</item>
/// <item>an ending: a word of farewell ("from then on", "ever since", "never", "proud", "thank you", ...) in the last three sentences;</item>
/// <item>no loops: no sentence of four words or more comes twice, and no five words in a row come three times.</item>
/// </list>
/// </remarks>
public static class StoryJudge
{
    private const int LeastSentences = 6, MostSentences = 40, LeastWords = 50, MostWords = 350, LastSentences = 3;

    private static readonly HashSet<string> Girls = [.. NameStock.Girls];
    private static readonly HashSet<string> Boys = [.. NameStock.Boys];
    private static readonly HashSet<string> Things = [.. StoryStock.Things, .. StoryStock.Instruments, .. StoryStock.Vegetables];
    private static readonly HashSet<string> Females = [.. StoryStock.FemaleWords];
    private static readonly HashSet<string> Males = [.. StoryStock.MaleWords];

    private static readonly HashSet<string> Capitals =
        ["I", "Grandmother", "Grandfather", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static readonly string[] Introductions = ["called", "named", "friend", "neighbour", "sister", "brother", "cousin"];

    private static readonly string[] Wishes =
        ["want", "wants", "wanted", "wish", "wished", "wishes", "need", "needs", "needed", "dream", "dreamed", "longed", "hoped"];

    private static readonly string[] Farewells =
    [
        "from that day", "from then on", "since then", "since that night", "ever since", "to this day", "that night", "that evening", "after that", "afterwards",
        "now", "never", "always", "every", "still", "for ever", "until", "laughed", "proud", "happy", "happily", "joy", "thank you", "as a thank you",
        "better", "sleeps well", "fell asleep", "slept", "friends", "at the end", "ours",
    ];

    /// <summary>Judges a tale, with or without its title.</summary>
    public static StoryVerdict Judge(string story)
    {
        var complaints = new List<string>();
        List<string> sentences = Sentences(WithoutTitle(story));
        List<string[]> words = [.. sentences.Select(WordsOf)];
        int total = words.Sum(sentence => sentence.Length);
        if (sentences.Count is < LeastSentences or > MostSentences || total is < LeastWords or > MostWords)
        {
            complaints.Add($"length: {sentences.Count} sentences, {total} words");
        }
        if (sentences.Count == 0)
        {
            return new(complaints);
        }
        CheckSentences(sentences, complaints);
        CheckPeople(words, complaints);
        CheckArc(sentences, words, complaints);
        CheckLoops(words, complaints);
        return new(complaints);
    }

    /// <summary>Share of the tales that hold together.</summary>
    public static double Share(IEnumerable<string> stories)
    {
        int all = 0, good = 0;
        foreach (string story in stories)
        {
            all++;
            good += Judge(story).HoldsTogether ? 1 : 0;
        }
        return all == 0 ? 0 : (double)good / all;
    }

    /// <summary>A first line that is no sentence is a title.</summary>
    private static string WithoutTitle(string story)
    {
        string text = story.Trim();
        int line = text.IndexOf('\n', StringComparison.Ordinal);
        bool title = line > 0 && line < 80 && text.AsSpan(line).StartsWith("\n\n");
        // A title may end in a mark ("Mine!"), but only a title is both short and alone.
        return title && text[..line].Split(' ').Length <= 8 ? text[line..].Trim() : text;
    }

    private static List<string> Sentences(string text)
    {
        var sentences = new List<string>();
        int start = 0;
        for (int n = 0; n < text.Length; n++)
        {
            if (text[n] is not ('.' or '!' or '?'))
            {
                continue;
            }
            int end = n + 1;
            bool quoted = end < text.Length && text[end] == '"';
            end += quoted ? 1 : 0;
            bool last = end == text.Length;
            bool next = end < text.Length && char.IsWhiteSpace(text[end]) && !ContinuesSpeech(text, end, quoted);
            if (last || next)
            {
                sentences.Add(text[start..end].Trim());
                start = end;
            }
        }
        if (start < text.Length && text[start..].Trim() is { Length: > 0 } rest)
        {
            sentences.Add(rest);
        }
        return sentences;
    }

    /// <summary>After "Who is there?" a small letter goes on with the same sentence, and so does a name that only speaks: <c>"Look!" said Otto.</c></summary>
    private static bool ContinuesSpeech(string text, int end, bool quoted)
    {
        int at = end;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
        return quoted && at < text.Length && char.IsLower(text[at]);
    }

    private static string[] WordsOf(string sentence) =>
        sentence.Split([' ', '\n', '"', ',', ';', ':', '.', '!', '?'], StringSplitOptions.RemoveEmptyEntries);

    private static void CheckSentences(List<string> sentences, List<string> complaints)
    {
        int quotes = 0;
        foreach (string sentence in sentences)
        {
            string plain = sentence.TrimStart('"');
            if (plain.Length == 0 || !char.IsUpper(plain[0]))
            {
                complaints.Add($"sentences: begins small: {sentence}");
            }
            if (sentence.TrimEnd('"') is not [.., '.' or '!' or '?'])
            {
                complaints.Add($"sentences: not finished: {sentence}");
            }
            quotes += sentence.Count(c => c == '"');
            CheckInside(sentence, complaints);
        }
        if (quotes % 2 != 0)
        {
            complaints.Add("sentences: a quotation mark is missing");
        }
    }

    private static void CheckInside(string sentence, List<string> complaints)
    {
        string[] tokens = sentence.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (int n = 1; n < tokens.Length; n++)
        {
            string word = Bare(tokens[n]);
            bool speechBegins = tokens[n][0] == '"' || tokens[n - 1].EndsWith('"') || tokens[n - 1][^1] is '.' or '!' or '?';
            if (word.Length > 0 && char.IsUpper(word[0]) && !speechBegins && !IsName(word, Bare(tokens[n - 1])))
            {
                complaints.Add($"sentences: unknown name {word}");
            }
            if (word.Length > 0 && tokens[n - 1] == word && char.IsLetter(tokens[n - 1][^1]))
            {
                complaints.Add($"sentences: doubled {word}");
            }
        }
    }

    private static bool IsName(string word, string before) =>
        Girls.Contains(word) || Boys.Contains(word) || Capitals.Contains(word) || IsPlace(word)
        || ((Girls.Contains(before) || Boys.Contains(before)) && IsFamily(word));

    private static bool IsPlace(string word) => IsMade(word, NameStock.PlaceBeginnings, NameStock.PlaceEndings);

    private static bool IsFamily(string word) => IsMade(word, NameStock.FamilyBeginnings, NameStock.FamilyEndings);

    private static bool IsMade(string word, string[] beginnings, string[] endings) =>
        Array.Exists(beginnings, beginning => word.StartsWith(beginning, StringComparison.Ordinal)
            && Array.Exists(endings, ending => word.Length == beginning.Length + ending.Length && word.EndsWith(ending, StringComparison.Ordinal)));

    private static string Bare(string token)
    {
        string word = token.Trim('"', ',', ';', ':', '.', '!', '?');
        return word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : word;
    }

    private static void CheckPeople(List<string[]> words, List<string> complaints)
    {
        var names = new Dictionary<string, int>();
        string? hero = null;
        int heroFirst = 0, heroLast = 0;
        bool female = false, male = false;
        for (int n = 0; n < words.Count; n++)
        {
            string[] sentence = [.. words[n].Select(Bare)];
            foreach (string word in sentence)
            {
                if (Girls.Contains(word) || Boys.Contains(word))
                {
                    female |= Girls.Contains(word);
                    male |= Boys.Contains(word);
                    if (hero is null)
                    {
                        hero = word;
                        heroFirst = n;
                    }
                    if (word == hero)
                    {
                        heroLast = n;
                    }
                    if (!names.TryAdd(word, 1))
                    {
                        names[word]++;
                    }
                    else if (names.Count > 1 && !Array.Exists(sentence, Introductions.Contains))
                    {
                        complaints.Add($"names: {word} is not introduced");
                    }
                }
                string small = word.ToLowerInvariant();
                female |= Females.Contains(small);
                male |= Males.Contains(small);
            }
            foreach (string word in sentence)
            {
                string small = word.ToLowerInvariant();
                if ((small is "she" or "her" or "hers" or "herself" && !female) || (small is "he" or "him" or "his" or "himself" && !male))
                {
                    complaints.Add($"pronouns: {word} in sentence {n + 1}, but nobody it could mean");
                }
            }
        }
        if (hero is null || heroFirst > 2)
        {
            complaints.Add("hero: nobody is named in the first three sentences");
        }
        else if (names[hero] < 3 || heroLast < words.Count * 2 / 3)
        {
            complaints.Add($"hero: {hero} gets lost");
        }
        if (names.Count > 2)
        {
            complaints.Add($"names: {names.Count} people: {string.Join(", ", names.Keys)}");
        }
        bool present = hero is null || words.TakeLast(LastSentences).Any(sentence => sentence.Any(word =>
            Bare(word) == hero || (Girls.Contains(hero) ? Bare(word).ToLowerInvariant() is "she" or "her" : Bare(word).ToLowerInvariant() is "he" or "him" or "his")));
        if (!present)
        {
            complaints.Add($"hero: {hero} is missing at the end");
        }
    }

    private static void CheckArc(List<string> sentences, List<string[]> words, List<string> complaints)
    {
        int half = (words.Count + 1) / 2;
        var early = new HashSet<string>(words.Take(half).SelectMany(sentence => sentence).Select(word => Bare(word).ToLowerInvariant()));
        if (!Array.Exists(Wishes, early.Contains))
        {
            complaints.Add("wish: nobody wants anything in the first half");
        }
        early.IntersectWith(Things);
        if (!words.TakeLast(LastSentences).Any(sentence => sentence.Any(word => early.Contains(Bare(word).ToLowerInvariant()))))
        {
            complaints.Add("thing: nothing from the first half comes back at the end");
        }
        string end = string.Join(' ', sentences.TakeLast(LastSentences)).ToLowerInvariant();
        if (!Array.Exists(Farewells, farewell => end.Contains(farewell, StringComparison.Ordinal)))
        {
            complaints.Add("ending: it just stops");
        }
    }

    private static void CheckLoops(List<string[]> words, List<string> complaints)
    {
        var seen = new HashSet<string>();
        foreach (string[] sentence in words)
        {
            if (sentence.Length >= 4 && !seen.Add(string.Join(' ', sentence)))
            {
                complaints.Add($"loops: twice: {string.Join(' ', sentence)}");
            }
        }
        var runs = new Dictionary<string, int>();
        string[] all = [.. words.SelectMany(sentence => sentence)];
        for (int n = 0; n + 5 <= all.Length; n++)
        {
            string run = string.Join(' ', all, n, 5);
            runs[run] = runs.GetValueOrDefault(run) + 1;
            if (runs[run] == 3)
            {
                complaints.Add($"loops: three times: {run}");
            }
        }
    }
}
