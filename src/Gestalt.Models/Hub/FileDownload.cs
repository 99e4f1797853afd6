using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Gestalt.Models.Hub;

/// <summary>Brings one file from a hub: in pieces, several at once, from where an earlier attempt stopped, and checked.</summary>
/// <param name="client">Asks the hub.</param>
/// <param name="address">The model.</param>
/// <param name="file">The file.</param>
/// <param name="target">Where it shall lie.</param>
/// <param name="connections">How many pieces come at once.</param>
internal sealed class FileDownload(HubClient client, HubAddress address, HubFile file, string target, int connections)
{
    private const int BufferBytes = 1 << 17;

    private readonly Uri _source = address.File(file.Path);
    private long _received;
    private string? _version;

    /// <summary>Bytes that came over the network in this attempt.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Bytes that an earlier attempt had left.</summary>
    public long Resumed { get; private set; }

    /// <summary>The file as it was found out to be: with length and checksum where the hub tells them only with the file itself.</summary>
    public HubFile File { get; private set; } = file;

    /// <summary>Brings the file.</summary>
    /// <exception cref="HubException">It cannot be had, or is not what the hub says it is.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        await Describe(cancellation).ConfigureAwait(false);
        if (File.Bytes is not long bytes) throw new HubException(HubProblem.Damaged, $"the hub does not say how long {File.Path} is, so nobody could tell whether all of it came.");
        using PartFile part = PartFile.Open(target, bytes, File.Sha256 ?? File.GitId ?? _version ?? "");
        Resumed = part.BytesDone;
        await Fetch(part, cancellation).ConfigureAwait(false);
        Verify(part, cancellation);
        part.Complete();
    }

    /// <summary>Looks at the file without fetching it. Hubs answer for large files with a redirect that already tells their length and checksum.</summary>
    private async Task Describe(CancellationToken cancellation) => await client.Retry($"asking for {File.Path}", async () =>
    {
        try
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Head, _source, null, Note, cancellation).ConfigureAwait(false);
        }
        catch (HubException problem) when (problem.Problem == HubProblem.Missing && File.Bytes is not null)
        {
            // Some servers know no HEAD; what the list says is enough.
        }
        return 0;
    }, null, cancellation).ConfigureAwait(false);

    /// <summary>Takes what an answer's header tells, and ends the walk at a redirect that tells all.</summary>
    private bool Note(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode >= 400) return false;
        string? linked = Header("X-Linked-ETag"), tag = answer.Headers.ETag?.Tag;
        long? bytes = long.TryParse(Header("X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size
            : answer.IsSuccessStatusCode ? answer.Content.Headers.ContentLength : null;
        if (bytes is long told && File.Bytes is long listed && told != listed)
            throw new HubException(HubProblem.Damaged, $"the hub lists {File.Path} with {listed:N0} bytes, its server with {told:N0}. It may be changing right now; try again later.");
        File = File with { Bytes = File.Bytes ?? bytes, Sha256 = File.Sha256 ?? HubFile.Digest(linked, 64) ?? HubFile.Digest(tag, 64) };
        _version ??= linked ?? tag;
        return linked is not null && File.Bytes is not null;

        string? Header(string name) => answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
    }

    private async Task Fetch(PartFile part, CancellationToken cancellation)
    {
        int[] missing = [.. Enumerable.Range(0, part.Pieces).Where(piece => !part.IsDone(piece))];
        if (missing.Length == 0) return;

        // The first piece shows whether the server can send pieces at all.
        if (!await FetchPiece(part, missing[0], cancellation).ConfigureAwait(false))
        {
            await FetchWhole(part, cancellation).ConfigureAwait(false);
            return;
        }
        var queue = Channel.CreateUnbounded<int>();
        foreach (int piece in missing.Skip(1)) queue.Writer.TryWrite(piece);
        queue.Writer.Complete();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(connections, missing.Length)).Select(_ => Worker())).ConfigureAwait(false);

        async Task Worker()
        {
            try
            {
                while (queue.Reader.TryRead(out int piece))
                    if (!await FetchPiece(part, piece, failed.Token).ConfigureAwait(false))
                        throw new HubException(HubProblem.Missing, $"the server of {File.Path} sends pieces now and then only. What has come is kept; try again later.");
            }
            catch
            {
                await failed.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Brings one piece; a broken connection is taken up where it broke.</summary>
    /// <returns>False where the server sends the whole file whatever it is asked for.</returns>
    private async Task<bool> FetchPiece(PartFile part, int piece, CancellationToken cancellation)
    {
        long at = PartFile.Start(piece), end = at + part.Length(piece);
        bool sendsPieces = await client.Retry($"bringing {File.Path}", async () =>
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, _source, (at, end - 1), null, cancellation).ConfigureAwait(false);
            if ((int)answer.StatusCode != 206)
                return at == 0 && part.Pieces == 1 && answer.Content.Headers.ContentLength == part.Bytes && await Copy(answer).ConfigureAwait(false);
            if (answer.Content.Headers.ContentRange is not { } range || range.From != at || range.To >= end || (range.Length is long all && all != part.Bytes))
                throw new HubException(HubProblem.Damaged, $"asked for bytes {at} to {end - 1} of the {part.Bytes} of {File.Path}, the server sent '{answer.Content.Headers.ContentRange}'. It may be changing right now; try again later.");
            return await Copy(answer).ConfigureAwait(false);
        }, () => at, cancellation).ConfigureAwait(false);
        if (sendsPieces) part.Finish(piece);
        return sendsPieces;

        async Task<bool> Copy(HttpResponseMessage answer)
        {
            at = await Receive(part, answer, at, end, cancellation).ConfigureAwait(false);
            return at == end ? true : throw new TransientException($"the connection ended {end - at:N0} bytes early");
        }
    }

    /// <summary>Brings the file in one stream, from a server that cannot send pieces.</summary>
    private async Task FetchWhole(PartFile part, CancellationToken cancellation)
    {
        part.Clear();
        Resumed = 0;
        await client.Retry($"bringing {File.Path}", async () =>
        {
            Interlocked.Exchange(ref _received, 0);
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, _source, null, null, cancellation).ConfigureAwait(false);
            if (answer.Content.Headers.ContentLength is long told && told != part.Bytes)
                throw new HubException(HubProblem.Damaged, $"the hub says {File.Path} has {part.Bytes:N0} bytes, its server sends {told:N0}. It may be changing right now; try again later.");
            long at = await Receive(part, answer, 0, part.Bytes, cancellation).ConfigureAwait(false);
            return at == part.Bytes ? 0 : throw new TransientException($"the connection ended {part.Bytes - at:N0} bytes early");
        }, null, cancellation).ConfigureAwait(false);
        for (int piece = 0; piece < part.Pieces; piece++) part.Finish(piece);
    }

    /// <summary>Writes the body of an answer.</summary>
    /// <returns>Where the bytes that came end.</returns>
    private async Task<long> Receive(PartFile part, HttpResponseMessage answer, long at, long end, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferBytes];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Stream? body = null;
        for (int read; (read = await Next().ConfigureAwait(false)) > 0; at += read)
        {
            if (read > end - at) throw new HubException(HubProblem.Damaged, $"the server sends more of {File.Path} than the {end:N0} bytes that there should be.");
            part.Write(at, buffer.AsSpan(0, read));
            Interlocked.Add(ref _received, read);
        }
        return at;

        async Task<int> Next()
        {
            silence.CancelAfter(client.Patience.Silence);
            try
            {
                body ??= await answer.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
                return await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is IOException or HttpRequestException || (problem is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                return 0; // Broken or silent: whoever asked sees that bytes are missing.
            }
        }
    }

    private void Verify(PartFile part, CancellationToken cancellation)
    {
        (string? expected, string actual) = (File.Sha256, File.GitId) switch
        {
            (string sha256, _) => (sha256, part.Digest(HashAlgorithmName.SHA256, [], cancellation)),
            (_, string id) => (id, part.Digest(HashAlgorithmName.SHA1, Encoding.ASCII.GetBytes($"blob {part.Bytes}\0"), cancellation)),
            _ => (null, ""),
        };
        if (expected is null || expected == actual) return;
        part.Discard();
        throw new HubException(HubProblem.Damaged, $"{File.Path} has the checksum {actual}, the hub says {expected}: it was changed on its way, and is thrown away. Pull again; if that happens twice, do not trust this hub.");
    }
}
