using System.Buffers.Binary;

namespace Gestalt.Corpus;

/// <summary>Compressed bytes, handed out so that no read runs past a possible start of a gzip member.</summary>
internal sealed class MemberPieces(Stream stream) : ForwardStream
{
    private const int HistoryBytes = sizeof(ulong);

    private static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 0x08];

    private readonly byte[] buffer = new byte[64 << 10];
    private readonly byte[] history = new byte[HistoryBytes];
    private int start;
    private int end;
    private bool exhausted;

    /// <summary>How many bytes were handed out or passed over.</summary>
    public long Taken { get; private set; }

    /// <summary>The last eight of these, the first in the lowest byte.</summary>
    public ulong LastEightBytes => BinaryPrimitives.ReadUInt64LittleEndian(history);

    /// <summary>Moves to the next place that could start a member; at the end of the stream, returns false.</summary>
    public bool SeekMember()
    {
        while (true)
        {
            Fill(Magic.Length);
            int found = buffer.AsSpan(start, end - start).IndexOf(Magic);
            if (found >= 0)
            {
                Advance(found);
                return true;
            }

            if (exhausted)
            {
                Advance(end - start);
                return false;
            }

            Advance(end - start - (Magic.Length - 1));
        }
    }

    /// <summary>Takes bytes without regard to members.</summary>
    /// <returns>How many there were.</returns>
    public int Take(Span<byte> destination)
    {
        Fill(destination.Length);
        int count = Math.Min(destination.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(destination);
        Advance(count);
        return count;
    }

    /// <summary>Passes over bytes; false when there are not so many.</summary>
    public bool Skip(int count)
    {
        while (count > 0)
        {
            Fill(1);
            int step = Math.Min(count, end - start);
            if (step == 0)
                return false;
            Advance(step);
            count -= step;
        }

        return true;
    }

    /// <summary>Passes over bytes up to and with a zero; false when there is none.</summary>
    public bool SkipZeroTerminated()
    {
        while (true)
        {
            Fill(1);
            int zero = buffer.AsSpan(start, end - start).IndexOf((byte)0);
            if (zero >= 0)
                return Skip(zero + 1);
            if (exhausted)
                return false;
            Advance(end - start);
        }
    }

    public override int Read(Span<byte> destination)
    {
        Fill(Magic.Length + 1);
        ReadOnlySpan<byte> held = buffer.AsSpan(start, end - start);
        if (held.IsEmpty || destination.IsEmpty)
            return 0;
        int next = held[1..].IndexOf(Magic);
        int piece = next >= 0 ? next + 1 : exhausted ? held.Length : held.Length - (Magic.Length - 1);
        piece = Math.Min(piece, destination.Length);
        held[..piece].CopyTo(destination);
        Advance(piece);
        return piece;
    }

    private void Advance(int count)
    {
        ReadOnlySpan<byte> passed = buffer.AsSpan(start, count);
        if (count < HistoryBytes)
        {
            history.AsSpan(count).CopyTo(history);
            passed.CopyTo(history.AsSpan(HistoryBytes - count));
        }
        else
        {
            passed[^HistoryBytes..].CopyTo(history);
        }

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
