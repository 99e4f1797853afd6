using System.Security.Cryptography;
using Gestalt.Store.Improving;
using Gestalt.Text;

namespace Gestalt.Store.Tests.Improving;

public sealed class ImprovementVersionsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        _folder.Dispose();
    }

    [Fact]
    public void Equal_content_is_one_version_and_other_content_the_next_whose_parent_it_is()
    {
        var versions = new ImprovementVersions(_folder.Path);
        Assert.Equal(0, versions.Newest);
        (VersionManifest first, bool isNew) = versions.Make(Set("one"), ["log.jsonl"]);
        Assert.Equal((1, true, null, 2), (first.Number, isNew, first.Parent, first.New));
        (VersionManifest again, bool isNewAgain) = versions.Make(Set("one"), ["elsewhere"]);
        Assert.Equal((1, false, first.Hash), (again.Number, isNewAgain, again.Hash));
        (VersionManifest second, _) = versions.Make(Set("one", "two"), ["log.jsonl"]);
        Assert.Equal((2, first.Hash, 1), (second.Number, second.Parent, second.New));
        Assert.NotEqual(first.Hash, second.Hash);
        (VersionManifest other, _) = new ImprovementVersions(_folder["elsewhere"]).Make(Set("one"), []);
        Assert.Equal(first.Hash, other.Hash);
        Assert.Equal(2, versions.Newest);
    }

    [Fact]
    public void What_was_made_comes_back_and_is_read_by_fine_tuning()
    {
        var versions = new ImprovementVersions(_folder.Path);
        ImprovementSet set = Set("one", "two");
        versions.Make(set, ["log.jsonl"]);
        (VersionManifest manifest, ImprovementSet read) = versions.Open(1);
        Assert.Equal([2, 1, 1, 1, 2, 1], manifest.Files.Select(file => file.Conversations));
        Assert.Equal(set.Corrected.Select(one => (one.Id, one.By, one.ApprovedBy, one.Was, one.Conversation)), read.Corrected.Select(one => (one.Id, one.By, one.ApprovedBy, one.Was, one.Conversation)));
        Assert.Equal([new RaisedFlag("rule:wrong", "it says 1953")], read.Corrected[0].Flags);
        Assert.Equal("question one", read.Corrected[0].Question);
        Assert.Equal(set.Replay, read.Replay);
        string file = Path.Combine(versions.FolderOf(1), ImprovementVersions.CorrectedName);
        Assert.Equal(set.Corrected.Select(one => one.Conversation), ConversationFile.Read(file));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), manifest.Files[0].Sha256);
        Assert.True(File.GetAttributes(file).HasFlag(FileAttributes.ReadOnly));
    }

    [Theory]
    [InlineData(ImprovementVersions.CorrectedName)]
    [InlineData(ImprovementVersions.ReplayName)]
    [InlineData(ImprovementVersions.ManifestName)]
    public void A_changed_file_is_refused_by_its_name(string name)
    {
        var versions = new ImprovementVersions(_folder.Path);
        versions.Make(Set("one"), []);
        string file = Path.Combine(versions.FolderOf(1), name);
        File.SetAttributes(file, FileAttributes.Normal);
        File.WriteAllText(file, name == ImprovementVersions.ManifestName ? File.ReadAllText(file).Replace("\"number\":1", "\"number\":7", StringComparison.Ordinal) : File.ReadAllText(file) + " ");
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => versions.Open(1)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => versions.Make(Set("two"), []));
        File.Delete(file);
        Assert.Contains(file, Assert.ThrowsAny<Exception>(() => versions.Open(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kill_while_a_version_is_written_leaves_none_and_the_next_try_makes_it()
    {
        var versions = new ImprovementVersions(_folder.Path);
        Directory.CreateDirectory(versions.FolderOf(1) + ".part");
        File.WriteAllText(Path.Combine(versions.FolderOf(1) + ".part", ImprovementVersions.CorrectedName), "half");
        Assert.Equal(0, versions.Newest);
        versions.Make(Set("one"), []);
        Assert.Equal(1, versions.Open(1).Manifest.Number);
        Assert.False(Directory.Exists(versions.FolderOf(1) + ".part"));
    }

    private static ImprovementSet Set(params string[] names) =>
        new([.. names.Select(Corrected)], [Corrected("held back")], [Talk("kept")], [Talk("kept back")], [Talk("replay"), Talk("replay again")], [Talk("replay back")]);

    private static CorrectedAnswer Corrected(string name) => new($"id {name}", [new RaisedFlag("rule:wrong", "it says 1953")], "was " + name, "key", "ada", Talk(name));

    private static Conversation Talk(string name) => Conversation.Of(new Message(Roles.User, "question " + name), new Message(Roles.Assistant, "answer " + name));
}
