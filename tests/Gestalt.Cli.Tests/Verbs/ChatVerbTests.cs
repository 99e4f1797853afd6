using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>chat</c> with models whose templates are not like ours.</summary>
public sealed class ChatVerbTests : IDisposable
{
    private const string Turns = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_system_message_that_the_template_refuses_is_folded_and_said_once()
    {
        Save("{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + Turns);
        Finished run = GestaltProcess.Run(_folder.Path, Encoding.UTF8.GetBytes("the cat\nthe mat\n"), "chat", "model.gguf", "--system", "be brief", "-n", "4");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(1, run.Errors.Split("has no place for a system message").Length - 1);
    }

    [Fact]
    public void What_the_model_thinks_is_not_in_the_answer()
    {
        Save(Turns + "<think>\n{# </think> #}");
        byte[] question = Encoding.UTF8.GetBytes("the cat\n");
        string[] wild = ["chat", "model.gguf", "-n", "30", "--temperature", "3", "--seed", "1"];
        Finished plain = GestaltProcess.Run(_folder.Path, question, wild), json = GestaltProcess.Run(_folder.Path, question, [.. wild, "--json"]);
        Assert.Equal("", plain.Text.Trim());
        JsonElement answer = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal("", answer.GetProperty("content").GetString());
        Assert.False(string.IsNullOrWhiteSpace(answer.GetProperty("reasoning_content").GetString()));
        Assert.NotEqual("", plain.Errors.Trim());
    }

    private void Save(string template)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat, and the cat saw the moon.\n", 4)));
        Tokenizer tokenizer = BpeTrainer.Train([text], 270, PreTokenizer.Gpt2);
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(1, 32, 1, 1, 32, 64, tokenizer.VocabularySize, 400, tied: true), new Device());
        model.Initialize(5);
        ModelFile.Save(Path.Combine(_folder.Path, "model.gguf"), model, tokenizer, new ModelFileOptions { Template = template, StopIds = [tokenizer.Special.EndOfText] });
    }
}
