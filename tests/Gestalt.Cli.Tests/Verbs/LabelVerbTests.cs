using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>label</c> as people use it: tasks from prompts, answers and choices at the terminal, agreement, and files to learn from.</summary>
public sealed class LabelVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LabelVerbTests() => _folder.File("prompts.txt", "what is red?\nwhat is green?\n\nwhat is blue?\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ideal_answers_are_written_and_become_conversations()
    {
        Finished added = Run([], "add", "--data", "prompts.txt");
        Assert.True(added.ExitCode == 0, added.Errors);
        Assert.Contains("3 tasks", added.Errors, StringComparison.Ordinal);
        Finished written = Run(Encoding.UTF8.GetBytes("w\nthe apple.\n.\ns\nw\nthe sky,\nand the sea.\n.\n"), "--as", "ada");
        Assert.True(written.ExitCode == 0, written.Errors);
        Finished exported = Run([], "export", "--sft", "ideal.jsonl", "--json");
        Assert.True(exported.ExitCode == 0, exported.Errors);
        Assert.Equal(2, JsonDocument.Parse(exported.Text).RootElement.GetProperty("ideal_answers").GetInt32());
        Conversation[] talks = [.. ConversationFile.Read(_folder.In("ideal.jsonl"))];
        Assert.Equal(["the apple.", "the sky,\nand the sea."], talks.Select(talk => talk.Messages[^1].Content).Order(StringComparer.Ordinal));
        Assert.All(talks, talk => Assert.Contains(talk.Messages[0].Content, File.ReadAllText(_folder.In("prompts.txt")), StringComparison.Ordinal));
    }

    [Fact]
    public void Two_people_pick_blind_and_their_agreement_and_comparisons_come_out()
    {
        TinyModelFile.Write(_folder.In("model.gguf"), string.Concat(Enumerable.Repeat("user assistant what is red? the apple is green, the sky is blue. ", 9)), 290, TinyModelFile.OneLayer, new ModelFileOptions { IsAssistant = true });
        Finished added = Run([], "add", "--data", "prompts.txt", "--model", "model.gguf", "--temperature", "2", "--max-tokens", "12");
        Assert.True(added.ExitCode == 0, added.Errors);
        foreach (string name in (string[])["ada", "bob"])
            Assert.Equal(0, Run(Encoding.UTF8.GetBytes("l\nl\nl\n"), "--as", name).ExitCode);
        Finished agreement = Run([], "agreement", "--json");
        Assert.True(agreement.ExitCode == 0, agreement.Errors);
        JsonElement found = JsonDocument.Parse(agreement.Text).RootElement;
        Assert.Equal([("ada", 3), ("bob", 3)], found.GetProperty("labellers").EnumerateArray().Select(one => (one.GetProperty("name").GetString()!, one.GetProperty("done").GetInt32())));
        Assert.Equal("ada and bob", found.GetProperty("pairs")[0].GetProperty("who").GetString());
        Finished exported = Run([], "export", "--preferences", "pairs.jsonl", "--json");
        // Each saw the answers in an order of his own: where both said "left", they may have meant different ones, and then there is no majority.
        Assert.Equal(JsonDocument.Parse(exported.Text).RootElement.GetProperty("comparisons").GetInt32(), File.ReadLines(_folder.In("pairs.jsonl")).Count());
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Refused(3, "there are no labels", "agreement");
        Refused(3, "there is no task", "--as", "ada");
        Refused(3, "there is no file 'none.txt'", "add", "--data", "none.txt");
        Refused(2, "that takes a model", "add", "--data", "prompts.txt", "--kind", "edit");
        Refused(2, "--as is", "--as", " ");

        void Refused(int status, string reason, params string[] args)
        {
            Finished run = Run([], args);
            Assert.True(run.ExitCode == status && run.Errors.Contains(reason, StringComparison.Ordinal), $"{run.ExitCode}: {run.Errors}");
        }
    }

    private Finished Run(byte[] input, params string[] args) => GestaltProcess.Run(_folder.Path, input, ["label", .. args, "--labels", "labels.jsonl"]);
}
