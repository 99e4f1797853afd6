using Gestalt.Text;

namespace Gestalt.Models;

/// <summary>
/// CRC-32C (Castagnoli), which processors compute eight bytes at a time: it finds every single flipped bit and every burst of up to
/// 32 bits, at memory speed. It guards against damage, not against forgery.
/// </summary>
internal static class Checksum
{
    public const uint Start = uint.MaxValue;

    public static uint Append(uint state, ReadOnlySpan<byte> bytes) => ~Crc32C.Append(~state, bytes);

    public static uint Finish(uint state) => ~state;

    /// <summary>The checksum of a piece of mapped memory of any length.</summary>
    public static unsafe uint Of(byte* data, long length)
    {
        const int Piece = 1 << 30;
        uint state = Start;
        for (long done = 0; done < length; done += Piece)
            state = Append(state, new ReadOnlySpan<byte>(data + done, (int)Math.Min(Piece, length - done)));
        return Finish(state);
    }
}

/// <summary>Passes bytes on to another stream and keeps their checksum.</summary>
internal sealed class ChecksumStream(Stream target) : Stream
{
    private uint _state = Checksum.Start;

    public uint Value => Checksum.Finish(_state);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => target.Length;

    public override long Position
    {
        get => target.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _state = Checksum.Append(_state, buffer);
        target.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
