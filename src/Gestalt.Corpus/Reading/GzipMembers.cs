using System.Buffers.Binary;
using System.IO.Compression;

namespace Gestalt.Corpus;

/// <summary>
/// Decompresses a file of gzip members laid end to end (RFC 1952), as WARC files are, and survives damage: a broken member raises one
/// <see cref="InvalidDataException"/>, after which reading goes on with the next member.
/// </summary>
/// <remarks>
/// .NET's GZipStream runs over the borders between members and ends silently where a file is cut short, so that one broken
/// member costs the rest, unnoticed. Here only the deflate data go to .NET. The compressed bytes are handed to it in pieces that end
/// wherever the next bytes could start a member: after a member, or after damage, the next piece is the place to go on,
/// and the eight bytes before it must be the member's checksum and length.
/// </remarks>
internal sealed class GzipMembers(Stream compressed) : ForwardStream
{
    private readonly MemberPieces pieces = new(compressed);
    private DeflateStream? inflater;
    private uint checksum;
    private uint length;

    /// <summary>True when the bytes are the start of a gzip member.</summary>
    public static bool IsStart(ReadOnlySpan<byte> bytes) => bytes is [0x1F, 0x8B, 0x08, ..];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A member is broken or cut short; the next call goes on behind it.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (inflater is null && !StartMember())
                return 0;
            int read = Inflate(buffer);
            if (read > 0)
            {
                checksum = Crc32.Append(checksum, buffer[..read]);
                length += (uint)read;
                return read;
            }

            EndMember();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            compressed.Dispose();
        base.Dispose(disposing);
    }

    private bool StartMember()
    {
        if (!pieces.SeekMember())
            return false;
        if (!TrySkipHeader())
            throw new InvalidDataException($"the gzip header before compressed byte {pieces.Taken} is broken");
        inflater = new DeflateStream(pieces, CompressionMode.Decompress, leaveOpen: true);
        checksum = length = 0;
        return true;
    }

    /// <summary>Fixed part: magic, method, flags, time, extra flags, system; then what the flags announce.</summary>
    private bool TrySkipHeader()
    {
        Span<byte> header = stackalloc byte[10];
        if (pieces.Take(header) < header.Length)
            return false;
        byte flags = header[3];
        const byte Checksum = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;
        if ((flags & Reserved) != 0)
            return false;
        if ((flags & Extra) != 0 && !(pieces.Take(header[..2]) == 2 && pieces.Skip(BinaryPrimitives.ReadUInt16LittleEndian(header))))
            return false;
        return ((flags & Name) == 0 || pieces.SkipZeroTerminated())
            && ((flags & Comment) == 0 || pieces.SkipZeroTerminated())
            && ((flags & Checksum) == 0 || pieces.Skip(2));
    }

    private int Inflate(Span<byte> buffer)
    {
        try
        {
            return inflater!.Read(buffer);
        }
        catch (InvalidDataException damage)
        {
            inflater = null;
            throw new InvalidDataException($"the gzip member before compressed byte {pieces.Taken} is broken", damage);
        }
    }

    /// <summary>Goes to the next member and checks what stands before it.</summary>
    private void EndMember()
    {
        inflater = null;
        pieces.SeekMember();
        ulong expected = checksum | ((ulong)length << 32);
        if (pieces.LastEightBytes != expected)
            throw new InvalidDataException($"the gzip member before compressed byte {pieces.Taken} is cut short, or something else follows it");
    }
}
