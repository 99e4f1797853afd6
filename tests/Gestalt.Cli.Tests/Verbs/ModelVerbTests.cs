using System.Text;
using System.Text.Json;
using Gestalt.Models;
using Gestalt.Tensors;
using Gestalt.Text;

namespace Gestalt.Cli.Tests.Verbs;

/// <summary><c>quantize</c> and <c>convert</c> as a user runs them, on a model of some thousand weights.</summary>
public sealed class ModelVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelVerbTests()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => $"Once upon a time there were {i} small models, and model {i * 7 % 400} lived in a file. "));
        _folder.File("book.txt", text);
        TinyModelFile.Write(_folder.In("model.gguf"), text, 300, vocabulary => TinyModelFile.TwoLayers(vocabulary, context: 64));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quantize_says_what_it_measured_on_and_what_it_cost()
    {
        Finished run = Run("quantize", "model.gguf", "small.gguf", "--type", "q8_0", "--imatrix-text", "book.txt", "--tokens", "500", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("small.gguf", "book.txt (its first 80 %)", "book.txt (its last 20 %)"),
            (result.GetProperty("file").GetString(), result.GetProperty("calibrated_on").GetString(), result.GetProperty("measured_on").GetString()));
        Assert.InRange(result.GetProperty("cost").GetProperty("mean_nats").GetDouble(), 0, 0.01);
        Assert.True(result.GetProperty("bytes").GetInt64() < result.GetProperty("source_bytes").GetInt64() / 2);
        Assert.Equal(["book.txt", "model.gguf", "small.gguf"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());

        Finished plain = Run("quantize", "model.gguf", "--type", "q4_k_m", "--text", "book.txt", "--tokens", "300");
        Assert.Contains("tokens of book.txt:", plain.Text);
        Assert.Contains("perplexity", plain.Text);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "model-q4_k_m.gguf")));
    }

    [Fact]
    public void Convert_goes_to_a_folder_and_back()
    {
        Assert.Equal(0, Run("convert", "model.gguf", "folder").ExitCode);
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.EnumerateFiles(Path.Combine(_folder.Path, "folder")).Select(Path.GetFileName).Order());
        Finished back = Run("convert", "folder", "back.gguf", "--json");
        Assert.True(back.ExitCode == 0, back.Errors);
        Assert.Equal("qwen3", JsonDocument.Parse(back.Output).RootElement.GetProperty("architecture").GetString());
        Assert.Contains("Hugging Face folder", Run("show", "folder").Text);
        using LoadedModel original = ModelFile.Load(Path.Combine(_folder.Path, "model.gguf"), new Device()), again = ModelFile.Load(Path.Combine(_folder.Path, "back.gguf"), new Device());
        foreach (Parameter parameter in original.Transformer.Parameters)
            Assert.True(parameter.Values.SequenceEqual(again.Transformer[parameter.Name].Values), parameter.Name);
    }

    [Fact]
    public void Mistakes_are_refused_with_what_to_do()
    {
        Refused(2, "is the model itself", "quantize", "model.gguf", "model.gguf", "--type", "q8_0");
        Refused(3, "there is no text file 'none.txt'", "quantize", "model.gguf", "x.gguf", "--type", "q8_0", "--imatrix-text", "none.txt");
        Refused(6, "is there already", "convert", "model.gguf", "book.txt");
        Refused(2, "--tokenizer goes with a .bin", "convert", "model.gguf", "x.gguf", "--tokenizer", "book.txt");
        Refused(2, "Name a .gguf file for q8_0", "convert", "model.gguf", "x", "--type", "q8_0");
        _folder.File("stories.bin", "no model at all, only a text of some length");
        Refused(5, "is no model of llama2.c", "convert", "stories.bin", "x.gguf");
        Assert.False(File.Exists(Path.Combine(_folder.Path, "x.gguf")));
    }

    private Finished Run(params string[] args) => GestaltProcess.Run(_folder.Path, [], args);

    private void Refused(int code, string complaint, params string[] args)
    {
        Finished run = Run(args);
        Assert.True(run.ExitCode == code, $"{run.ExitCode}: {run.Errors}");
        Assert.Contains(complaint, run.Errors);
        Assert.Empty(run.Output);
    }
}
