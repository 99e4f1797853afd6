using System.Text;

namespace Gestalt.Models.Tests.Files;

/// <summary>Files that lie in one particular way each, written by hand: what is refused, and in which words.</summary>
public sealed class HostileGgufTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1u, "is GGUF version 1")]
    [InlineData(4u, "is GGUF version 4")]
    [InlineData(0x03000000u, "is a big-endian GGUF file")]
    public void Another_version_is_refused(uint version, string complaint) =>
        Refused(complaint, new Gguf(version: version));

    [Theory]
    [InlineData(1UL << 60, 0UL, "claims 1152921504606846976 tensors")]
    [InlineData(ulong.MaxValue, 0UL, "tensors")]
    [InlineData(3UL, 0UL, "claims 3 tensors")]
    [InlineData(0UL, 1UL << 60, "claims 1152921504606846976 metadata values")]
    [InlineData(0UL, 9UL, "claims 9 metadata values")]
    public void Counts_that_the_file_cannot_hold_are_refused(ulong tensors, ulong metadata, string complaint) =>
        Refused(complaint, new Gguf(tensors: tensors, metadata: metadata));

    [Fact]
    public void Metadata_that_lie_are_refused()
    {
        Refused("gives a metadata key a length of 1152921504606846976", new Gguf(metadata: 1).U64(1UL << 60).Zeros(64));
        Refused("holds a metadata key that is not UTF-8", new Gguf(metadata: 1).U64(2).Bytes(0xFF, 0xFE).U32(4).U32(1).Zeros(32));
        Refused("'a' has the unknown type 13", new Gguf(metadata: 1).Text("a").U32(13).Zeros(32));
        Refused("gives 'a' a length of 1152921504606846976", new Gguf(metadata: 1).Text("a").U32(8).U64(1UL << 60).Zeros(32));
        Refused("'a' is an array of arrays", new Gguf(metadata: 1).Text("a").U32(9).U32(9).U64(1).U32(9).U64(1).Zeros(32));
        Refused("claims 1152921504606846976 elements of 'a'", new Gguf(metadata: 1).Text("a").U32(9).U32(4).U64(1UL << 60).Zeros(32));
        Refused("claims 2000 elements of 'a'", new Gguf(metadata: 1).Text("a").U32(9).U32(0).U64(2000).Zeros(32));
        Refused("element 1 of 'a' a length of 99", new Gguf(metadata: 1).Text("a").U32(9).U32(8).U64(3).Text("x").U64(99).Zeros(24));
        Refused("it ends inside 'a'", new Gguf(metadata: 1).Text("a").U32(12).Bytes(1, 2));
        Refused("'a' is given twice", new Gguf(metadata: 2).Text("a").U32(7).Bytes(1).Text("a").U32(7).Bytes(1));
        Refused("general.alignment is 24", new Gguf(metadata: 1).Text("general.alignment").U32(4).U32(24));
        Refused("general.alignment is 0", new Gguf(metadata: 1).Text("general.alignment").U32(4).U32(0));
        Refused("'general.alignment' should be an integer", new Gguf(metadata: 1).Text("general.alignment").U32(6).U32(32));
    }

    [Fact]
    public void Tensors_that_lie_are_refused()
    {
        Refused("'w' has 0 dimensions", Tensor(dimensions: []));
        Refused("'w' has 5 dimensions", Tensor(dimensions: [1, 1, 1, 1, 1]));
        Refused("a dimension of 0", Tensor(dimensions: [4, 0]));
        Refused("a dimension of 1152921504606846976", Tensor(dimensions: [1UL << 60, 16]));
        Refused("a dimension of 200", Tensor(dimensions: [200, 200, 200, 200]));
        Refused("the unknown type 99", Tensor(type: 99));
        Refused("the unknown type 4", Tensor(type: 4)); // a type that ggml has removed
        Refused("rows of 16 values, which do not divide into Q8_0 blocks of 32", Tensor(dimensions: [16, 2], type: 8));
        Refused("at offset 4611686018427387904, which is past the end", Tensor(offset: 1UL << 62));
        Refused("at offset 8, which is no multiple of the alignment 32", Tensor(offset: 8));
        Refused("is cut short: tensor 'w' needs 64 bytes", Tensor(dimensions: [16], offset: 64));
    }

    [Fact]
    public void Tensors_that_overlap_or_share_a_name_are_refused()
    {
        Refused("tensors 'a' and 'b' overlap", new Gguf(tensors: 2).Tensor("a", [16], 0, 0).Tensor("b", [8], 0, 32).Align().Zeros(96));
        Refused("tensors 'b' and 'a' overlap", new Gguf(tensors: 2).Tensor("a", [8], 0, 32).Tensor("b", [16], 0, 0).Align().Zeros(96));
        Refused("'a' is given twice", new Gguf(tensors: 2).Tensor("a", [8], 0, 0).Tensor("a", [8], 0, 32).Align().Zeros(96));
    }

    [Fact]
    public void What_does_not_lie_is_read_also_in_version_2()
    {
        File.WriteAllBytes(_folder.File("good.gguf"), new Gguf(version: 2, tensors: 2, metadata: 1).Text("general.alignment").U32(4).U32(64)
            .Tensor("b", [8], 0, 64).Tensor("a", [16], 0, 0).Align(64).Zeros(96).ToArray());
        using GgufFile file = GgufFile.Open(_folder.File("good.gguf"));
        Assert.Equal((2, 64), (file.Version, file.Alignment));
        Assert.Equal(["b", "a"], file.Tensors.Select(tensor => tensor.Name));
    }

    private static Gguf Tensor(ulong[]? dimensions = null, uint type = 0, ulong offset = 0) =>
        new Gguf(tensors: 1).Tensor("w", dimensions ?? [4, 4], type, offset).Align().Zeros(64);

    private void Refused(string complaint, Gguf file)
    {
        string path = _folder.File("hostile.gguf");
        File.WriteAllBytes(path, file.ToArray());
        string message = Assert.Throws<ModelFileException>(() => GgufFile.Open(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(complaint, message);
    }

    /// <summary>Writes the format's fields one after the other, true or not.</summary>
    private sealed class Gguf
    {
        private readonly MemoryStream _bytes = new();

        public Gguf(uint version = 3, ulong tensors = 0, ulong metadata = 0) =>
            Bytes([.. "GGUF"u8]).U32(version).U64(tensors).U64(metadata);

        public Gguf U32(uint value) => Bytes(BitConverter.GetBytes(value));

        public Gguf U64(ulong value) => Bytes(BitConverter.GetBytes(value));

        public Gguf Text(string text) => U64((ulong)Encoding.UTF8.GetByteCount(text)).Bytes(Encoding.UTF8.GetBytes(text));

        public Gguf Zeros(int count) => Bytes(new byte[count]);

        public Gguf Align(int alignment = 32) => Zeros((int)((alignment - (_bytes.Length % alignment)) % alignment));

        public Gguf Tensor(string name, ulong[] dimensions, uint type, ulong offset)
        {
            Text(name).U32((uint)dimensions.Length);
            foreach (ulong size in dimensions)
                U64(size);
            return U32(type).U64(offset);
        }

        public Gguf Bytes(params byte[] bytes)
        {
            _bytes.Write(bytes);
            return this;
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
