using Gestalt.Store.Labels;

namespace Gestalt.Store.Tests.Labels;

public sealed class LabelStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyList<LabelMessage> Prompt = [new("user", "Where does Ada Oakshaw live?\nAnd \"why\"?")];

    private readonly string _folder = Directory.CreateTempSubdirectory("gestalt-labels-").FullName;

    private string File => Path.Combine(_folder, LabelStore.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Trait("Speed", "Smoke")]
    public void What_was_added_is_there_and_the_last_label_counts()
    {
        var store = new LabelStore(_folder);
        (LabelTask write, LabelTask edit, LabelTask pick) = Tasks();
        store.Add([write, edit, pick]);
        store.Add(Chosen(pick, "ann", LabelChoice.First));
        store.Add(Answered(write, "ann", "In Tarnwood."));
        store.Add(Chosen(pick, "ann", LabelChoice.Second) with { At = Noon.AddMinutes(5) });
        LabelSet set = new LabelStore(File).Read();
        Assert.Empty(set.Problems);
        Assert.Equal([write.Id, edit.Id, pick.Id], set.Tasks.Select(task => task.Id));
        Assert.Equal(Prompt, set.Find(write.Id)!.Prompt);
        Assert.Equal(["In Tarnwood.", null], set.Labels.Select(label => label.Answer));
        Assert.Equal(LabelChoice.Second, set.Last("ann")!.Choice);
        Assert.Equal((2, 3), (set.Progress("ann").Done, set.Progress("ann").All));
        Assert.Equal(edit.Id, set.Next("ann")!.Id);
        Assert.Null(set.Next("ann", LabelKind.Pick));
        Assert.NotNull(set.Next("bob", LabelKind.Pick));
    }

    [Fact]
    public void A_kill_at_any_byte_costs_at_most_the_line_that_was_being_written()
    {
        (LabelTask write, _, LabelTask pick) = Tasks();
        var whole = new LabelStore(_folder);
        whole.Add([write, pick]);
        whole.Add(Answered(write, "ann", "Ünï\ncode, in Tarnwood"));
        whole.Add(Chosen(pick, "bob", LabelChoice.Tie));
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        Assert.Equal(4, bytes.Count(one => one == '\n'));
        for (int length = 0; length <= bytes.Length; length++)
        {
            string folder = Path.Combine(_folder, $"cut-{length}");
            Directory.CreateDirectory(folder);
            string file = Path.Combine(folder, LabelStore.FileName);
            System.IO.File.WriteAllBytes(file, bytes[..length]);
            int lines = bytes.AsSpan(0, length).Count((byte)'\n'), end = bytes.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            var warnings = new List<string>();
            var store = new LabelStore(file, warnings.Add);
            LabelSet read = store.Read();
            Assert.Equal((Math.Min(lines, 2), Math.Max(lines - 2, 0), 0), (read.Tasks.Count, read.Labels.Count, read.Problems.Count));
            store.Add([Tasks().Edit]);
            Assert.Equal(lines + 1, store.Read().Tasks.Count + store.Read().Labels.Count);
            Assert.Equal(bytes[..end], System.IO.File.ReadAllBytes(file)[..end]);
            string[] aside = Directory.GetFiles(folder, "*.torn-*");
            Assert.Equal(end == length ? 0 : 1, aside.Length);
            Assert.Equal(aside.Length, warnings.Count);
            if (aside.Length > 0) Assert.Equal(bytes[end..length], System.IO.File.ReadAllBytes(aside[0]));
        }
    }

    [Fact]
    public void Many_may_write_at_once()
    {
        (_, _, LabelTask pick) = Tasks();
        new LabelStore(_folder).Add([pick]);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number => new LabelStore(_folder).Add(Chosen(pick, $"labeller {number}", LabelChoice.First)));
        LabelSet set = new LabelStore(_folder).Read();
        Assert.Equal(40, set.Labels.Count);
        Assert.Empty(set.Problems);
        Assert.Empty(Directory.GetFiles(_folder, "*.torn-*"));
    }

    [Fact]
    public void A_line_that_is_none_is_named_and_left_alone()
    {
        (LabelTask write, _, _) = Tasks();
        var store = new LabelStore(_folder);
        store.Add([write]);
        System.IO.File.AppendAllText(File, "not json\n{\"label\": {\"task\": \"nobody\", \"by\": \"x\", \"at\": \"2026-01-01T00:00:00Z\"}}\n");
        store.Add(Answered(write, "ann", "yes"));
        LabelSet set = store.Read();
        Assert.Equal(["line 2", "line 3"], set.Problems.Select(problem => problem.Split(", ")[1].Split(':')[0]));
        Assert.Single(set.Labels);
        Assert.Contains("not json", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void What_says_nothing_is_refused_before_anything_is_written()
    {
        var store = new LabelStore(_folder);
        (LabelTask write, LabelTask edit, LabelTask pick) = Tasks();
        store.Add([write, edit, pick]);
        long length = new FileInfo(File).Length;
        Assert.Contains("equal", Assert.Throws<ArgumentException>(() => store.Add([pick with { Answers = ["a", "a"] }])).Message, StringComparison.Ordinal);
        Assert.Contains("2 answers", Assert.Throws<ArgumentException>(() => store.Add([write with { Answers = ["a", "b"], Sources = ["m", "n"] }])).Message, StringComparison.Ordinal);
        Assert.Contains("question", Assert.Throws<ArgumentException>(() => store.Add([write with { Prompt = [] }])).Message, StringComparison.Ordinal);
        Assert.Contains("no task", Assert.Throws<ArgumentException>(() => store.Add(Answered(write with { Id = "other" }, "ann", "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => store.Add(Answered(write, "ann", " "))).Message, StringComparison.Ordinal);
        Assert.Contains("name", Assert.Throws<ArgumentException>(() => store.Add(Answered(write, "", "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("better", Assert.Throws<ArgumentException>(() => store.Add(Answered(pick, "ann", "x"))).Message, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(File).Length);
    }

    [Fact]
    public void Sides_are_drawn_by_lot_and_stay()
    {
        LabelTask[] tasks = [.. Enumerable.Range(0, 400).Select(_ => Tasks().Pick)];
        Assert.InRange(tasks.Count(task => task.IsTurnedFor("ann")), 150, 250); // 200 ± 5 standard deviations
        Assert.InRange(tasks.Count(task => task.IsTurnedFor("ann") == task.IsTurnedFor("bob")), 150, 250);
        Assert.All(tasks, task => Assert.Equal(task.IsTurnedFor("ann"), task.IsTurnedFor("ann")));
    }

    [Fact]
    public void Exports_take_majorities_edits_and_ideal_answers()
    {
        (LabelTask write, LabelTask edit, LabelTask pick) = Tasks();
        (LabelTask even, LabelTask kept) = (Tasks().Pick, Tasks().Edit);
        LabelSet set = new(
            [write, edit, pick, even, kept],
            [
                Answered(write, "ann", "ideal"), Answered(write, "bob", " ideal "), Answered(edit, "ann", "better draft"), Answered(kept, "ann", "a draft"),
                Chosen(pick, "ann", LabelChoice.Second), Chosen(pick, "bob", LabelChoice.Second), Chosen(pick, "cid", LabelChoice.First), Chosen(pick, "dot", LabelChoice.Tie),
                Chosen(even, "ann", LabelChoice.First), Chosen(even, "bob", LabelChoice.Second), new Label(even.Id, "cid", Noon) { IsSkipped = true },
            ],
            []);
        Assert.Equal([(write.Id, "ideal"), (edit.Id, "better draft"), (kept.Id, "a draft")], set.Written().Select(one => (one.Task.Id, one.Answer)));
        Assert.Equal([(edit.Id, "better draft", "a draft"), (pick.Id, "two", "one")], set.Compared().Select(one => (one.Task.Id, one.Chosen, one.Rejected)));
        Assert.Equal([[(int)LabelChoice.Second, (int)LabelChoice.Second], [(int)LabelChoice.First, (int)LabelChoice.Second]], set.ChoicesOf(["ann", "bob"]));
        Assert.Equal(["ann", "bob", "cid", "dot"], set.Labellers);
    }

    private static (LabelTask Write, LabelTask Edit, LabelTask Pick) Tasks() => (
        LabelTask.Of(LabelKind.Write, Prompt),
        LabelTask.Of(LabelKind.Edit, Prompt, [("m", "a draft")]),
        LabelTask.Of(LabelKind.Pick, Prompt, [("m", "one"), ("n", "two")]));

    private static Label Answered(LabelTask task, string by, string answer) => new(task.Id, by, Noon) { Answer = answer };

    private static Label Chosen(LabelTask task, string by, LabelChoice choice) => new(task.Id, by, Noon.AddMinutes(1)) { Choice = choice };
}
