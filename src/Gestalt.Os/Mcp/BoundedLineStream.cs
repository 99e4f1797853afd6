namespace Gestalt.Os.Mcp;

/// <summary>What a server sends, up to a line that is too long: MCP's messages are lines, and a reader that waits for the end of one would keep all of it in memory.</summary>
/// <param name="inner">What is read; it is closed with this.</param>
/// <param name="longest">The most bytes of a line.</param>
internal sealed class BoundedLineStream(Stream inner, int longest) : Stream
{
    private long _length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => Checked(buffer[..inner.Read(buffer)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Checked(buffer.Span[..count]);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Checked(ReadOnlySpan<byte> read)
    {
        int last = read.LastIndexOf((byte)'\n');
        _length = last < 0 ? _length + read.Length : read.Length - last - 1;
        return _length <= longest ? read.Length : throw new InvalidDataException($"the server sent a message of more than {longest} bytes");
    }
}

/// <summary>Bounds the lines of all answers of an HTTP server.</summary>
/// <param name="longest">The most bytes of a line.</param>
internal sealed class BoundedAnswers(int longest) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        HttpContent old = response.Content;
        response.Content = new StreamContent(new BoundedLineStream(await old.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), longest));
        foreach ((string name, IEnumerable<string> values) in old.Headers)
            response.Content.Headers.TryAddWithoutValidation(name, values);
        return response;
    }
}
