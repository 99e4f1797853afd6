namespace Gestalt.Corpus.Tests.Deduplication;

public sealed class DeduplicationTests
{
    private static readonly Random Dice = new(7);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Equal_texts_have_equal_ids_and_signatures_and_others_do_not()
    {
        Assert.Equal(DocumentId.Of(Samples.Prose), DocumentId.Of(new string(Samples.Prose)));
        Assert.NotEqual(DocumentId.Of(Samples.Prose), DocumentId.Of(Samples.Prose + " "));
        Assert.Equal(MinHash.Signature(Samples.Prose), MinHash.Signature(Samples.Prose.ToUpperInvariant().Replace(",", " ;", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ids_and_signatures_are_the_same_in_every_process()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223", DocumentId.Of("abc").ToString());
        Assert.Equal(MinHash.SignatureLength, MinHash.Signature("the goose held by its left wing").Length);
        Assert.Equal(60146900u, MinHash.Signature("the goose held by its left wing")[0]);
    }

    /// <summary>The naive twin: sets of runs of five words, intersected.</summary>
    [Fact]
    public void Signatures_estimate_the_exact_similarity()
    {
        double worst = 0;
        double sumOfErrors = 0;
        int pairs = 0;
        for (int changed = 0; changed <= 100; changed += 4)
        {
            string[] words = [.. Enumerable.Range(0, 400).Select(_ => $"word{Dice.Next(5000)}")];
            string[] other = [.. words.Select(word => Dice.Next(400) < changed ? $"word{Dice.Next(5000)}" : word)];
            double exact = Jaccard(words, other);
            double estimate = MinHash.Similarity(MinHash.Signature(string.Join(' ', words)), MinHash.Signature(string.Join(' ', other)));
            worst = Math.Max(worst, Math.Abs(estimate - exact));
            sumOfErrors += estimate - exact;
            pairs++;
        }

        // The standard deviation of 112 coin tosses is at most 0.047: three of them bound the worst, and the errors must cancel out.
        Assert.True(worst < 0.15, $"worst error {worst:F3}");
        Assert.True(Math.Abs(sumOfErrors / pairs) < 0.03, $"mean error {sumOfErrors / pairs:F3}");
    }

    [Fact]
    public void A_near_copy_is_found_and_points_to_its_original()
    {
        var near = new NearDuplicates();
        string other = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"other{i}"));
        Assert.Equal(-1, near.FindOrAdd(MinHash.Signature(other), out _));
        Assert.Equal(-1, near.FindOrAdd(MinHash.Signature(Samples.Prose), out _));
        string copy = Samples.Prose.Replace("white paint", "blue paint", StringComparison.Ordinal) + " Shared from our mirror.";
        Assert.Equal(1, near.FindOrAdd(MinHash.Signature(copy), out double similarity));
        Assert.InRange(similarity, NearDuplicates.MinimumSimilarity, 1);
        Assert.Equal(2, near.Count);
    }

    [Fact]
    public void Most_near_copies_are_found_and_pages_of_one_pattern_are_not_mistaken_for_copies()
    {
        int found = 0;
        int mistaken = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            var near = new NearDuplicates();
            string[] words = [.. Enumerable.Range(0, 300).Select(_ => $"word{Dice.Next(3000)}")];
            near.FindOrAdd(MinHash.Signature(string.Join(' ', words)), out _);
            found += near.FindOrAdd(MinHash.Signature(string.Join(' ', Changed(words, 4))), out _) >= 0 ? 1 : 0;
            mistaken += near.FindOrAdd(MinHash.Signature(string.Join(' ', Changed(words, 30))), out _) >= 0 ? 1 : 0;
        }

        Assert.True(found >= 190, $"found {found} of 200");
        Assert.True(mistaken <= 2, $"mistaken {mistaken} of 200");
    }

    [Fact]
    public void Memory_is_bounded_and_the_remembered_ones_still_count()
    {
        var near = new NearDuplicates(maximumBytes: 10_000);
        for (int i = 0; i < 100; i++)
            near.FindOrAdd(MinHash.Signature($"document number {i} about thing {i * 31} and place {i * 17}"), out _);
        Assert.True(near.Full);
        Assert.InRange(near.Count, 1, 20);
        Assert.Equal(0, near.FindOrAdd(MinHash.Signature("document number 0 about thing 0 and place 0"), out _));
    }

    private static string[] Changed(string[] words, int places)
    {
        string[] copy = [.. words];
        for (int i = 0; i < places; i++)
            copy[(i * words.Length / places) + Dice.Next(3)] = $"new{Dice.Next()}";
        return copy;
    }

    private static double Jaccard(string[] first, string[] second)
    {
        HashSet<string> a = [.. Runs(first)];
        HashSet<string> b = [.. Runs(second)];
        int common = a.Count(b.Contains);
        return (double)common / (a.Count + b.Count - common);
    }

    private static IEnumerable<string> Runs(string[] words) => Enumerable.Range(0, words.Length - 4).Select(i => string.Join(' ', words.AsSpan(i, 5).ToArray()));
}
