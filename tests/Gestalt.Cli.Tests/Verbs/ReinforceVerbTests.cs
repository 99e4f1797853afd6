using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary>Reinforcement as a user does it.</summary>
public sealed class ReinforceVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReinforceVerbTests()
    {
        TinyModelFile.Write(
            _folder.In("assistant.gguf"), string.Concat(Enumerable.Repeat("Which is larger, 9.11 or 9.9 ? <think> 9.11 and 9.90 , 9.90 is larger </think> 9.9\n", 4)), 270, TinyModelFile.OneLayer,
            new ModelFileOptions { IsAssistant = true });
        File.WriteAllLines(Path.Combine(_folder.Path, "own.jsonl"), [.. Enumerable.Range(0, 24).Select(i => $$"""{"question": "Which is {{i}} ?", "answer": "so\n#### {{i}}"}"""), "{\"question\": \"Who?\"}"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Problems_become_conversations_a_model_and_a_measure()
    {
        Finished written = Run("reinforce", "problems", "comparisons", "--count", "20", "--out", "start.jsonl", "--json");
        Assert.True(written.ExitCode == 0, written.Errors);
        Assert.Equal(20, ConversationFile.Read(Path.Combine(_folder.Path, "start.jsonl")).Count());
        Finished trained = Run("reinforce", "--problems", "comparisons", "-m", "assistant.gguf", "--steps", "2", "--prompts", "2", "--samples", "3", "--max-tokens", "8", "--measure", "10", "--json");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        using JsonDocument result = JsonDocument.Parse(trained.Text);
        Assert.Equal(12, result.RootElement.GetProperty("answers").GetInt32());
        Assert.Equal(10, result.RootElement.GetProperty("after").GetProperty("greedy").GetProperty("trials").GetInt32());
        Assert.True(File.Exists(Path.Combine(_folder.Path, "rl", "model.gguf")));
        Assert.Contains("Length of an answer", File.ReadAllText(Path.Combine(_folder.Path, "rl", "reinforce.html")), StringComparison.Ordinal);
        Assert.Equal(2, File.ReadLines(Path.Combine(_folder.Path, "rl", "metrics.jsonl")).Count(line => line.Contains("\"clip_fraction\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Problems_of_a_file_take_the_same_path()
    {
        Finished measured = Run("reinforce", "measure", "--data", "own.jsonl", "-m", "assistant.gguf", "--max-tokens", "4", "--json");
        Assert.True(measured.ExitCode == 0, measured.Errors);
        Assert.Contains(", line 25: ", measured.Errors, StringComparison.Ordinal);
        using JsonDocument result = JsonDocument.Parse(measured.Text);
        Assert.Equal(3, result.RootElement.GetProperty("sampled").GetProperty("trials").GetInt32());

        Finished written = Run("reinforce", "problems", "--data", "own.jsonl", "--blurts", "0", "--out", "start.jsonl");
        Assert.True(written.ExitCode == 0, written.Errors);
        Assert.Equal(24, ConversationFile.Read(Path.Combine(_folder.Path, "start.jsonl")).Count());
        File.WriteAllLines(Path.Combine(_folder.Path, "long.jsonl"), [.. File.ReadLines(Path.Combine(_folder.Path, "own.jsonl")).Take(24), $$"""{"question": "{{new string('?', 400)}}", "answer": "1"}"""]);
        Finished trained = Run("reinforce", "--data", "long.jsonl", "-m", "assistant.gguf", "--steps", "1", "--prompts", "2", "--samples", "2", "--max-tokens", "4");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        Assert.Contains("are left out", trained.Errors, StringComparison.Ordinal);
        Refused(2, "--strict was asked for", "--data", "long.jsonl", "--strict", "--max-tokens", "4");
    }

    [Fact]
    public void What_cannot_serve_is_refused()
    {
        Refused(2, "there are no problems");
        Refused(2, "there are no problems called 'adding'", "--problems", "adding");
        Refused(2, "two sources", "--problems", "dates", "--data", "own.jsonl");
        Refused(2, "a group of 1", "--problems", "dates", "--samples", "1");
        Refused(2, "--clip-low is 2", "--problems", "dates", "--clip-low", "2");
        Refused(3, "there is no file 'none.jsonl'", "--data", "none.jsonl");
        Refused(4, "--strict was asked for", "--data", "own.jsonl", "--strict");
    }

    private void Refused(int status, string reason, params string[] options)
    {
        Finished run = Run(["reinforce", "--model", "assistant.gguf", .. options]);
        Assert.True(run.ExitCode == status && run.Errors.Contains(reason, StringComparison.Ordinal), $"{run.ExitCode}: {run.Errors}");
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);
}
