namespace Gestalt.Cli.Tests;

public sealed class ErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);

    /// <summary>The rule for every mistake: its own exit code, one line that names the culprit, no stack, nothing on stdout.</summary>
    private static void IsRefused(Finished run, int code, params string[] mentions)
    {
        Assert.True(run.ExitCode == code, $"exit status {run.ExitCode} instead of {code}: {run.Errors}");
        Assert.Empty(run.Output);
        string said = run.Errors.Split('\n').Single(line => line.StartsWith("gestalt: ", StringComparison.Ordinal));
        Assert.All(mentions, mention => Assert.Contains(mention, said));
        Assert.DoesNotContain("   at ", run.Errors);
    }

    [Theory]
    [InlineData("generate", "once", "--temprature", "1"), InlineData("corpus", "a.txt", "--holdout", "2"), InlineData("--no-such-option"), InlineData("nonsense"), InlineData("tokenizer", "train", "a.txt", "--vocabulary", "many"), InlineData("tokenizer", "train", "a.txt", "--rule", "gpt9")]
    public void A_command_line_that_makes_no_sense_is_wrong_usage(params string[] args)
    {
        Finished run = Run(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("--help' explains", run.Errors);
        Assert.DoesNotContain("   at ", run.Errors);
    }

    [Fact]
    public void Sampling_that_makes_no_sense_is_refused_before_a_model_is_looked_for()
    {
        IsRefused(Run("generate", "x", "--grammar", "a.gbnf", "--json-schema", "b.json"), 2, "one of them");
        IsRefused(Run("generate", "x", "--samplers", "top-k;sideways"), 2, "sideways", "top-n-sigma");
        IsRefused(Run("generate", "x", "--logit-bias", "15=many"), 2, "15=many");
        IsRefused(Run("generate", "x", "--typical", "2"), 2, "TypicalP is 2");
        IsRefused(Run("generate", "x", "--mirostat", "7"), 2, "Mirostat is 7");
    }

    [Fact]
    public void A_verb_without_anything_to_work_on_asks_for_it()
    {
        IsRefused(Run("tokenizer", "train"), 2, "--run");
        IsRefused(Run("corpus"), 2, "--run");
    }

    [Theory, InlineData("0"), InlineData("-3"), InlineData("1e9"), InlineData("NaN")]
    public void A_life_of_impossible_length_is_wrong_usage(string minutes)
    {
        IsRefused(Run("life", "--minutes", minutes, "--no-chat"), 2, "--minutes");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_life_on_nothing_is_refused_before_anything_is_made()
    {
        IsRefused(Run("life", "--data", "nowhere", "--no-chat"), 3, "nowhere");
        _folder.File("empty.txt", "");
        IsRefused(Run("life", "--data", "empty.txt", "--no-chat"), 4, "empty.txt");
        IsRefused(Run("life", "--hold-out", "2", "--no-chat"), 2, "--data");
        Assert.Equal(["empty.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Stages_without_what_they_need_name_the_verb_that_makes_it()
    {
        IsRefused(Run("pretrain"), 3, "gestalt life");
        IsRefused(Run("pretrain", "--run", "x"), 3, "x");
        Directory.CreateDirectory(_folder.In("runs/x"));
        IsRefused(Run("pretrain", "--run", "x"), 3, "gestalt corpus");
        IsRefused(Run("finetune", "--run", "x"), 3, "gestalt pretrain");
        IsRefused(Run("eval", "--run", "x"), 3, "gestalt life");
        IsRefused(Run("chat"), 3, "gestalt life");
        IsRefused(Run("generate", "hello"), 3, "gestalt life");
        IsRefused(Run("corpus", "--run", "x"), 3, "pages.warc.gz");
    }

    [Fact, Trait("Speed", "Smoke")]
    public void A_missing_file_is_named() => IsRefused(Run("tokenizer", "train", "nowhere.txt"), 3, "nowhere.txt");

    [Fact]
    public void A_pattern_that_matches_nothing_is_missing() => IsRefused(Run("corpus", "*.warc"), 3, "*.warc");

    [Fact]
    public void An_empty_folder_is_missing()
    {
        Directory.CreateDirectory(_folder.In("empty"));
        IsRefused(Run("corpus", "empty"), 3, "empty");
        IsRefused(Run("tokenizer", "train", "empty"), 3, "empty");
    }

    [Fact]
    public void A_model_that_is_not_there_is_missing_and_says_how_to_get_one()
    {
        IsRefused(Run("show"), 3, "gestalt life");
        IsRefused(Run("show", "nothing.gguf"), 3, "nothing.gguf");
        IsRefused(Run("tokenizer", "encode", "hello"), 3, "tokenizer.json", "gestalt tokenizer train");
    }

    [Fact]
    public void A_file_that_is_not_text_is_bad_input()
    {
        byte[] noise = new byte[5000];
        new Random(1).NextBytes(noise);
        _folder.File("noise.txt", noise);
        IsRefused(Run("tokenizer", "train", "noise.txt"), 4, "noise.txt");
        IsRefused(Run("corpus", "noise.txt"), 4);
        Assert.Equal(["noise.txt"], Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void A_vocabulary_larger_than_the_text_supports_is_bad_input()
    {
        _folder.File("short.txt", "the cat sat on the mat, the cat sat on the mat");
        IsRefused(Run("tokenizer", "train", "short.txt", "--vocabulary", "5000"), 4, "5000");
        Assert.False(File.Exists(_folder.In("tokenizer.json")));
    }

    [Fact]
    public void A_damaged_tokenizer_is_damaged()
    {
        _folder.File("tokenizer.json", """{"model": {"type": "BPE", "vocab": {"a": 0, """);
        IsRefused(Run("tokenizer", "encode", "hello"), 5);
    }

    [Fact]
    public void A_damaged_model_file_is_damaged()
    {
        _folder.File("model.gguf", [.. "GGUF"u8, 3, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
        IsRefused(Run("show", "model.gguf"), 5, "model.gguf");
        _folder.File("other.gguf", "This is not a model, it is a letter to my aunt.");
        IsRefused(Run("show", "other.gguf"), 5, "other.gguf");
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_an_output_error()
    {
        _folder.File("text.txt", string.Concat(Enumerable.Range(0, 400).Select(i => $"number {i % 50} is a number, and {i % 7} is one too. ")));
        _folder.File("file", "not a folder");
        IsRefused(Run("tokenizer", "train", "text.txt", "-v", "270", "--out", "file/tokenizer.json"), 6, "file");
        IsRefused(Run("corpus", "text.txt", "--out", "file/corpus"), 6, "file/corpus");
    }

    [Fact]
    public void Only_debug_shows_a_stack()
    {
        Finished run = Run("tokenizer", "train", "nowhere.txt", "--debug");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("   at Gestalt.", run.Errors);
    }

    [Fact]
    public void Ids_that_are_none_are_bad_input()
    {
        _folder.File("text.txt", string.Concat(Enumerable.Repeat("once upon a time there was a cat. ", 100)));
        Assert.Equal(0, Run("tokenizer", "train", "text.txt", "-v", "280").ExitCode);
        IsRefused(Run("tokenizer", "decode", "12", "twelve"), 4, "twelve");
        IsRefused(Run("tokenizer", "decode", "280"), 4, "280", "0 to 279");
    }

    [Fact]
    public void Threads_out_of_range_are_wrong_usage() => IsRefused(Run("bench", "--list", "--threads", "0"), 2, "--threads");

    [Fact]
    public void An_unknown_benchmark_is_wrong_usage_and_the_known_ones_are_named() => IsRefused(Run("bench", "fastest"), 2, "fastest", "gemm-f32");
}
