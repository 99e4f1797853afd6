using Microsoft.Win32.SafeHandles;

namespace Gestalt.Store;

/// <summary>Walks through the lines of a log, from its first byte to its last, in memory of its own.</summary>
/// <param name="file">The log.</param>
internal sealed class LogScanner(SafeFileHandle file)
{
    private const int Block = 1 << 20;

    private byte[] _buffer = new byte[Block];
    private int _from, _to;
    private bool _ended;

    /// <summary>Where the line begins in the file, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>How many bytes it has, with its line feed if it has one.</summary>
    public long Length { get; private set; }

    /// <summary>Whether a line feed ends it and it is no longer than a record can be.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The line without its line feed; of one that is too long only some of it. Valid until the next <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_from, _content);

    private int _content;
    private int _consumed;

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Next()
    {
        Offset += Length;
        _from += _consumed;
        int searched = 0;
        long dropped = 0;
        while (true)
        {
            int feed = _buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                _content = searched + feed;
                _consumed = _content + 1;
                IsComplete = dropped == 0;
                break;
            }
            searched = _to - _from;
            if (searched > LogRecord.MaxLength)
            {
                // No record: only its end is still of interest.
                dropped += searched;
                _from = _to = searched = 0;
            }
            if (_ended || !Fill())
            {
                _content = _consumed = searched;
                IsComplete = false;
                if (dropped + searched == 0)
                {
                    Length = 0;
                    return false;
                }
                break;
            }
        }
        Length = dropped + _consumed;
        return true;
    }

    private long _read;

    /// <summary>Reads on; false at the end of the file.</summary>
    private bool Fill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }
        if (_to == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int count = RandomAccess.Read(file, _buffer.AsSpan(_to), _read);
        _to += count;
        _read += count;
        _ended = count == 0;
        return count > 0;
    }
}
