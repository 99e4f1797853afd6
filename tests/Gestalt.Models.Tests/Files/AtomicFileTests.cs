namespace Gestalt.Models.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_appears_whole_and_its_folder_with_it()
    {
        string path = _folder.File("new/folder/file");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            Assert.False(File.Exists(path));
        });
        Assert.Equal("half", File.ReadAllText(path));
        Assert.False(File.Exists(AtomicFile.PartPath(path)));
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_no_part()
    {
        string path = _folder.File("file");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[3 << 20]);
            throw new InvalidOperationException("the power went");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _folder.Names());
    }

    [Fact]
    public void A_full_disk_is_one_clear_line_that_names_the_file()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        string path = _folder.File("file");
        File.WriteAllText(path, "old");
        File.CreateSymbolicLink(AtomicFile.PartPath(path), "/dev/full");
        IOException problem = Assert.ThrowsAny<IOException>(() => AtomicFile.Write(path, stream => stream.Write(new byte[10])));
        Assert.StartsWith($"{path}: could not be written", problem.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _folder.Names());
    }
}
