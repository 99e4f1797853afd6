using Gestalt.Models.Hub;

namespace Gestalt.Cli.Tests.Hub;

public sealed class FileChoiceTests
{
    private static readonly string[] Many = ["README.md", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-IQ2_XXS.gguf", "m.F16-00001-of-00002.gguf", "m.F16-00002-of-00002.gguf", "mmproj-F16.gguf"];
    private static readonly string[] Folder = ["README.md", "config.json", "tokenizer.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "onnx/model.safetensors"];

    private static string[] Choose(string[] files, string? part = null, params string[] include) =>
        [.. FileChoice.Of([.. files.Select(path => new HubFile(path, 1))], part, include, "owner/m").Files.Select(file => file.Path)];

    [Fact]
    public void Of_many_precisions_one_is_taken_and_named()
    {
        FileChoice choice = FileChoice.Of([.. Many.Select(path => new HubFile(path, 1))], null, [], "owner/m");
        Assert.Equal("m-Q4_K_M.gguf", Assert.Single(choice.Files).Path);
        Assert.Contains("taking Q4_K_M", choice.Remark);
        Assert.Contains("IQ2_XXS", choice.Remark);
    }

    [Theory]
    [InlineData("Q8_0", "m-Q8_0.gguf"), InlineData("q8_0", "m-Q8_0.gguf"), InlineData("IQ2_XXS", "m-IQ2_XXS.gguf"), InlineData("m-Q8*", "m-Q8_0.gguf"), InlineData("mmproj-F16.gguf", "mmproj-F16.gguf")]
    public void One_precision_or_file_is_taken(string part, string expected) => Assert.Equal([expected], Choose(Many, part));

    [Fact]
    public void All_parts_of_a_split_file_are_taken() => Assert.Equal(["m.F16-00001-of-00002.gguf", "m.F16-00002-of-00002.gguf"], Choose(Many, "F16"));

    [Fact]
    public void Without_GGUF_the_folder_of_safetensors_is_taken() => Assert.Equal(
        ["README.md", "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json"],
        Choose(Folder).Order(StringComparer.Ordinal));

    [Fact]
    public void Patterns_alone_decide() => Assert.Equal(["config.json", "tokenizer.json", "pytorch_model.bin"], Choose(Folder, "Q8_0", "config.json", "tok*.json", "*.bin"));

    [Fact]
    public void What_is_not_there_names_what_is()
    {
        Assert.Contains("m-Q8_0.gguf", Assert.Throws<HubException>(() => Choose(Many, "Q2_K")).Message);
        Assert.Contains("--include", Assert.Throws<HubException>(() => Choose(["a.bin"])).Message);
        Assert.Contains("m:a.gguf", Assert.Throws<HubException>(() => Choose(["a.gguf", "b.gguf"])).Message);
    }

    [Theory]
    [InlineData("x-Q4_K_M.gguf", "Q4_K_M"), InlineData("x.q8_0.gguf", "Q8_0"), InlineData("x-fp16.gguf", "FP16"), InlineData("x-7b.gguf", null), InlineData("x-UD-IQ1_S.gguf", "IQ1_S"), InlineData("Qwen3-8B.gguf", null), InlineData("x-Q4_0-00001-of-00003.gguf", "Q4_0")]
    public void A_precision_is_read_off_a_name(string name, string? precision) => Assert.Equal(precision, FileChoice.Precision(name));
}
