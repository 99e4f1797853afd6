using System.Text.RegularExpressions;

namespace Gestalt.World.Tests;

/// <summary>What only shows in a crawl of the full size.</summary>
public sealed partial class LargeTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void Eight_megabytes_tell_each_well_attested_fact_a_hundred_times_in_ten_wordings()
    {
        SmallWorld world = SmallWorld.Create(1);
        var key = new AnswerKey(world);
        var wordings = new Dictionary<int, HashSet<string>>();
        foreach (Page page in new Internet(world).Pages(8_000_000, threads: 2))
        {
            key.Add(page);
            if (page.Fate == Fate.Drop)
            {
                continue;
            }
            string[] sentences = SentenceEnd().Split(page.Text);
            foreach (int id in page.FactIds)
            {
                Fact fact = world.Facts[id];
                if (fact.Tier == Attestation.WellAttested && Array.Find(sentences, sentence => sentence.Contains(fact.Value, StringComparison.OrdinalIgnoreCase)) is { } stated)
                {
                    if (!wordings.TryGetValue(id, out HashSet<string>? forms))
                    {
                        wordings[id] = forms = [];
                    }
                    forms.Add(stated.Replace(fact.Value, "V", StringComparison.OrdinalIgnoreCase));
                }
            }
        }
        (int least, double mean, int most, double perMegabyte) = key.WellAttested();
        output.WriteLine($"statements per well-attested fact in 8 MB: {least} to {most}, mean {mean:F1}, {perMegabyte:F1} a megabyte; least wordings {wordings.Values.Min(forms => forms.Count)}");
        Assert.True(least >= 100);
        Assert.Equal(world.OfTier(Attestation.WellAttested).Count(), wordings.Count);
        Assert.All(wordings.Values, forms => Assert.True(forms.Count >= 10));
        Assert.All(world.OfTier(Attestation.WellAttested), fact => Assert.True(key.PagesStating(fact.Id) >= 80));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Forty_megabytes_are_forty_megabytes_of_different_text()
    {
        SmallWorld world = SmallWorld.Create(1);
        var texts = new HashSet<int>();
        var runs = new HashSet<ulong>();
        long kept = 0, runsSeen = 0;
        int same = 0;
        foreach (Page page in new Internet(world).Pages(40_000_000, threads: 2))
        {
            if (page.Fate == Fate.Drop)
            {
                continue;
            }
            kept += page.Text.Length;
            same += texts.Add(string.GetHashCode(page.Text)) ? 0 : 1;
            // Every eighth page, to keep the set of its runs of eight words small.
            if (page.Index % 8 != 0)
            {
                continue;
            }
            string[] words = page.Text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            for (int n = 0; n + 8 <= words.Length; n++)
            {
                ulong hash = 0;
                for (int w = n; w < n + 8; w++)
                {
                    foreach (char c in words[w])
                    {
                        hash = (hash ^ c) * 1099511628211UL;
                    }
                    hash = (hash ^ ' ') * 1099511628211UL;
                }
                runsSeen++;
                runs.Add(hash);
            }
        }
        double distinct = (double)runs.Count / runsSeen;
        output.WriteLine($"{texts.Count} pages, {kept / 1e6:F1} MB, {same} hash collisions, distinct 8-grams {distinct:P1} of {runsSeen} (every eighth page)");
        // Equal 32-bit hashes of different texts are expected now and then: n(n-1)/2/2^32 is below one for 60,000 pages.
        Assert.InRange(same, 0, 4);
        Assert.True(distinct > 0.5);
    }

    [GeneratedRegex(@"(?<=[.!?]""?)\s|\n")]
    private static partial Regex SentenceEnd();
}
