using System.Text;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary>What the engine can do, asked for on the command line: context, cache, guesses.</summary>
public sealed class EngineOptionTests : IDisposable
{
    private const string Beginning = "the cat sat on the mat and the cat sat";

    private readonly TemporaryFolder _folder = new();

    public EngineOptionTests()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat, and the cat saw the moon.\n", 4)));
        Tokenizer tokenizer = BpeTrainer.Train([text], 270, PreTokenizer.Gpt2), other = BpeTrainer.Train([text.Reverse().ToArray()], 270, PreTokenizer.Gpt2);
        Save("large.gguf", 64, 400, tokenizer, 1);
        Save("small.gguf", 32, 300, tokenizer, 2);
        Save("stranger.gguf", 32, 300, other, 3);
        Save("endless.gguf", 32, 1 << 24, tokenizer, 4, heads: 64, headWidth: 256); // 2 TiB of keys and values
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Guesses_and_caches_leave_the_text_as_it_is()
    {
        string plain = Text();
        Assert.NotEmpty(plain);
        Assert.Equal(plain, Text("--draft", "small.gguf", "--lookup"));
        Assert.Equal(plain, Text("--lookup", "--context", "200"));
        Assert.NotEmpty(Text("--cache", "q8_0"));

        string Text(params string[] options)
        {
            Finished run = Run(["generate", Beginning, "-m", "large.gguf", "-n", "60", "--temperature", "0", .. options]);
            Assert.True(run.ExitCode == 0, run.Errors);
            return run.Text;
        }
    }

    [Fact]
    public void A_chat_takes_the_same_options()
    {
        Finished run = GestaltProcess.Run(_folder.Path, Encoding.UTF8.GetBytes("the cat\n"), "chat", "large.gguf", "--context", "150", "--cache", "q8_0", "--lookup", "-n", "5");
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_what_can()
    {
        Refused("A context of 500 tokens is asked for; the model's is 400", "generate", "x", "-m", "large.gguf", "--context", "500");
        Refused("the model's context holds 20", "generate", Beginning, "-m", "large.gguf", "--context", "20", "-n", "50");
        Refused("'f64'", "generate", "x", "-m", "large.gguf", "--cache", "f64");
        Refused("The draft model 'stranger' has another vocabulary than 'large': token ", "generate", "x", "-m", "large.gguf", "--draft", "stranger.gguf");
        string endless = Refused("The largest context that fits is", "generate", "x", "-m", "endless.gguf", "--context", "16777216");
        Assert.Matches(@"Ask for it with --context \d+, or keep them smaller with --cache q8_0\.", endless);
        Finished missing = Run("generate", "x", "-m", "large.gguf", "--draft", "none");
        Assert.Equal((3, true), (missing.ExitCode, missing.Errors.Contains("'none'", StringComparison.Ordinal)));
    }

    private string Refused(string complaint, params string[] args)
    {
        Finished run = Run(args);
        Assert.True(run.ExitCode == 2, $"{run.ExitCode}: {run.Errors}");
        Assert.Contains(complaint, run.Errors);
        Assert.Empty(run.Output);
        return run.Errors;
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);

    private void Save(string name, int width, int context, Tokenizer tokenizer, int seed, int heads = 1, int headWidth = 32)
    {
        using var model = new Transformer(TransformerConfig.Qwen3Shaped(2, width, heads, heads, headWidth, 2 * width, tokenizer.VocabularySize, context, tied: true), new Device());
        model.Initialize((ulong)seed);
        ModelFile.Save(Path.Combine(_folder.Path, name), model, tokenizer, new ModelFileOptions { Name = Path.GetFileNameWithoutExtension(name), IsAssistant = true });
    }
}
