using Gestalt.Store.Improving;

namespace Gestalt.Store.Tests.Improving;

public sealed class ReviewStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_word_counts_and_rules_do_not_contradict_a_person()
    {
        var store = new ReviewStore(_folder.Path);
        store.Add(Flag("a", "rule:wrong"), Flag("a", "ada"), Flag("a", "rule:wrong") with { Why = "again" });
        Assert.Equal([("ada", "why"), ("rule:wrong", "again")], store.Read().Of("a").Flags.Select(flag => (flag.By, flag.Why)));
        Assert.Equal([null, "wrong"], store.Read().Of("a").Flags.Select(flag => flag.Rule));
        store.Add(new Flag("a", "bob", Noon, "") { IsWithdrawn = true });
        store.Add(Flag("a", "rule:repeats"));
        Assert.Equal((false, true), (store.Read().Of("a").IsFlagged, store.Read().Of("a").IsCleared));
        store.Add(Flag("a", "ada") with { Why = "but it is" });
        Assert.Equal((true, false), (store.Read().Of("a").IsFlagged, store.Read().Of("a").IsCleared));
        Assert.Equal((false, false), (store.Read().Of("never seen").IsFlagged, store.Read().Of("never seen").IsCleared));
    }

    [Fact]
    public void Nothing_is_learned_from_a_draft_or_from_what_is_not_flagged()
    {
        var store = new ReviewStore(_folder.Path);
        store.Add(Flag("a", "rule:wrong"));
        store.Add(new Correction("a", "model:small", Noon, "a draft"), new Correction("b", "ada", Noon, "good") { ApprovedBy = "ada" });
        Assert.Null(store.Read().Of("a").Approved);
        Assert.Equal("a draft", store.Read().Of("a").Correction!.Content);
        Assert.Null(store.Read().Of("b").Approved);
        store.Add(new Correction("a", "ada", Noon, "better") { ApprovedBy = "ada" });
        Assert.Equal("better", store.Read().Of("a").Approved);
        store.Add(new Flag("a", "ada", Noon, "") { IsWithdrawn = true });
        Assert.Null(store.Read().Of("a").Approved);
    }

    [Fact]
    public void What_says_nothing_is_refused_and_what_is_neither_is_named()
    {
        var store = new ReviewStore(_folder.Path);
        Assert.Contains("why", Assert.Throws<ArgumentException>(() => store.Add(Flag("a", "ada") with { Why = " " })).Message, StringComparison.Ordinal);
        Assert.Contains("whose", Assert.Throws<ArgumentException>(() => store.Add(Flag("a", ""))).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => store.Add(new Correction("a", "ada", Noon, ""))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(store.Path));
        store.Add(Flag("a", "ada"));
        File.AppendAllText(store.Path, "{\"flag\":{\"answer\":\"b\"}}\n{}\n");
        ReviewSet set = store.Read();
        Assert.Equal(2, set.Problems.Count);
        Assert.All(set.Problems.Zip([2, 3]), one => Assert.StartsWith($"{store.Path}, line {one.Second}:", one.First, StringComparison.Ordinal));
        Assert.True(set.Of("a").IsFlagged);
    }

    private static Flag Flag(string answer, string by) => new(answer, by, Noon, "why");
}
