using System.Net.Http.Headers;
using System.Text.Json;

namespace Gestalt.Models.Hub;

/// <summary>The files of a model as the hub lists them.</summary>
/// <param name="Files">The files.</param>
/// <param name="Commit">The commit that the revision stands for; null if the hub does not say.</param>
internal sealed record HubListing(IReadOnlyList<HubFile> Files, string? Commit)
{
    private const int LongestAnswer = 64 << 20;
    private const int MostPages = 1000;

    /// <summary>A thousand terabytes: whoever lists more has not counted.</summary>
    private const long LongestFile = 1L << 50;

    /// <summary>Asks the hub for a model's files.</summary>
    public static async Task<HubListing> Fetch(HubClient client, HubAddress address, CancellationToken cancellation)
    {
        JsonElement description = default;
        try
        {
            (description, _) = await Read(client, address.Description, address.Model, cancellation).ConfigureAwait(false);
        }
        catch (HubException problem) when (problem.IsAbsence)
        {
            // Some hubs have only the list of files.
            return await FromTree(client, address, cancellation).ConfigureAwait(false) is { } files ? Checked(files, null) : throw new HubException(problem.Problem, problem.Message);
        }
        string? commit = Text(description, "sha");
        if (description.ValueKind == JsonValueKind.Object && description.TryGetProperty("siblings", out JsonElement siblings) && siblings.ValueKind == JsonValueKind.Array)
        {
            List<HubFile> named = [.. siblings.EnumerateArray().Select(File).OfType<HubFile>()];
            return named.All(file => file.Bytes is not null) || await FromTree(client, address, cancellation).ConfigureAwait(false) is not { Count: > 0 } described
                ? Checked(named, commit)
                : Checked(described, commit);
        }
        return Checked(await FromTree(client, address, cancellation).ConfigureAwait(false) ?? throw Useless(address.Hub), commit);
    }

    private static async Task<List<HubFile>?> FromTree(HubClient client, HubAddress address, CancellationToken cancellation)
    {
        var files = new List<HubFile>();
        Uri? page = address.Tree;
        for (int pages = 0; page is not null; pages++)
        {
            if (pages == MostPages) throw Useless(address.Hub);
            JsonElement list;
            try
            {
                (list, page) = await Read(client, page, address.Model, cancellation).ConfigureAwait(false);
            }
            catch (HubException) when (pages == 0)
            {
                return null; // This hub has no such list.
            }
            if (list.ValueKind != JsonValueKind.Array) return null;
            files.AddRange(list.EnumerateArray().Where(entry => Text(entry, "type") is null or "file").Select(File).OfType<HubFile>());
        }
        return files;
    }

    private static HubListing Checked(List<HubFile> files, string? commit)
    {
        foreach (HubFile file in files) HubFile.CheckPath(file.Path);
        return new HubListing([.. files.DistinctBy(file => file.Path)], commit);
    }

    /// <summary>A file in either of the two forms in which hubs describe one.</summary>
    private static HubFile? File(JsonElement entry)
    {
        if ((Text(entry, "rfilename") ?? Text(entry, "path")) is not string path) return null;
        JsonElement lfs = entry.TryGetProperty("lfs", out JsonElement large) && large.ValueKind == JsonValueKind.Object ? large : default;
        string? sha256 = HubFile.Digest(Text(lfs, "sha256") ?? Text(lfs, "oid"), 64);
        return new HubFile(path, Number(lfs, "size") ?? Number(entry, "size"), sha256, sha256 is null ? HubFile.Digest(Text(entry, "blobId") ?? Text(entry, "oid"), 40) : null);
    }

    private static async Task<(JsonElement Content, Uri? Next)> Read(HubClient client, Uri address, string model, CancellationToken cancellation) =>
        await client.Retry($"asking for the files of {model}", async () =>
        {
            using HttpResponseMessage answer = await client.Send(HttpMethod.Get, address, null, null, cancellation).ConfigureAwait(false);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(client.Patience.Silence);
            try
            {
                byte[] body = await ReadAll(answer, silence.Token).ConfigureAwait(false);
                using JsonDocument document = JsonDocument.Parse(body);
                return (document.RootElement.Clone(), NextPage(answer.Headers, address));
            }
            catch (OperationCanceledException problem) when (!cancellation.IsCancellationRequested)
            {
                throw new TransientException($"{address.Host} stopped in the middle", inner: problem);
            }
            catch (JsonException)
            {
                throw Useless(address);
            }
        }, null, cancellation).ConfigureAwait(false);

    private static async Task<byte[]> ReadAll(HttpResponseMessage answer, CancellationToken cancellation)
    {
        Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var all = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        for (int read; (read = await body.ReadAsync(piece, cancellation).ConfigureAwait(false)) > 0;)
        {
            all.Write(piece, 0, read);
            if (all.Length > LongestAnswer) throw new HubException(HubProblem.Damaged, $"{answer.RequestMessage?.RequestUri?.Host} lists files without end ({LongestAnswer >> 20} MB so far).");
        }
        return all.ToArray();
    }

    /// <summary>The address behind <c>rel="next"</c> in the Link header, on the same server.</summary>
    private static Uri? NextPage(HttpResponseHeaders headers, Uri address)
    {
        if (!headers.TryGetValues("Link", out IEnumerable<string>? links)) return null;
        foreach (string link in links.SelectMany(line => line.Split(',')))
        {
            int open = link.IndexOf('<'), close = link.IndexOf('>');
            if (open >= 0 && close > open && link.Contains("rel=\"next\"", StringComparison.Ordinal) && Uri.TryCreate(address, link[(open + 1)..close], out Uri? next) && next.Host == address.Host)
                return next;
        }
        return null;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static long? Number(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value) && value is >= 0 and <= LongestFile ? value : null;

    private static HubException Useless(Uri address) => new(HubProblem.Damaged, $"{address.Host} does not answer as a hub does. Is --hub right?");
}
