using Gestalt.Models.Tests.Families;
using Gestalt.Tensors;

namespace Gestalt.Models.Tests.Files;

/// <summary>Models split over several GGUF files.</summary>
public sealed unsafe class SplitFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    private string First => Part(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_are_one_model()
    {
        using Transformer model = Split();
        using LoadedModel mapped = ModelFile.Load(First, SmallModels.Device, LoadMode.Mapped);
        int[] tokens = RandomModels.Tokens(9);
        Assert.Equal(RandomModels.Logits(model, tokens), RandomModels.Logits(mapped.Transformer, tokens));
        ModelDescription whole = ModelFile.Describe(First);
        Assert.Equal((3, Enumerable.Range(1, 3).Sum(number => new FileInfo(Part(number)).Length)), (whole.Files, whole.Bytes));
        Assert.Equal(model.Parameters.Sum(parameter => parameter.Length), whole.ParameterCount);
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        Split().Dispose();
        Assert.Contains("is part 2 of a model split in 3", Refusal(Part(2)));
        File.Copy(First, _folder.File("renamed.gguf"));
        Assert.Contains("is not named like it", Refusal(_folder.File("renamed.gguf")));
        File.Copy(Part(3), Part(2), overwrite: true);
        Assert.Contains("does not say that it is part 2 of 3", Refusal(First));
        File.Copy(First, Part(2), overwrite: true);
        Assert.Contains("which an earlier part has, too", Refusal(First));
        File.Delete(Part(2));
        Assert.Contains("there is no such file", Refusal(First));
    }

    [Theory]
    [InlineData(0u, "metadata 'split.count' is 0")]
    [InlineData(4_000_000_000u, "metadata 'split.count' is 4000000000")]
    public void Counts_beyond_reason_are_refused(uint count, string complaint)
    {
        Split(count);
        Assert.Contains(complaint, Refusal(First));
    }

    private string Part(int number) => _folder.File($"model-{number:D5}-of-00003.gguf");

    private static string Refusal(string path) => Assert.Throws<ModelFileException>(() => ModelFile.Load(path, SmallModels.Device, LoadMode.Mapped)).Message;

    private Transformer Split(uint count = 3)
    {
        Transformer model = RandomModels.Build("qwen3");
        string whole = _folder.File("whole.gguf");
        ModelFile.Save(whole, model, SmallModels.Tokenizer);
        using GgufFile file = GgufFile.Open(whole);
        for (int part = 0; part < 3; part++)
        {
            var writer = new GgufWriter();
            foreach (GgufValue value in part == 0 ? file.Metadata : [])
                writer.Copy(value);
            writer.SetUInt32("split.no", (uint)part);
            writer.SetUInt32("split.count", count);
            writer.SetUInt32("split.tensors.count", (uint)file.Tensors.Count);
            foreach (GgufTensor tensor in file.Tensors.Where((_, i) => i % 3 == part))
                writer.AddTensor(tensor.Name, TensorType.F32, (float*)tensor.Data, [.. tensor.Dimensions.Reverse()]);
            writer.Write(Part(part + 1));
        }
        return model;
    }
}
