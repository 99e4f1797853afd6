using Gestalt.Models;

namespace Gestalt.Samples.Tests.Built;

/// <summary>The samples that use the libraries, built and run on a tiny model. Slow for the building alone; CI runs them.</summary>
[Trait("Speed", "Slow")]
public sealed class SampleTests(TinyModels models) : IClassFixture<TinyModels>
{
    private static string Run(string sample, string? input, params string[] arguments)
    {
        Finished run = SampleProgram.Dotnet(input, [SampleProgram.Build(sample), .. arguments]);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        return run.Output;
    }

    [Fact]
    public void Run_runs_as_its_first_lines_say()
    {
        Finished run = SampleProgram.Dotnet(null, "run", SampleProgram.PathOf("run.cs"), models.File("qwen3", TensorType.F32), "The cat", "--temperature", "0", "--tokens", "10");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.StartsWith("The cat", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_goes_on_with_a_text()
    {
        string output = Run("complete.cs", null, models.File("qwen3", TensorType.F16), "The cat");
        Assert.StartsWith("The cat", output, StringComparison.Ordinal);
        Assert.True(output.Length > 30);
    }

    [Fact]
    public void Chat_answers_line_by_line()
    {
        string output = Run("chat.cs", "hello\nand again\n", models.File("qwen3", TensorType.F16, isAssistant: true));
        Assert.Equal(3, output.Split("> ").Length - 1);
        Assert.True(output.Length > 20, output);
    }

    [Fact]
    public void Structured_output_is_an_object_of_the_type()
    {
        string output = Run("structured.cs", null, models.File("qwen3", TensorType.F16, isAssistant: true), "Tea");
        Assert.Matches(@"^[1-9] × (Coffee|Tea|Water)(, to go)?\s*$", output);
    }

    [Fact]
    public void Search_finds_the_line_itself_first()
    {
        string notes = Path.Combine(models.Folder, "notes.txt");
        File.WriteAllText(notes, "The cat sat on the mat\nThe moon came up\n1234\nThe fox said\n");
        string[] found = Run("search.cs", null, models.File("qwen3", TensorType.F32), notes, "The moon came up").Split('\n');
        Assert.Matches(@"^(1\.000|0\.999)  The moon came up", found[0]);
    }

    [Fact]
    public void Train_learns_a_text_by_heart()
    {
        string book = Path.Combine(models.Folder, "book.txt");
        File.WriteAllText(book, string.Concat(Enumerable.Repeat(TinyModels.Text, 4)));
        string output = Run("train.cs", null, book, Path.Combine(models.Folder, "trained.gguf"), "150");
        Assert.StartsWith("The cat sat on the mat", output, StringComparison.Ordinal);
    }
}
