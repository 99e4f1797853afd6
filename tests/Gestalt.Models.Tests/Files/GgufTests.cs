using System.Text;

namespace Gestalt.Models.Tests.Files;

public sealed unsafe class GgufTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bytes_are_laid_out_as_the_format_says()
    {
        using var values = new NativeFloats([1, 2, 3, 4, 5, -6]);
        var writer = new GgufWriter();
        writer.SetText("general.architecture", "toy");
        writer.SetUInt32("toy.n", 7);
        writer.SetTexts("t", ["é", ""]);
        writer.AddTensor("ab", TensorType.F32, values.Data, 2, 3);
        writer.AddTensor("c", TensorType.F16, values.Data, 2);
        string path = _folder.File("layout.gguf");
        writer.Write(path);

        var expected = new MemoryStream();
        var bytes = new BinaryWriter(expected);
        void Text(string text)
        {
            bytes.Write((ulong)Encoding.UTF8.GetByteCount(text));
            bytes.Write(Encoding.UTF8.GetBytes(text));
        }
        bytes.Write("GGUF"u8);
        bytes.Write(3u);
        bytes.Write(2ul);
        bytes.Write(3ul);
        Text("general.architecture");
        bytes.Write(8u);
        Text("toy");
        Text("toy.n");
        bytes.Write(4u);
        bytes.Write(7u);
        Text("t");
        bytes.Write(9u);
        bytes.Write(8u);
        bytes.Write(2ul);
        Text("é");
        Text("");
        Text("ab");
        bytes.Write(2u);
        bytes.Write(3ul); // columns first
        bytes.Write(2ul);
        bytes.Write(0u);
        bytes.Write(0ul);
        Text("c");
        bytes.Write(1u);
        bytes.Write(2ul);
        bytes.Write(1u);
        bytes.Write(32ul); // 24 bytes of 'ab', padded
        while (expected.Length % 32 != 0)
            bytes.Write((byte)0);
        foreach (float value in new float[] { 1, 2, 3, 4, 5, -6 })
            bytes.Write(value);
        bytes.Write(new byte[8]);
        bytes.Write((Half)1);
        bytes.Write((Half)2);
        bytes.Write(new byte[28]);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    [Trait("Speed", "Smoke")]
    public void What_is_written_is_read_back()
    {
        using NativeFloats values = NativeFloats.Random(3, 4 * 64);
        string path = _folder.File("all.gguf");
        Samples.Gguf(values).Write(path);
        using GgufFile file = GgufFile.Open(path);

        Assert.Equal(3, file.Version);
        Assert.Equal("toy", file.Get("general.architecture").AsText());
        Assert.Equal(4_000_000_000, file.Get("toy.count").AsInteger());
        Assert.Equal(1L << 40, file.Get("toy.big").AsInteger());
        Assert.Equal(0.1f, file.Get("toy.ratio").AsNumber());
        Assert.True(file.Get("toy.flag").AsFlag());
        Assert.Equal(["<s>", "", "Ġthe", "𝒜"], file.Get("toy.tokens").AsTexts());
        Assert.Equal([1, -2, int.MaxValue], file.Get("toy.types").AsIntegers());
        Assert.Equal([0.5f, -1], file.Get("toy.scores").AsFloats());
        Assert.Equal(["f32", "f16", "bf16", "q8", "one"], file.Tensors.Select(tensor => tensor.Name));
        foreach (GgufTensor tensor in file.Tensors)
        {
            Assert.Equal(0, tensor.Offset % 32);
            using var read = new NativeFloats(tensor.Count);
            tensor.Read(read.Data);
            float tolerance = tensor.Type switch { TensorType.F32 => 0, TensorType.F16 => 2e-3f, TensorType.BF16 => 2e-2f, _ => 2e-2f };
            for (int i = 0; i < tensor.Count; i++)
                Assert.Equal(values.Data[i], read.Data[i], tolerance);
        }
        Assert.True(file.TryGetTensor("f32", out GgufTensor? found));
        Assert.Equal([64L, 4L], found.Dimensions);
        Assert.Equal("4×64", found.ShapeText);
        Assert.False(file.TryGetTensor("nothing", out _));
    }

    [Fact]
    public void Values_copied_to_another_file_are_the_same_bytes()
    {
        using NativeFloats values = NativeFloats.Random(3, 4 * 64);
        string path = _folder.File("first.gguf"), copyPath = _folder.File("second.gguf");
        Samples.Gguf(values).Write(path);
        using GgufFile file = GgufFile.Open(path);
        var copy = new GgufWriter();
        foreach (GgufValue value in file.Metadata)
            copy.Copy(value);
        copy.Write(copyPath);
        using GgufFile reread = GgufFile.Open(copyPath);
        Assert.Equal(file.Metadata.Select(value => (value.Key, value.ToString())), reread.Metadata.Select(value => (value.Key, value.ToString())));
        foreach (GgufValue value in file.Metadata)
            Assert.True(value.Bytes.SequenceEqual(reread.Get(value.Key).Bytes));
    }

    [Fact]
    public void A_value_of_another_type_is_refused_by_name()
    {
        using NativeFloats values = NativeFloats.Random(3, 4 * 64);
        string path = _folder.File("all.gguf");
        Samples.Gguf(values).Write(path);
        using GgufFile file = GgufFile.Open(path);
        Assert.Contains("'toy.count' should be a string but is UInt32", Assert.Throws<ModelFileException>(() => file.Get("toy.count").AsText()).Message);
        Assert.Contains("'toy.tokens' should be an integer", Assert.Throws<ModelFileException>(() => file.Get("toy.tokens").AsInteger()).Message);
        Assert.Contains("'toy.scores' should be an array of integers", Assert.Throws<ModelFileException>(() => file.Get("toy.scores").AsIntegers()).Message);
        Assert.Contains("'nothing' is missing", Assert.Throws<ModelFileException>(() => file.Get("nothing")).Message);
    }

    [Fact]
    public void A_value_that_its_type_cannot_hold_is_refused_and_nothing_is_left()
    {
        using var values = new NativeFloats(40);
        values.Span[33] = 70_000;
        var writer = new GgufWriter();
        writer.AddTensor("w", TensorType.F16, values.Data, 40);
        string path = _folder.File("w.gguf");
        string message = Assert.Throws<ModelFileException>(() => writer.Write(path)).Message;
        Assert.Contains("value 33 of tensor 'w' is 70000, which F16 cannot hold", message);
        values.Span[33] = float.NaN;
        Assert.Contains("NaN", Assert.Throws<ModelFileException>(() => writer.Write(path)).Message);
        Assert.Empty(_folder.Names());
        values.Span[33] = 65519; // the last float before the tie that rounds to infinity
        writer.Write(path);
        Assert.Equal(["w.gguf"], _folder.Names());
    }

    [Fact]
    public void Names_used_twice_and_rows_that_are_no_blocks_are_refused()
    {
        using var values = new NativeFloats(64);
        var writer = new GgufWriter();
        writer.SetUInt32("n", 1);
        Assert.Throws<ArgumentException>(() => writer.SetUInt32("n", 2));
        writer.AddTensor("w", TensorType.F32, values.Data, 64);
        Assert.Throws<ArgumentException>(() => writer.AddTensor("w", TensorType.F32, values.Data, 64));
        Assert.Contains("rows of 16 values", Assert.Throws<ArgumentException>(() => writer.AddTensor("q", TensorType.Q8_0, values.Data, 4, 16)).Message);
    }

    [Fact]
    public void A_missing_file_an_empty_one_and_another_kind_are_told_apart()
    {
        Assert.Contains("there is no such file", Assert.Throws<ModelFileException>(() => GgufFile.Open(_folder.File("nothing.gguf"))).Message);
        File.WriteAllBytes(_folder.File("empty.gguf"), []);
        Assert.Contains("cut short", Assert.Throws<ModelFileException>(() => GgufFile.Open(_folder.File("empty.gguf"))).Message);
        File.WriteAllText(_folder.File("text.gguf"), "It was a dark and stormy night.");
        Assert.Contains("is not a GGUF file", Assert.Throws<ModelFileException>(() => GgufFile.Open(_folder.File("text.gguf"))).Message);
        Assert.Throws<ModelFileException>(() => GgufFile.Open(_folder.File("")));
    }

    [Theory]
    [InlineData("ggml-vocab-deepseek-coder.gguf")]
    [InlineData("ggml-vocab-gpt-2.gguf")]
    [InlineData("ggml-vocab-llama-spm.gguf")]
    [InlineData("ggml-vocab-mpt.gguf")]
    [InlineData("ggml-vocab-phi-3.gguf")]
    [InlineData("ggml-vocab-refact.gguf")]
    public void Real_vocabularies_open(string name)
    {
        string path = SharedData.Require(Path.Combine("vocab", name));
        using GgufFile file = GgufFile.Open(path);
        string[] tokens = file.Get("tokenizer.ggml.tokens").AsTexts();
        Assert.True(tokens.Length >= 32_000);
        Assert.Equal(tokens.Length, file.Get("tokenizer.ggml.token_type").AsIntegers().Length);
        Assert.Empty(file.Tensors);
        foreach (GgufValue value in file.Metadata)
            Assert.NotEmpty(value.ToString());
    }
}
