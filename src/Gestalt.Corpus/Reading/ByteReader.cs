namespace Gestalt.Corpus;

/// <summary>
/// Reads lines and blocks from a stream through one growing buffer. It allocates only for bytes that really arrived, so a
/// length that lies in a header costs nothing.
/// </summary>
internal sealed class ByteReader(Stream stream)
{
    private const int InitialBytes = 64 << 10;

    private byte[] buffer = new byte[InitialBytes];
    private int start;
    private int end;

    /// <summary>How many bytes can be taken without reading from the stream.</summary>
    public int Buffered => end - start;

    /// <summary>Up to <paramref name="count"/> bytes ahead without taking them; fewer only at the end of the stream.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (end - start < count && Fill())
        {
        }

        return buffer.AsSpan(start, Math.Min(count, end - start));
    }

    /// <summary>Forgets what is buffered, after damage in the stream made it meaningless.</summary>
    public void Discard() => start = end = 0;

    /// <summary>
    /// Takes one line without its <c>\n</c> or <c>\r\n</c>. The span is valid until the next call. A line longer than
    /// <paramref name="limit"/> is taken whole, but only its first <paramref name="limit"/> bytes are returned and
    /// <paramref name="tooLong"/> is set.
    /// </summary>
    /// <returns>False at the end of the stream.</returns>
    public bool TryReadLine(int limit, out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        int searched = 0;
        while (true)
        {
            int newline = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                int length = searched + newline;
                line = Trimmed(buffer.AsSpan(start, length));
                tooLong = line.Length > limit;
                line = line[..Math.Min(line.Length, limit)];
                start += length + 1;
                return true;
            }

            searched = end - start;
            if (searched > limit + 1)
            {
                byte[] head = buffer.AsSpan(start, limit).ToArray();
                SkipLine();
                tooLong = true;
                line = head;
                return true;
            }

            if (!Fill())
            {
                line = Trimmed(buffer.AsSpan(start, searched));
                tooLong = line.Length > limit;
                line = line[..Math.Min(line.Length, limit)];
                start = end;
                return searched > 0;
            }
        }
    }

    /// <summary>Takes <paramref name="count"/> bytes; fewer only at the end of the stream.</summary>
    public byte[] Read(int count)
    {
        if (count <= InitialBytes || count <= end - start)
        {
            byte[] block = Peek(count).ToArray();
            start += block.Length;
            return block;
        }

        byte[] bytes = buffer.AsSpan(start, end - start).ToArray();
        int length = bytes.Length;
        Discard();
        while (length < count)
        {
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(count, Math.Max(InitialBytes, bytes.Length * 2L)));
            int read = stream.Read(bytes, length, bytes.Length - length);
            if (read == 0)
                break;
            length += read;
        }

        Array.Resize(ref bytes, length);
        return bytes;
    }

    /// <summary>Passes over bytes and says how many there were.</summary>
    public long Skip(long count)
    {
        long skipped = 0;
        while (skipped < count)
        {
            if (start == end && !Fill())
                break;
            int step = (int)Math.Min(count - skipped, end - start);
            start += step;
            skipped += step;
        }

        return skipped;
    }

    /// <summary>Puts bytes back, so that they are read again.</summary>
    public void Unread(ReadOnlySpan<byte> bytes)
    {
        byte[] joined = new byte[Math.Max(InitialBytes, bytes.Length + end - start)];
        bytes.CopyTo(joined);
        buffer.AsSpan(start, end - start).CopyTo(joined.AsSpan(bytes.Length));
        end = bytes.Length + end - start;
        start = 0;
        buffer = joined;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;

    private void SkipLine()
    {
        while (true)
        {
            int newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                start += newline + 1;
                return;
            }

            start = end;
            if (!Fill())
                return;
        }
    }

    private bool Fill()
    {
        if (start == end)
        {
            start = end = 0;
        }
        else if (end == buffer.Length)
        {
            if (start > buffer.Length / 2)
                buffer.AsSpan(start, end - start).CopyTo(buffer);
            else
                Grow();
            end -= start;
            start = 0;
        }

        int read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }

    private void Grow()
    {
        byte[] larger = new byte[buffer.Length * 2];
        buffer.AsSpan(start, end - start).CopyTo(larger);
        buffer = larger;
    }
}
