using System.Buffers.Binary;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>
/// The first 128 bytes of a token shard, little endian, with a checksum of its own:
/// magic, version, bytes a token, vocabulary size, end-of-text id, tokens, documents, tokenizer id, checksum of the rest.
/// Behind it stand the tokens, padded to 8 bytes, then for each document the index just past its last token.
/// </summary>
internal readonly record struct TokenShardHeader(int BytesPerToken, int VocabularySize, int EndOfText, long Tokens, long Documents, DocumentId Tokenizer, uint Checksum)
{
    public const int Size = 128;
    private const int Version = 1;
    private const int ChecksumOffset = Size - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "GSTOKENS"u8;

    /// <summary>Two bytes are enough for the ids of most vocabularies.</summary>
    public static int BytesFor(int vocabularySize) => vocabularySize <= ushort.MaxValue + 1 ? sizeof(ushort) : sizeof(uint);

    /// <summary>Where the documents' ends start.</summary>
    public long IndexOffset => Size + ((Tokens * BytesPerToken) + 7) / 8 * 8;

    /// <summary>The length of a whole file.</summary>
    public long FileLength => IndexOffset + (Documents * sizeof(long));

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), BytesPerToken);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), VocabularySize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), EndOfText);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Tokens);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Documents);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(40), Tokenizer.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(48), Tokenizer.Low);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(56), Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), Crc32C.Of(bytes.AsSpan(0, ChecksumOffset)));
        return bytes;
    }

    /// <summary>Reads a header and checks every number in it against the others and against the file's length.</summary>
    /// <returns>The header, or what is wrong with it.</returns>
    public static (TokenShardHeader Header, string? Fault) Parse(ReadOnlySpan<byte> bytes, long fileLength)
    {
        if (bytes.Length < Size || !bytes.StartsWith(Magic))
            return (default, "it is not a token shard");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) is var version && version != Version)
            return (default, $"it has version {version}, this program reads {Version}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Crc32C.Of(bytes[..ChecksumOffset]))
            return (default, "its header is damaged");
        var header = new TokenShardHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            new DocumentId(BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..])),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]));
        bool sane = header.VocabularySize > 0 && header.BytesPerToken == BytesFor(header.VocabularySize)
            && header.EndOfText >= 0 && header.EndOfText < header.VocabularySize
            && header.Tokens >= 0 && header.Tokens <= fileLength && header.Documents >= 0 && header.Documents <= fileLength;
        if (!sane)
            return (default, "the numbers in its header contradict each other");
        return header.FileLength == fileLength
            ? (header, null)
            : (default, $"it has {fileLength:N0} bytes where its header promises {header.FileLength:N0}");
    }
}
