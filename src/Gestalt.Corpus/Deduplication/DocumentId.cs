using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Gestalt.Corpus;

/// <summary>The identity of a document: the first 128 bits of the SHA-256 of its text. Equal texts, equal ids, on every machine.</summary>
/// <param name="High">The first 64 bits.</param>
/// <param name="Low">The next 64 bits.</param>
public readonly record struct DocumentId(ulong High, ulong Low) : IComparable<DocumentId>
{
    /// <summary>Computes the id of a text.</summary>
    public static DocumentId Of(string text)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, utf8);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8.AsSpan(0, length), digest);
        ArrayPool<byte>.Shared.Return(utf8);
        return new DocumentId(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));
    }

    /// <inheritdoc/>
    public int CompareTo(DocumentId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <inheritdoc/>
    public override string ToString() => $"{High:x16}{Low:x16}";
}
