using System.Text;

namespace Gestalt.Models.Tests.Files;

public sealed unsafe class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static SafetensorsWriter Sample(NativeFloats values)
    {
        var writer = new SafetensorsWriter();
        writer.SetMetadata("format", "pt");
        writer.AddTensor("model.embed.weight", TensorType.F32, values.Data, 4, 64);
        writer.AddTensor("model.norm.weight", TensorType.F16, values.Data, 64);
        writer.AddTensor("lm_head", TensorType.BF16, values.Data, 2, 2, 3);
        writer.AddTensor("scalar", TensorType.F32, values.Data);
        return writer;
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void What_is_written_is_read_back()
    {
        using NativeFloats values = NativeFloats.Random(5, 256);
        string path = _folder.File("model.safetensors");
        Sample(values).Write(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["model.embed.weight", "model.norm.weight", "lm_head", "scalar"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([[4L, 64L], [64L], [2L, 2L, 3L], []], file.Tensors.Select(tensor => tensor.Shape.ToArray()));
        Assert.Equal(0, file.Tensors[0].Offset % 64);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            using var read = new NativeFloats(tensor.Count);
            tensor.Read(read.Data);
            for (int i = 0; i < tensor.Count; i++)
                Assert.Equal(values.Data[i], read.Data[i], tensor.Type == "F32" ? 0 : 2e-2f);
        }
    }

    [Fact]
    public void A_file_written_by_hand_is_read()
    {
        string path = Write("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}  """, 16);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(2, file.Tensors.Count);
        Assert.Equal("I64", file.Tensors[1].Type);
        Assert.Contains("is of type I64", Assert.Throws<ModelFileException>(() => file.Tensors[1].Read(null)).Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "a hole before tensor 'b'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes that belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "keeps tensor 'a' of 8 bytes at 0..8 of 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "of 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "8..0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "no whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "more than 2^63")]
    [InlineData("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}}""", 0, "no whole number")]
    [InlineData("""{"a":{"dtype":"Q3","shape":[2],"data_offsets":[0,8]}}""", 8, "'Q3', which is not known")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "does not give")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", 8, "unknown property 'extra'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", 8, "twice")]
    [InlineData("""{"a":[[[[[[[[]]]]]]]]}""", 0, "needs a StartObject")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[2]]]]]],"data_offsets":[0,8]}}""", 8, "")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "needs a String")]
    [InlineData("""{"a":7}""", 0, "needs a StartObject")]
    [InlineData("""{} {}""", 0, "cannot be read")]
    [InlineData("""{"a":""", 0, "cannot be read")]
    [InlineData("""[]""", 0, "not a JSON object")]
    public void A_header_that_lies_is_refused(string header, int dataBytes, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(Write(header, dataBytes))).Message);

    [Fact]
    public void A_header_longer_than_the_file_is_refused()
    {
        string path = _folder.File("long.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(1UL << 60), .. "{}"u8]);
        Assert.Contains("claims a header of 1152921504606846976 bytes", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path)).Message);
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Contains("it has 3 bytes", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path)).Message);
    }

    private string Write(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        string path = _folder.File("hand.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[dataBytes]]);
        return path;
    }
}
