namespace Gestalt.Corpus.Tests.Reading;

public sealed class InputFilesTests
{
    [Fact]
    public void Folders_are_searched_to_the_bottom_in_a_fixed_order_without_hidden_files()
    {
        using var folder = new TestFolder();
        foreach (string name in (string[])["b.txt", "a/z.txt", "a/b/c.txt", ".hidden", ".git/config", "B.txt"])
            folder.Write(name, "x");
        Assert.Equal(["B.txt", "a/b/c.txt", "a/z.txt", "b.txt"], InputFiles.Find([folder.Path]).Select(file => Path.GetRelativePath(folder.Path, file)));
    }

    [Theory]
    [InlineData("*.txt", "b.txt")]
    [InlineData("**/*.txt", "a/b/c.txt a/z.txt b.txt")]
    [InlineData("a/*", "a/z.txt")]
    [InlineData("a/**", "a/b/c.txt a/z.txt")]
    [InlineData("?.md", "m.md")]
    [InlineData("*/b/c.txt", "a/b/c.txt")]
    public void Globs_match_names_and_folders(string pattern, string expected)
    {
        using var folder = new TestFolder();
        foreach (string name in (string[])["b.txt", "a/z.txt", "a/b/c.txt", "m.md"])
            folder.Write(name, "x");
        Assert.Equal(expected.Split(' '), InputFiles.Find([folder[pattern]]).Select(file => Path.GetRelativePath(folder.Path, file)));
    }

    [Fact]
    public void A_file_named_twice_is_read_once_and_a_name_with_a_star_is_a_name()
    {
        using var folder = new TestFolder();
        string odd = folder.Write("what*.txt", "x");
        folder.Write("whatever.txt", "x");
        Assert.Equal([odd], InputFiles.Find([odd, odd]));
    }

    [Fact]
    public void A_link_to_the_folder_above_does_not_lead_round_in_circles()
    {
        using var folder = new TestFolder();
        folder.Write("a/x.txt", "x");
        Directory.CreateSymbolicLink(folder["a/up"], folder.Path);
        Assert.Single(InputFiles.Find([folder.Path]));
    }

    [Fact]
    public void What_is_missing_or_empty_is_said_in_one_line()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["empty"]);
        Assert.Contains("holds no files", Error([folder["empty"]]), StringComparison.Ordinal);
        Assert.Contains("there is no file or folder", Error([folder["missing"]]), StringComparison.Ordinal);
        Assert.Contains("matches no file", Error([folder["*.txt"]]), StringComparison.Ordinal);
        Assert.Contains("no input was named", Error([]), StringComparison.Ordinal);
    }

    private static string Error(string[] inputs)
    {
        string message = Assert.Throws<CorpusException>(() => InputFiles.Find(inputs)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
