using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Gestalt.Tasks.Tools;

/// <summary>A page that can be searched.</summary>
/// <param name="Number">The number by which answers cite it.</param>
/// <param name="Url">Its address, for people.</param>
/// <param name="Text">Its text.</param>
public sealed record SearchPage(long Number, string Url, string Text);

/// <summary>A sentence that was found.</summary>
/// <param name="Page">The page that it stands on.</param>
/// <param name="Sentence">The sentence.</param>
/// <param name="Score">How well it fits; comparable within one search only.</param>
public sealed record FoundSentence(SearchPage Page, string Sentence, double Score);

/// <summary>
/// An exact index over the words of pages: no page that holds a word of the query is ever missed. Pages are ranked by Okapi BM25 (Robertson and Zaragoza 2009, k₁ = 1.2, b = 0.75), then the
/// sentences of the best ones by the same weights of their words, and of neighbours in the query that are neighbours there: a name is worth more than its parts.
/// </summary>
public sealed class PageIndex
{
    private const double Saturation = 1.2, LengthWeight = 0.75;

    /// <summary>Pages whose sentences are looked at: enough that a fact told once is among them where a name is known from a few hundred pages.</summary>
    private const int PagesRead = 40;

    /// <summary>What headings and questions weigh against statements: they name what is looked for, and do not tell it.</summary>
    private const double NotAStatement = 0.4;

    /// <summary>What two words of the query are worth on top where they stand side by side as they do there, in parts of their weights.</summary>
    private const double Neighbourhood = 0.5;

    /// <summary>The longest query, in words.</summary>
    private const int MostWords = 32;

    private readonly SearchPage[] _pages;
    private readonly int[] _lengths;
    private readonly double _meanLength;
    private readonly FrozenDictionary<string, Posting[]> _postings;

    private readonly record struct Posting(int Page, int Count);

    /// <summary>Indexes pages.</summary>
    /// <param name="pages">The pages.</param>
    public PageIndex(IEnumerable<SearchPage> pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        _pages = [.. pages];
        _lengths = new int[_pages.Length];
        var counted = new Dictionary<string, int>[_pages.Length];
        Parallel.For(0, _pages.Length, i =>
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (string word in Words(_pages[i].Text))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
                _lengths[i]++;
            }

            counted[i] = counts;
        });
        var postings = new Dictionary<string, List<Posting>>(StringComparer.Ordinal);
        for (int i = 0; i < counted.Length; i++)
        {
            foreach ((string word, int count) in counted[i])
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(postings, word, out _) ??= []).Add(new Posting(i, count));
            }
        }

        _postings = postings.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
        _meanLength = _pages.Length == 0 ? 1 : Math.Max(1, _lengths.Average());
    }

    /// <summary>How many pages there are.</summary>
    public int Count => _pages.Length;

    /// <summary>The sentences that fit a query best, the best first, no sentence twice. Equal ones stand in the order of their pages.</summary>
    /// <param name="query">Words to look for; their order and case do not matter.</param>
    /// <param name="most">The most sentences.</param>
    public IReadOnlyList<FoundSentence> Search(string query, int most)
    {
        ArgumentNullException.ThrowIfNull(query);
        string[] words = [.. Words(query).Distinct(StringComparer.Ordinal).Take(MostWords)];
        var weights = words.Where(_postings.ContainsKey).ToDictionary(word => word, Rarity, StringComparer.Ordinal);
        HashSet<(string, string)> neighbours = [.. words.Zip(words.Skip(1)).Where(pair => weights.ContainsKey(pair.First) && weights.ContainsKey(pair.Second))];
        var found = new List<FoundSentence>();
        foreach (int page in BestPages(weights))
        {
            found.AddRange(from sentence in SentencesOf(_pages[page].Text)
                           let score = Score(sentence, weights, neighbours)
                           where score > 0
                           select new FoundSentence(_pages[page], sentence, score));
        }

        return [.. found.OrderByDescending(one => one.Score).ThenBy(one => one.Page.Number).DistinctBy(one => one.Sentence, StringComparer.Ordinal).Take(most)];
    }

    /// <summary>The words of a text as they are looked for: runs of letters and digits in small letters, without a possessive s.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> Words(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            int start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at]))
            {
                at++;
            }

            if (at > start && !(at - start == 1 && text[start] == 's' && start > 0 && text[start - 1] is '\'' or '\u2019'))
            {
                yield return text[start..at].ToLowerInvariant();
            }
        }
    }

    /// <summary>The sentences of a text: a line each, or what ends with a stop that a blank follows.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> SentencesOf(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool ends = i == text.Length || text[i] == '\n' || (text[i] == ' ' && i > start && text[i - 1] is '.' or '!' or '?');
            if (!ends)
            {
                continue;
            }

            string sentence = text[start..i].Trim();
            start = i;
            if (sentence.Length > 0)
            {
                yield return sentence;
            }
        }
    }

    private double Rarity(string word)
    {
        int holding = _postings[word].Length;
        return Math.Log(1 + ((_pages.Length - holding + 0.5) / (holding + 0.5)));
    }

    /// <summary>The best pages, the best first. One array holds the scores of all pages: most words of a query are on thousands of them.</summary>
    private IEnumerable<int> BestPages(Dictionary<string, double> weights)
    {
        double[] scores = ArrayPool<double>.Shared.Rent(_pages.Length);
        try
        {
            scores.AsSpan(0, _pages.Length).Clear();
            foreach ((string word, double weight) in weights)
            {
                foreach (Posting posting in _postings[word])
                {
                    scores[posting.Page] += weight * Saturated(posting.Count, _lengths[posting.Page] / _meanLength);
                }
            }

            // The worst of those kept so far stands first; of equal ones, the later page is worse.
            var best = new PriorityQueue<int, (double Score, int Order)>(PagesRead + 1);
            for (int page = 0; page < _pages.Length; page++)
            {
                if (scores[page] <= 0 || (best.Count == PagesRead && best.TryPeek(out _, out (double Score, int Order) worst) && scores[page] <= worst.Score))
                {
                    continue;
                }

                best.Enqueue(page, (scores[page], -page));
                if (best.Count > PagesRead)
                {
                    best.Dequeue();
                }
            }

            return [.. best.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element)];
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scores);
        }
    }

    private static double Score(string sentence, Dictionary<string, double> weights, HashSet<(string, string)> neighbours)
    {
        const double meanWords = 12;
        int words = 0;
        double sum = 0;
        string before = "";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string word in Words(sentence))
        {
            words++;
            sum += neighbours.Contains((before, word)) && seen.Add(before + " " + word) ? Neighbourhood * (weights[before] + weights[word]) : 0;
            before = word;
            sum += weights.TryGetValue(word, out double weight) && seen.Add(word) ? weight : 0;
        }

        return sum * Saturated(1, words / meanWords) * (sentence[^1] is '.' or '!' or '"' ? 1 : NotAStatement);
    }

    private static double Saturated(int count, double length) => count * (Saturation + 1) / (count + (Saturation * (1 - LengthWeight + (LengthWeight * length))));
}
