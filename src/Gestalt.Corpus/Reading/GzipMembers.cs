using System.IO.Compression;

namespace Gestalt.Corpus;

/// <summary>
/// Decompresses a file of gzip members laid end to end (as WARC files are) and survives damage: a broken member raises one
/// <see cref="InvalidDataException"/>, after which reading goes on with the next member.
/// </summary>
/// <remarks>
/// .NET's <see cref="GZipStream"/> reads on through members but does not say where one ends, so that after an error the
/// rest of the file would be lost. Here the compressed bytes are handed to it in pieces that end wherever the next bytes
/// could be the start of a member. When a piece turns out broken, the next piece is the first place to try again.
/// </remarks>
internal sealed class GzipMembers(Stream compressed) : ForwardStream
{
    private readonly PieceSource pieces = new(compressed);
    private GZipStream? inflater;

    /// <summary>True when the bytes are the start of a gzip member.</summary>
    public static bool IsStart(ReadOnlySpan<byte> bytes) => bytes is [0x1F, 0x8B, 0x08, ..];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A member is broken or cut short; the next call goes on behind it.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (inflater is null)
        {
            if (!pieces.SeekMember())
                return 0;
            inflater = new GZipStream(pieces, CompressionMode.Decompress, leaveOpen: true);
        }

        int read;
        try
        {
            read = inflater.Read(buffer);
        }
        catch (InvalidDataException damage)
        {
            inflater = null;
            throw new InvalidDataException($"the gzip member before compressed byte {pieces.Taken} is broken or cut short", damage);
        }

        if (read > 0 || pieces.AtEnd)
            return read;
        inflater = null;
        throw new InvalidDataException($"the bytes before compressed byte {pieces.Taken} are not a gzip member");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            compressed.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The compressed bytes, handed out so that no read runs past a possible start of a member.</summary>
    private sealed class PieceSource(Stream stream) : ForwardStream
    {
        /// <summary>Bytes that are held together: enough for GZipStream to see a whole member header at once.</summary>
        private const int HeaderBytes = 18;

        private static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 0x08];

        private readonly byte[] buffer = new byte[64 << 10];
        private int start;
        private int end;
        private bool exhausted;

        public long Taken { get; private set; }

        public bool AtEnd
        {
            get
            {
                Fill(1);
                return start == end;
            }
        }

        /// <summary>Moves to the next place that could be a member.</summary>
        public bool SeekMember()
        {
            while (true)
            {
                Fill(HeaderBytes);
                int found = buffer.AsSpan(start, end - start).IndexOf(Magic);
                if (found >= 0)
                {
                    Take(found);
                    return true;
                }

                if (exhausted)
                {
                    Take(end - start);
                    return false;
                }

                Take(Math.Max(0, end - start - (Magic.Length - 1)));
            }
        }

        public override int Read(Span<byte> destination)
        {
            Fill(HeaderBytes);
            ReadOnlySpan<byte> held = buffer.AsSpan(start, end - start);
            if (held.IsEmpty || destination.IsEmpty)
                return 0;
            int next = held[1..].IndexOf(Magic);
            int piece = next >= 0 ? next + 1 : exhausted ? held.Length : held.Length - (Magic.Length - 1);
            piece = Math.Min(piece, destination.Length);
            held[..piece].CopyTo(destination);
            Take(piece);
            return piece;
        }

        private void Take(int count)
        {
            start += count;
            Taken += count;
        }

        private void Fill(int wanted)
        {
            if (end - start >= wanted || exhausted)
                return;
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            while (end < wanted && !exhausted)
            {
                int read = stream.Read(buffer, end, buffer.Length - end);
                end += read;
                exhausted = read == 0;
            }
        }
    }
}
