using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>finetune</c> and <c>adapter</c> as a user runs them on a model and conversations of their own.</summary>
public sealed class FinetuneVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FinetuneVerbTests()
    {
        TinyModelFile.Write(
            _folder.In("model.gguf"), string.Concat(Enumerable.Repeat("user assistant what is red? the apple is red, it said. ", 9)), 290,
            vocabulary => TinyModelFile.TwoLayers(vocabulary, context: 128), new ModelFileOptions { Name = "tiny" });
        ConversationFile.Write(Path.Combine(_folder.Path, "talk.jsonl"), Enumerable.Range(0, 20).Select(_ =>
            Conversation.Of(new Message(Roles.User, "what is red?"), new Message(Roles.Assistant, "the apple."))));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Show_mask_prints_what_is_learned_and_trains_nothing()
    {
        Finished shown = Run("finetune", "-m", "model.gguf", "-d", "talk.jsonl", "--show-mask", "1");
        Assert.True(shown.ExitCode == 0, shown.Errors);
        Assert.Equal("the apple.<|im_end|>", shown.Text[(shown.Text.IndexOf('⟦', StringComparison.Ordinal) + 1)..shown.Text.IndexOf('⟧', StringComparison.Ordinal)].Replace("·", "", StringComparison.Ordinal));
        JsonElement json = JsonDocument.Parse(Run("finetune", "-m", "model.gguf", "-d", "talk.jsonl", "--show-mask", "1", "--json").Text).RootElement;
        Assert.Equal(json.GetProperty("ids").GetArrayLength(), json.GetProperty("learned").GetArrayLength());
        Assert.Equal(["model.gguf", "talk.jsonl"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_adapter_is_trained_shown_used_and_merged()
    {
        Finished run = Run("finetune", "-m", "model.gguf", "-d", "talk.jsonl=2", "--lora-rank", "4", "--steps", "120", "--rows", "2", "--learning-rate", "0.02", "--out", "tuned", "--merge", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(120, JsonDocument.Parse(run.Text).RootElement.GetProperty("steps").GetInt32());
        JsonElement shown = JsonDocument.Parse(Run("adapter", "show", "tuned/adapter", "--json").Text).RootElement;
        Assert.Equal(("LoRA", 4, 8.0, 14), (shown.GetProperty("kind").GetString(), shown.GetProperty("rank").GetInt32(), shown.GetProperty("alpha").GetDouble(), shown.GetProperty("matrices").GetInt32()));

        string plain = Run("generate", "the", "-m", "model.gguf", "--temperature", "0", "-n", "8").Text;
        string peft = Run("generate", "the", "-m", "model.gguf", "--adapter", "tuned/adapter", "--temperature", "0", "-n", "8").Text;
        Assert.NotEqual(plain, peft);
        Assert.Equal(peft, Run("generate", "the", "-m", "model.gguf", "--adapter", "tuned/adapter.gguf", "--temperature", "0", "-n", "8").Text);
        Assert.Equal(peft, Run("generate", "the", "-m", "tuned/model.gguf", "--temperature", "0", "-n", "8").Text);
        Finished merged = Run("adapter", "merge", "model.gguf", "tuned/adapter", "merged.gguf");
        Assert.True(merged.ExitCode == 0, merged.Errors);
        Assert.Equal(peft, Run("generate", "the", "-m", "merged.gguf", "--temperature", "0", "-n", "8").Text);
    }

    [Fact]
    public void Mistakes_are_refused_with_what_to_do()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "bad.jsonl"), "\nnonsense\n");
        Refused(4, "bad.jsonl, line 2", "finetune", "-m", "model.gguf", "-d", "bad.jsonl", "-d", "talk.jsonl", "--strict");
        Refused(4, "bad.jsonl, line 2", "finetune", "-m", "model.gguf", "-d", "bad.jsonl");
        Refused(2, "--data", "finetune", "-m", "model.gguf");
        Refused(2, "'much'", "finetune", "-m", "model.gguf", "-d", "talk.jsonl=much");
        Refused(2, "--lora-rank", "finetune", "-m", "model.gguf", "-d", "talk.jsonl", "--dora");
        Refused(2, "'x'", "finetune", "-m", "model.gguf", "-d", "talk.jsonl", "--lora-rank", "4", "--lora-layers", "q,x");
        Refused(5, "no adapter", "generate", "the", "-m", "model.gguf", "--adapter", "talk.jsonl");

        void Refused(int code, string named, params string[] arguments)
        {
            Finished run = Run(arguments);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(named, run.Errors, StringComparison.Ordinal);
        }
    }

    private Finished Run(params string[] arguments) => GestaltProcess.Run(_folder.Path, [], arguments);
}
