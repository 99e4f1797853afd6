using Gestalt.Models.Hub;

namespace Gestalt.Cli.Tests.Hub;

[Collection("Models folder")]
public sealed class ModelStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModelStoreTests() => Environment.SetEnvironmentVariable(ModelStore.Variable, _folder.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ModelStore.Variable, null);
        _folder.Dispose();
    }

    private void Fill(params string[] files)
    {
        foreach (string file in files) _folder.File(file, "12345");
    }

    [Fact]
    public void Models_are_listed_by_name_and_precision()
    {
        Fill("ada/Small-GGUF/Small-Q8_0.gguf", "ada/Small-GGUF/Small-Q4_0.gguf", "ada/Small-GGUF/.gestalt.json", "bob/Wide/config.json", "bob/Wide/model.safetensors", "bob/Split/s-F16-00001-of-00002.gguf", "bob/Split/s-F16-00002-of-00002.gguf", "cy/Half/h-Q8_0.gguf.part", "cy/Half/h-Q8_0.gguf.part.json", "cy/Lost/l-F16-00001-of-00002.gguf");
        IReadOnlyList<StoredModel> all = ModelStore.All();
        Assert.Equal(["ada/Small-GGUF:Q4_0", "ada/Small-GGUF:Q8_0", "bob/Split:F16", "bob/Wide", "cy/Half:Q8_0", "cy/Lost:F16"], all.Select(model => model.Name));
        Assert.Equal([true, true, true, true, false, false], all.Select(model => model.IsComplete));
        Assert.Equal(10, all[2].Bytes);
        Assert.Equal(_folder.In("bob/Split/s-F16-00001-of-00002.gguf"), all[2].Path);
        Assert.Equal(_folder.In("bob/Wide"), all[3].Path);
    }

    [Theory]
    [InlineData("ada/Small-GGUF:Q8_0", "Small-Q8_0.gguf"), InlineData("small:q8_0", "Small-Q8_0.gguf"), InlineData("Small-GGUF:Q4_0", "Small-Q4_0.gguf"), InlineData("ada/small:Q4_0", "Small-Q4_0.gguf"), InlineData("one", "One-Q8_0.gguf")]
    public void A_short_name_finds_a_model(string name, string file)
    {
        Fill("ada/Small-GGUF/Small-Q8_0.gguf", "ada/Small-GGUF/Small-Q4_0.gguf", "bob/One-GGUF/One-Q8_0.gguf");
        Assert.Equal(file, Path.GetFileName(ModelStore.Find(name)?.Path));
        Assert.Null(ModelStore.Find("other"));
    }

    [Fact]
    public void A_name_of_several_or_of_half_a_model_is_refused()
    {
        Fill("ada/Small-GGUF/Small-Q8_0.gguf", "ada/Small-GGUF/Small-Q4_0.gguf", "cy/Half/h-Q8_0.gguf.part");
        Assert.Contains("ada/Small-GGUF:Q8_0", Assert.Throws<HubException>(() => ModelStore.Find("small")).Message);
        Assert.Contains("gestalt pull cy/Half:Q8_0", Assert.Throws<HubException>(() => ModelStore.Find("half")).Message);
    }

    [Fact]
    public void Removing_one_precision_leaves_the_others_and_removing_the_last_leaves_nothing()
    {
        Fill("ada/Small-GGUF/Small-Q8_0.gguf", "ada/Small-GGUF/Small-Q4_0.gguf", "ada/Small-GGUF/.gestalt.json", "bob/One/One-Q8_0.gguf");
        Assert.Equal(5, ModelStore.Remove(ModelStore.Named("small:Q8_0")));
        Assert.Equal(["ada/Small-GGUF:Q4_0", "bob/One:Q8_0"], ModelStore.All().Select(model => model.Name));
        ModelStore.Remove(ModelStore.Named("small"));
        Assert.Equal(["bob"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_that_is_not_there_holds_nothing()
    {
        Environment.SetEnvironmentVariable(ModelStore.Variable, _folder.In("nowhere"));
        Assert.Empty(ModelStore.All());
        Assert.Null(ModelStore.Find("x"));
    }
}
