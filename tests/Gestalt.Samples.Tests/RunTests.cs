using System.Text;
using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Text;

namespace Gestalt.Samples.Tests;

/// <summary>The model that explains itself says what the engine says.</summary>
public sealed class RunTests(TinyModels models) : IClassFixture<TinyModels>
{
    private static readonly Lazy<string> Program = new(() => SampleProgram.Build("run.cs"));

    private static Finished Run(params string[] arguments) => SampleProgram.Dotnet(null, [Program.Value, .. arguments]);

    private void Compare(string shape, TensorType type, params string[] prompts)
    {
        string path = models.File(shape, type);
        foreach (string prompt in prompts)
        {
            Finished run = Run(path, prompt, "--temperature", "0", "--tokens", "40");
            Assert.Equal((0, prompt + Engine(path, prompt, 40) + Environment.NewLine), (run.ExitCode, run.Output));
            Assert.Contains("40 tokens", run.Errors, StringComparison.Ordinal);
        }
    }

    private static string Engine(string path, string prompt, int tokens)
    {
        using var model = LanguageModel.Open(path);
        return model.Generator.Complete(prompt, new GenerationOptions { Sampling = SamplingOptions.Greedy, MaxTokens = tokens }).ReadToEnd();
    }

    [Theory]
    [InlineData("qwen3", TensorType.F32)]
    [InlineData("qwen3", TensorType.Q8_0)]
    [InlineData("gpt2", TensorType.F16)]
    public void Writes_what_the_engine_writes(string shape, TensorType type) => Compare(shape, type, "Then the fox said: “Wh", "");

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("qwen3", TensorType.F16)]
    [InlineData("qwen3", TensorType.BF16)]
    [InlineData("gpt2", TensorType.F32)]
    [InlineData("gpt2", TensorType.Q8_0)]
    public void Writes_what_the_engine_writes_in_every_form(string shape, TensorType type) => Compare(shape, type, "The cat sat", "Then the fox said: “Wh", "");

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("gpt-2")]
    [InlineData("qwen2")]
    [InlineData("dbrx")]
    [InlineData("smollm")]
    public void Cuts_text_into_words_by_the_rule_of_the_file(string name)
    {
        Assert.True(PreTokenizer.TryFromGgufName(name, out PreTokenizer? rule));
        string path = models.File("qwen3", TensorType.F32, rule);
        const string Prompt = "it's  1234 o'clock 𝒜𝟙— 🦊\n\n  The";
        Finished run = Run(path, Prompt, "--temperature", "0", "--tokens", "8");
        Assert.Equal(Prompt + Engine(path, Prompt, 8) + Environment.NewLine, run.Output);
    }

    [Fact]
    public void A_seed_gives_the_same_text_again_and_another_seed_another()
    {
        string path = models.File("qwen3", TensorType.F32);
        string[] arguments = [path, "The", "--temperature", "20", "--top-p", "1", "--tokens", "20", "--seed"];
        string first = Run([.. arguments, "5"]).Output;
        Assert.Equal(first, Run([.. arguments, "5"]).Output);
        Assert.NotEqual(first, Run([.. arguments, "6"]).Output);
    }

    [Fact]
    public void Says_what_is_wrong_in_one_line()
    {
        string good = models.File("qwen3", TensorType.F32);
        byte[] bytes = File.ReadAllBytes(good);
        string name = Path.Combine(models.Folder, "bad.gguf");
        Refused(2, "Usage: dotnet run run.cs MODEL.gguf");
        Refused(2, "--temperature needs a number from 0 to 100.", good, "x", "--temperature", "hot");
        Refused(2, "Usage:", good, "x", "--what");
        Refused(1, "Could not find file", Path.Combine(models.Folder, "missing.gguf"), "x");
        Refused(1, "the prompt has", good, "x", "--tokens", "5000");
        Bad("is not a GGUF file", Encoding.UTF8.GetBytes("once upon a time there was a text"));
        Bad("is not a GGUF file", []);
        Bad("is cut short", bytes[..^100]);
        Bad("is damaged or cut short", [.. bytes[..8], .. BitConverter.GetBytes(1UL << 60), .. bytes[16..]]);
        Bad("is of a version of GGUF", [.. bytes[..4], 9, 0, 0, 0, .. bytes[8..]]);
        int architecture = bytes.AsSpan().IndexOf("qwen3"u8);
        Bad("holds a model of architecture 'mamba'", [.. bytes[..architecture], .. "mamba"u8, .. bytes[(architecture + 5)..]]);

        void Bad(string message, byte[] file)
        {
            File.WriteAllBytes(name, file);
            Refused(1, message, name, "x");
        }

        static void Refused(int exitCode, string message, params string[] arguments)
        {
            Finished run = Run(arguments);
            Assert.True(run.ExitCode == exitCode && run.Errors.Contains(message, StringComparison.Ordinal), $"expected {exitCode}, '{message}': {run.ExitCode}, '{run.Errors}'");
            Assert.Equal(1, run.Errors.AsSpan().Count('\n'));
            Assert.Empty(run.Output);
        }
    }

    [Fact]
    public void Is_one_file_of_at_most_500_lines_without_a_package()
    {
        string[] lines = File.ReadAllLines(SampleProgram.PathOf("run.cs"));
        Assert.InRange(lines.Length, 1, 500);
        Assert.DoesNotContain(lines, line => line.StartsWith("#:package", StringComparison.Ordinal) || line.StartsWith("#:project", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("Gestalt.", StringComparison.Ordinal));
    }
}
