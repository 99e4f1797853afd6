using System.Text;
using System.Text.Json;
using Gestalt.Evaluation.Reports;

namespace Gestalt.Cli.Tests;

public sealed class LifeTests(FinishedLife life) : IClassFixture<FinishedLife>
{
    private static JsonElement Parse(Finished run)
    {
        Assert.True(run.ExitCode == 0, $"exit status {run.ExitCode}: {run.Errors}");
        return JsonDocument.Parse(run.Text).RootElement;
    }

    [Fact]
    public void Interrupting_saves_and_says_how_to_go_on()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("signals are sent with kill");
        Assert.Equal(130, life.Interrupted.ExitCode);
        Assert.Contains("Saved. To go on: ./gestalt life --run small --no-chat", life.Interrupted.Errors);
        Assert.Empty(life.Interrupted.Output);
    }

    [Fact]
    public void Going_on_does_not_do_again_what_was_done()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("signals are sent with kill");
        Assert.Contains("going on with runs/small", life.Resumed.Errors);
        foreach (string stage in (string[])["world", "corpus", "tokenizer"]) Assert.Contains($"{stage}: already done", life.Resumed.Errors);
        Assert.DoesNotContain("pretrain: already done", life.Resumed.Errors);
    }

    [Fact]
    public void It_ends_with_a_model_and_a_report_and_nothing_half_written()
    {
        JsonElement result = Parse(life.Resumed);
        Assert.True(File.Exists(Path.Combine(life.Folder, result.GetProperty("model").GetString()!)));
        foreach (string file in (string[])["model.gguf", "report.html", "report.json", "eval.json", "plan.json", "base/metrics.jsonl", "sft/metrics.jsonl"])
            Assert.True(File.Exists(life.In(file)), file);
        Assert.DoesNotContain(Directory.EnumerateFiles(life.In(""), "*", SearchOption.AllDirectories), file => file.EndsWith(".part", StringComparison.Ordinal) || file.EndsWith(".new", StringComparison.Ordinal) || file.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void The_report_tells_the_life_with_intervals_and_commands()
    {
        LifeReport report = ReportPage.FromJson(File.ReadAllText(life.In("report.json")));
        Assert.Equal(["world", "corpus", "tokenizer", "pretrain", "finetune", "eval", "export"], report.Stages.Select(stage => stage.Name));
        Assert.All(report.Stages, stage => Assert.StartsWith("gestalt " + stage.Name, stage.Command.Replace("./", "")));
        Assert.Contains(report.Scores, score => score.Headline && score.Result.Trials > 50 && score.Result.Chance > 0);
        Assert.Equal(5, report.Stories.Count);
        TrainingCurve pretraining = report.Curves[0];
        Assert.True(pretraining.Samples[^1].Loss < 0.75 * pretraining.Samples[0].Loss, "the loss falls");
        Measurement bits = Assert.Single(report.Measurements, measurement => measurement.Unit == "bits per byte");
        Assert.InRange(bits.Value, 0.1, 3.0);
    }

    [Fact]
    public void A_finished_life_is_not_lived_again()
    {
        DateTime written = File.GetLastWriteTimeUtc(life.In("model.gguf"));
        Finished again = life.Run("life", "--run", "small", "--no-chat");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("export: already done", again.Errors);
        Assert.Equal(written, File.GetLastWriteTimeUtc(life.In("model.gguf")));
    }

    [Fact]
    public void A_run_asked_for_something_else_refuses()
    {
        Finished run = life.Run("life", "--run", "small", "--minutes", "3", "--no-chat");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--minutes 1", run.Errors);
    }

    [Fact]
    public void The_assistant_answers_lines_from_a_pipe()
    {
        Finished run = life.Run("Hello! Who are you?\nThank you.\n"u8.ToArray(), "chat", "runs/small", "--json", "--tokens", "30");
        Assert.Equal(0, run.ExitCode);
        JsonElement[] answers = [.. run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(2, answers.Length);
        Assert.All(answers, answer => Assert.Equal("assistant", answer.GetProperty("role").GetString()));
        Assert.True(answers[1].GetProperty("prompt_tokens").GetInt32() > answers[0].GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public void A_conversation_longer_than_the_context_forgets_its_beginning_and_says_so()
    {
        string lines = string.Concat(Enumerable.Range(0, 24).Select(i => $"Where does number {i} live, and what does everybody in the valley know about it?\n"));
        Finished run = life.Run(Encoding.UTF8.GetBytes(lines), "chat", "--tokens", "12");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("forgets the oldest", run.Errors);
    }

    [Fact]
    public void A_message_longer_than_the_context_is_refused_and_the_conversation_goes_on()
    {
        Finished run = life.Run(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("word and ", 3000)) + "\nHello!\n"), "chat", "--json", "--tokens", "12");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Say it in fewer words", run.Errors);
        Assert.Single(run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Greedy_generation_repeats_itself_and_a_seed_does_too()
    {
        string[] greedy = ["generate", "Once upon a time", "-m", "runs/small/base/model.gguf", "-n", "25", "--temperature", "0"];
        Assert.Equal(life.Run(greedy).Text, life.Run(greedy).Text);
        string[] seeded = ["generate", "Once upon a time", "-n", "25", "--temperature", "1", "--seed", "5"];
        Finished one = life.Run(seeded), other = life.Run([.. seeded[..^1], "6"]);
        Assert.Equal(one.Text, life.Run(seeded).Text);
        Assert.NotEqual(one.Text, other.Text);
    }

    [Fact]
    public void What_is_generated_under_a_schema_or_a_grammar_satisfies_it()
    {
        File.WriteAllText(Path.Combine(life.Folder, "person.json"), """{"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","minimum":1,"maximum":99}},"required":["name","age"],"additionalProperties":false}""");
        File.WriteAllText(Path.Combine(life.Folder, "answer.gbnf"), "root ::= \"yes\" | \"no, \" [a-z]{3,9}");
        File.WriteAllText(Path.Combine(life.Folder, "bad.gbnf"), "root ::= \"yes\" | maybe");
        JsonElement person = Parse(life.Run("generate", "A person:", "--json-schema", "person.json", "--seed", "1", "--temperature", "1.5"));
        Assert.InRange(person.GetProperty("age").GetInt32(), 1, 99);
        Assert.InRange(person.GetProperty("name").GetString()!.Length, 0, 16);
        Assert.Matches("^(yes|no, [a-z]{3,9})\n$", life.Run("generate", "Is it so?", "--grammar", "answer.gbnf", "--top-n-sigma", "2", "--dry-multiplier", "0.8", "--samplers", "dry;top-n-sigma;temperature").Text);
        Finished refused = life.Run("generate", "x", "--grammar", "bad.gbnf");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("bad.gbnf: line 1, column 18: there is no rule 'maybe'", refused.Errors);
        Assert.Equal(3, life.Run("generate", "x", "--grammar", "none.gbnf").ExitCode);
    }

    [Fact]
    public void Generation_that_cannot_fit_is_refused_with_both_numbers()
    {
        Finished run = life.Run("generate", "Once upon a time", "-n", "100000");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("100000", run.Errors.Replace(",", ""));
    }

    [Fact]
    public void A_base_model_does_not_chat_and_says_what_to_do_instead()
    {
        Finished run = life.Run("chat", "runs/small/base/model.gguf");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("gestalt generate -m runs/small/base/model.gguf", run.Errors);
    }

    [Fact]
    public void Show_describes_the_newest_model()
    {
        JsonElement shown = Parse(life.Run("show", "--json"));
        Assert.Equal("qwen3", shown.GetProperty("architecture").GetString());
        Assert.EndsWith("runs/small/model.gguf", shown.GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.Contains("blk.0.attn_q.weight", life.Run("show", "--tensors").Text);
    }

    [Fact]
    public void An_exported_model_is_smaller_and_says_nearly_the_same()
    {
        Finished export = life.Run("export", "runs/small", "small.gguf", "--type", "q8_0");
        Assert.True(export.ExitCode == 0, export.Errors);
        Assert.True(new FileInfo(Path.Combine(life.Folder, "small.gguf")).Length < 0.5 * new FileInfo(life.In("model.gguf")).Length);
        Finished answer = life.Run("Hello!\n"u8.ToArray(), "chat", "small.gguf", "--tokens", "20");
        Assert.Equal(0, answer.ExitCode);
        Assert.NotEmpty(answer.Text.Trim());
        Assert.Equal(2, life.Run("export", "small.gguf", "small.gguf").ExitCode);
        Assert.Equal(6, life.Run("export", "small.gguf", "nowhere/small.gguf").ExitCode);
    }

    [Fact]
    public void A_truncated_model_is_damaged()
    {
        byte[] whole = File.ReadAllBytes(life.In("model.gguf"));
        File.WriteAllBytes(Path.Combine(life.Folder, "cut.gguf"), whole[..(whole.Length / 2)]);
        Finished run = life.Run("generate", "Once", "-m", "cut.gguf");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("cut.gguf", run.Errors);
    }

    [Fact]
    public void A_full_disk_is_an_output_error_that_leaves_nothing_behind()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full here");
        string place = Path.Combine(life.Folder, "full.gguf");
        File.CreateSymbolicLink(place + ".part", "/dev/full");
        Finished run = life.Run("export", "runs/small", "full.gguf");
        Assert.Equal(6, run.ExitCode);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(life.Folder), path => path.Contains("full.gguf"));
    }
}
