using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gestalt.Cli.Tests.Hub;

/// <summary>A request as it arrived.</summary>
internal sealed record Asked(string Method, string Path, string? Range, string? Token)
{
    public bool IsFile => Path.Contains("/resolve/", StringComparison.Ordinal) || Path.StartsWith("/cdn/", StringComparison.Ordinal);

    /// <summary>Asks for a part of a file, or for all of it.</summary>
    public bool IsDownload => IsFile && Method == "GET";
}

/// <summary>
/// A hub in this process that speaks to Gestalt over a socket, byte by byte, so that it can misbehave in each way in which real ones do.
/// </summary>
internal sealed class FakeHub : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, int> _busy = new();
    private readonly int _port;

    public FakeHub()
    {
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(Accept);
    }

    /// <summary>The hub's address; <see cref="Host"/> makes two hubs on one machine two hosts.</summary>
    public string Address => $"http://{Host}:{_port}";

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The files of the one model, <c>owner/model</c>.</summary>
    public Dictionary<string, byte[]> Files { get; init; } = [];

    /// <summary>Everything that was asked, in order.</summary>
    public ConcurrentQueue<Asked> Asked { get; } = [];

    public IEnumerable<Asked> Downloads => Asked.Where(asked => asked.IsDownload);

    /// <summary>Where files really are; the hub then redirects there and tells length and checksum itself.</summary>
    public FakeHub? Storage { get; init; }

    /// <summary>Whether the list tells lengths and checksums.</summary>
    public bool Describes { get; init; } = true;

    /// <summary>Whether there is the long description of a model.</summary>
    public bool HasDescription { get; init; } = true;

    /// <summary>How many files a page of the list has.</summary>
    public int PageLength { get; init; } = 1000;

    /// <summary>Connections are cut after so many bytes of a file.</summary>
    public int CutAfter { get; set; } = int.MaxValue;

    /// <summary>How many connections are cut.</summary>
    public int Cuts { get; set; } = int.MaxValue;

    /// <summary>Every file is asked for in vain so many times first.</summary>
    public int BusyTimes { get; init; }

    public int BusyStatus { get; init; } = 429;

    public string? RetryAfter { get; init; }

    /// <summary>Whether requests for parts are answered with the whole.</summary>
    public bool IgnoresRanges { get; init; }

    /// <summary>Whether HEAD is unknown.</summary>
    public bool KnowsNoHead { get; init; }

    /// <summary>What the hub says in place of the true checksum or length.</summary>
    public string? Checksum { get; init; }

    public long ListedExtra { get; init; }

    /// <summary>What must be known to be let in.</summary>
    public string? Token { get; init; }

    /// <summary>The wait before each 64 KB.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>So many answers stop in the middle without ending.</summary>
    public int Silences { get; set; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task Accept()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket socket = await _listener.AcceptSocketAsync(_end.Token);
            _ = Task.Run(async () =>
            {
                try
                {
                    using var stream = new NetworkStream(socket, ownsSocket: true);
                    await Answer(stream);
                }
                catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
                {
                    // The other side has gone, as it may.
                }
            });
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        string[] first = (await reader.ReadLineAsync(_end.Token) ?? throw new IOException()).Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        string path = Uri.UnescapeDataString(first[1].Split('?')[0]);
        var asked = new Asked(first[0], path, headers.GetValueOrDefault("Range"), headers.GetValueOrDefault("Authorization"));
        Asked.Enqueue(asked);
        if (Token is not null && asked.Token != "Bearer " + Token) await Say(stream, 401, "no");
        else if (path == "/api/models/owner/model/revision/main" && HasDescription) await Say(stream, 200, Description());
        else if (path == "/api/models/owner/model/tree/main") await Tree(stream, first[1]);
        else if (asked.IsFile) await File(stream, asked, path[(path.StartsWith("/cdn/", StringComparison.Ordinal) ? 5 : "/owner/model/resolve/main/".Length)..]);
        else await Say(stream, 404, "nothing");
    }

    private string Description() => JsonSerializer.Serialize(new
    {
        sha = "c0ffee",
        siblings = Files.Select(file => Describes
            ? (object)new { rfilename = file.Key, size = file.Value.Length + ListedExtra, lfs = new { sha256 = Checksum ?? Sha256(file.Value), size = file.Value.Length + ListedExtra } }
            : new { rfilename = file.Key }),
    });

    private async Task Tree(NetworkStream stream, string target)
    {
        int at = target.Contains("cursor=", StringComparison.Ordinal) ? int.Parse(target[(target.IndexOf("cursor=", StringComparison.Ordinal) + 7)..], CultureInfo.InvariantCulture) : 0;
        string list = JsonSerializer.Serialize(Files.Skip(at).Take(PageLength).Select(file => Describes
            ? (object)new { type = "file", path = file.Key, size = file.Value.Length, oid = GitId(file.Value) }
            : new { type = "file", path = file.Key }));
        string[] next = at + PageLength < Files.Count ? [$"Link: <{Address}/api/models/owner/model/tree/main?recursive=true&cursor={at + PageLength}>; rel=\"next\""] : [];
        await Say(stream, 200, list, next);
    }

    private async Task File(NetworkStream stream, Asked asked, string name)
    {
        if (!Files.TryGetValue(name, out byte[]? file))
        {
            await Say(stream, 404, "no such file");
            return;
        }
        if (asked.Method == "HEAD" && KnowsNoHead)
        {
            await Say(stream, 405, "");
            return;
        }
        if (_busy.AddOrUpdate(asked.Method + name, 1, (_, times) => times + 1) <= BusyTimes)
        {
            await Say(stream, BusyStatus, "later", RetryAfter is null ? [] : ["Retry-After: " + RetryAfter]);
            return;
        }
        if (Storage is not null)
        {
            await Say(stream, 302, "", [$"Location: {Storage.Address}/cdn/{name}", $"X-Linked-Size: {file.Length}", $"X-Linked-ETag: \"{Checksum ?? Sha256(file)}\""]);
            return;
        }
        (int from, int to) = (0, file.Length - 1);
        bool part = asked.Range is not null && !IgnoresRanges;
        if (part)
        {
            string[] ends = asked.Range!["bytes=".Length..].Split('-');
            (from, to) = (int.Parse(ends[0], CultureInfo.InvariantCulture), Math.Min(to, int.Parse(ends[1], CultureInfo.InvariantCulture)));
        }
        string[] range = part ? [$"Content-Range: bytes {from}-{to}/{file.Length}"] : [];
        await stream.WriteAsync(Head(part ? 206 : 200, to - from + 1, [.. range, "ETag: \"v1\""]), _end.Token);
        if (asked.Method == "HEAD") return;
        bool silent = Silences > 0 && Silences-- > 0;
        int sent = 0;
        for (int at = from; at <= to; at += 1 << 16)
        {
            if (Slowness > TimeSpan.Zero) await Task.Delay(Slowness, _end.Token);
            int length = Math.Min(1 << 16, to - at + 1);
            if (sent + length > CutAfter && Cuts-- > 0) return;
            if (silent && sent > 0) await Task.Delay(Timeout.Infinite, _end.Token);
            await stream.WriteAsync(file.AsMemory(at, length), _end.Token);
            sent += length;
        }
    }

    private async Task Say(NetworkStream stream, int status, string body, params string[] headers)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync((byte[])[.. Head(status, bytes.Length, headers), .. bytes], _end.Token);
    }

    private static byte[] Head(int status, int length, string[] headers) => Encoding.Latin1.GetBytes(
        $"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string GitId(byte[] bytes) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
}
