using System.Text.Json;

namespace Gestalt.Cli.Tests.Verbs;

public sealed class TokenizerVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TokenizerVerbTests()
    {
        _folder.File("text/a.txt", string.Concat(Enumerable.Repeat("once upon a time there was a small lamplighter. ", 60)));
        _folder.File("text/b.jsonl", "{\"text\": \"the lamplighter had a ladder\"}\n{\"text\": \"the ladder had nine rungs\"}\n");
        Finished trained = Run([], "tokenizer", "train", "text", "--vocabulary", "300");
        Assert.True(trained.ExitCode == 0, trained.Errors);
    }

    public void Dispose() => _folder.Dispose();

    private Finished Run(byte[] input, params string[] args) => GestaltProcess.Run(_folder.Path, input, args);

    [Fact, Trait("Speed", "Smoke")]
    public void Training_says_what_it_did_on_stderr_only()
    {
        Finished run = Run([], "tokenizer", "train", "text", "-v", "290", "-o", "other.json");
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("290 tokens from 3 documents", run.Errors);
    }

    [Fact]
    public void Training_reports_json_on_stdout()
    {
        Finished run = Run([], "tokenizer", "train", "text", "-v", "290", "-o", "other.json", "--json");
        JsonElement report = JsonDocument.Parse(run.Text).RootElement;
        Assert.Equal(290, report.GetProperty("vocabulary_size").GetInt32());
        Assert.Equal("qwen2", report.GetProperty("rule").GetString());
    }

    [Fact]
    public void Any_bytes_come_back_through_encode_and_decode()
    {
        byte[] noise = new byte[4000];
        new Random(3).NextBytes(noise);
        Finished ids = Run(noise, "tokenizer", "encode");
        Assert.Equal(0, ids.ExitCode);
        Assert.Matches("^[0-9 ]+\n$", ids.Text);
        Assert.Equal(noise, Run(ids.Output, "tokenizer", "decode").Output);
    }

    [Fact]
    public void Words_on_the_command_line_are_one_text()
    {
        Assert.Equal(Run("once upon"u8.ToArray(), "tokenizer", "encode").Text, Run([], "tokenizer", "encode", "once", "upon").Text);
    }

    [Fact]
    public void A_special_tokens_name_in_text_is_only_text()
    {
        Finished run = Run([], "tokenizer", "encode", "--json", "<|im_start|>");
        int[] ids = JsonDocument.Parse(run.Text).RootElement.GetProperty("ids").Deserialize<int[]>()!;
        Assert.True(ids.Length > 1);
        Assert.DoesNotContain(ids, id => id >= 293);
    }

    [Fact]
    public void Show_describes_the_vocabulary()
    {
        Finished run = Run([], "tokenizer", "show", "--json");
        JsonElement report = JsonDocument.Parse(run.Text).RootElement;
        Assert.Equal(300, report.GetProperty("vocabulary_size").GetInt32());
        Assert.Equal(293, report.GetProperty("special").GetProperty("<|endoftext|>").GetInt32());
        Assert.Equal(300, Run([], "tokenizer", "show", "--all").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void A_rank_file_says_by_its_name_or_by_an_option_how_text_is_cut()
    {
        string ranks = string.Concat(Enumerable.Range(0, 256).Select(value => $"{Convert.ToBase64String([(byte)value])} {value}\n")) + "aGU= 256\n";
        _folder.File("ranks.txt", ranks);
        _folder.File("cl100k_base.tiktoken", ranks);
        Assert.Equal("256 33", Run([], "tokenizer", "encode", "-t", "cl100k_base.tiktoken", "he!").Text.Trim());
        Assert.Equal("256 33", Run([], "tokenizer", "encode", "-t", "ranks.txt", "--rule", "gpt2", "he!").Text.Trim());
        Assert.Contains("--rule", Run([], "tokenizer", "encode", "-t", "ranks.txt", "he!").Errors);
        Assert.Contains("there is no rule 'x'", Run([], "tokenizer", "encode", "-t", "ranks.txt", "--rule", "x", "he!").Errors);
    }

    [Fact]
    public void Special_tokens_are_made_of_their_names_only_where_asked()
    {
        Assert.DoesNotContain("293", Run([], "tokenizer", "encode", "<|endoftext|>").Text);
        Assert.Equal("293", Run([], "tokenizer", "encode", "--specials", "<|endoftext|>").Text.Trim());
    }

    [Fact]
    public void The_same_text_gives_the_same_file_whatever_the_threads()
    {
        Run([], "tokenizer", "train", "text", "-v", "300", "-o", "one.json", "--threads", "1");
        Assert.Equal(File.ReadAllBytes(_folder.In("tokenizer.json")), File.ReadAllBytes(_folder.In("one.json")));
    }
}
