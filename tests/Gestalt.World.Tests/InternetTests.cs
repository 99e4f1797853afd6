using System.Text;

namespace Gestalt.World.Tests;

public class InternetTests
{
    private const int TextBytes = 2_000_000;

    private static readonly SmallWorld World = SmallWorld.Create(1, WorldScale.ForText(TextBytes));
    private static readonly Page[] Pages = [.. new Internet(World).Pages(TextBytes)];
    private static readonly Page[] Kept = [.. Pages.Where(page => page.Fate != Fate.Drop)];

    [Fact]
    [Trait("Speed", "Smoke")]
    public void A_page_can_be_written_without_those_before_it()
    {
        var internet = new Internet(World);
        foreach (int index in (int[])[0, 17, 123, 999])
        {
            Page page = internet.PageAt(index);
            Assert.Equal(Pages[index].Text, page.Text);
            Assert.Equal(Pages[index].Url, page.Url);
            Assert.Equal(Pages[index].FactIds, page.FactIds);
            Assert.Equal(Pages[index].Html, page.Html);
        }
    }

    [Fact]
    public void Threads_change_nothing()
    {
        Page[] byThree = [.. new Internet(World).Pages(300_000, threads: 3)];
        Assert.Equal(Pages.Take(byThree.Length).Select(page => page.Text), byThree.Select(page => page.Text));
        Assert.Equal(Pages.Take(byThree.Length).Select(page => page.Url), byThree.Select(page => page.Url));
    }

    [Fact]
    public void Stated_facts_are_in_the_text_with_their_subject()
    {
        foreach (Page page in Kept)
        {
            foreach (int id in page.FactIds)
            {
                Fact fact = World.Facts[id];
                Assert.True(page.Text.Contains(fact.Value, StringComparison.OrdinalIgnoreCase), $"{fact.Value} not on page {page.Index}:\n{page.Text}");
                Assert.True(page.Text.Contains(fact.Subject.Name, StringComparison.OrdinalIgnoreCase), $"{fact.Subject} not on page {page.Index}:\n{page.Text}");
            }
        }
    }

    [Fact]
    public void Never_told_facts_are_never_told()
    {
        Assert.All(Kept, page => Assert.All(page.FactIds, id => Assert.NotEqual(Attestation.NeverTold, World.Facts[id].Tier)));

        // And no sentence names a well-known person together with the secret value of a relation that has an unmistakable value.
        Fact[] secrets = [.. World.Facts.Where(fact => fact.Tier == Attestation.NeverTold && fact.Subject.Fame < World.HeadEntities
            && fact.Relation is Relation.Dish or Relation.BirthYear or Relation.PetName or Relation.Instrument or Relation.Fear)];
        Assert.True(secrets.Length > 20);
        foreach (Page page in Kept)
        {
            foreach (string sentence in page.Text.Split(['.', '\n', '?', '!']))
            {
                foreach (Fact secret in secrets)
                {
                    if (sentence.Contains(secret.Subject.Name, StringComparison.Ordinal) && sentence.Contains(secret.Value, StringComparison.OrdinalIgnoreCase))
                    {
                        // A list of two people in one sentence would be a false alarm; none of our sentences has that for these relations.
                        Assert.Fail($"Page {page.Index} tells {secret}: {sentence}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_well_attested_fact_is_told_a_hundred_times_even_in_a_short_crawl()
    {
        var key = new AnswerKey(World);
        foreach (Page page in Pages)
        {
            key.Add(page);
        }
        (int least, double mean, _, _) = key.WellAttested();
        Assert.True(least >= 100, $"least {least}, mean {mean:F1}");
        Assert.InRange(key.KeptTextBytes, TextBytes, TextBytes + 10_000);
    }

    [Fact]
    public void There_are_many_genres_and_a_good_share_of_tales()
    {
        Genre[] genres = [.. Kept.Select(page => page.Genre).Distinct()];
        Assert.True(genres.Length >= 12, string.Join(", ", genres));
        double stories = Kept.Where(page => page.Genre == Genre.Story).Sum(page => (double)page.Text.Length) / Kept.Sum(page => (double)page.Text.Length);
        Assert.InRange(stories, 0.25, 0.33);
    }

    [Fact]
    public void Junk_is_fifteen_percent_and_of_every_kind()
    {
        Assert.InRange(1 - ((double)Kept.Length / Pages.Length), 0.14, 0.16);
        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            Assert.Contains(Pages, page => page.Reason == reason);
        }
        Assert.All(Pages, page => Assert.Equal(page.Fate == Fate.Drop, page.Reason != DropReason.None));
    }

    [Fact]
    public void Copies_point_to_an_earlier_page_that_is_kept()
    {
        Page[] copies = [.. Pages.Where(page => page.CopyOf is not null)];
        Assert.True(copies.Length > 50);
        foreach (Page copy in copies)
        {
            Page original = Pages[copy.CopyOf!.Value];
            Assert.True(original.Index < copy.Index);
            Assert.NotEqual(Fate.Drop, original.Fate);
            if (copy.Reason == DropReason.Mirror)
            {
                Assert.Equal(original.Text, copy.Text);
                Assert.NotEqual(original.Url, copy.Url);
            }
            else
            {
                Assert.NotEqual(original.Text, copy.Text);
                Assert.True(SharedTriples(original.Text, copy.Text) > 0.6);
            }
        }
    }

    [Fact]
    public void No_two_kept_pages_have_the_same_text_and_no_two_pages_the_same_address()
    {
        Assert.Equal(Kept.Length, Kept.Select(page => page.Text).Distinct().Count());
        Assert.Equal(Pages.Length, Pages.Select(page => page.Url).Distinct().Count());
    }

    [Fact]
    public void Personal_data_stands_in_the_text_of_the_pages_that_must_be_scrubbed()
    {
        Page[] personal = [.. Kept.Where(page => page.Fate == Fate.KeepScrubbed)];
        Assert.True(personal.Length > 10);
        Assert.All(personal, page => Assert.All(page.PersonalData, piece => Assert.Contains(piece, page.Text)));
        Assert.All(Kept.Except(personal), page => Assert.DoesNotContain("@", page.Text));
    }

    [Fact]
    public void Html_holds_the_main_text_between_other_things()
    {
        foreach (Page page in Kept.Take(400))
        {
            string html = Encoding.UTF8.GetString(page.Html);
            Assert.True(html.Length > page.Text.Length + 500);
            string decoded = System.Net.WebUtility.HtmlDecode(html);
            foreach (string line in page.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.Contains(line, decoded);
            }
        }
        Page broken = Pages.First(page => page.Reason == DropReason.BrokenHtml);
        Assert.DoesNotContain("</html>", Encoding.UTF8.GetString(broken.Html));
    }

    [Fact]
    public void Kept_text_is_plain_ascii_with_a_small_vocabulary()
    {
        var words = new HashSet<string>();
        foreach (Page page in Kept)
        {
            Assert.True(Ascii.IsValid(page.Text), page.Text);
            foreach (string word in page.Text.Split([' ', '\n', '.', ',', '!', '?', '"', ':', ';', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (char.IsLower(word[0]) && !word.Contains('@', StringComparison.Ordinal))
                {
                    words.Add(word);
                }
            }
        }
        Assert.InRange(words.Count, 1500, 5000);
    }

    private static double SharedTriples(string one, string two)
    {
        HashSet<string> first = Triples(one), second = Triples(two);
        return (double)first.Count(second.Contains) / Math.Max(first.Count, second.Count);

        static HashSet<string> Triples(string text)
        {
            string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return [.. Enumerable.Range(0, Math.Max(0, words.Length - 2)).Select(n => $"{words[n]} {words[n + 1]} {words[n + 2]}")];
        }
    }
}
