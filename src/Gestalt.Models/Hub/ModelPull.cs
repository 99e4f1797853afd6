namespace Gestalt.Models.Hub;

/// <summary>What a pull has done.</summary>
/// <param name="Files">The files, all there now.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="Received">How much of that came over the network this time.</param>
public sealed record PullOutcome(IReadOnlyList<string> Files, long Bytes, long Received);

/// <summary>Brings a model from a hub into the store.</summary>
/// <param name="client">Asks the hub.</param>
/// <param name="address">The model.</param>
/// <param name="connections">How many pieces come at once.</param>
public sealed class ModelPull(HubClient client, HubAddress address, int connections)
{
    /// <summary>What must stay free on the disk.</summary>
    private const long Reserve = 64 << 20;

    private FileDownload? _current;
    private long _whole, _finished, _finishedReceived;

    /// <summary>Length of all files together; null before it is known.</summary>
    public long? Total => _whole > 0 ? _whole : null;

    /// <summary>How much of that is there.</summary>
    public long Done => _finished + (_current is { } file ? file.Resumed + file.Received : 0);

    /// <summary>How much came over the network.</summary>
    public long Received => _finishedReceived + (_current?.Received ?? 0);

    /// <summary>The file that is coming.</summary>
    public string Current => _current?.File.Path ?? "";

    /// <summary>Brings the files that are wanted and not there yet.</summary>
    /// <param name="include">Patterns of files, or none.</param>
    /// <param name="say">Told what was decided.</param>
    /// <param name="cancellation">Ends it; what has come stays.</param>
    public async Task<PullOutcome> Run(IReadOnlyList<string> include, Action<string> say, CancellationToken cancellation)
    {
        HubListing listing = await HubListing.Fetch(client, address, cancellation).ConfigureAwait(false);
        FileChoice choice = FileChoice.Of(listing.Files, address.Part, include, address.Model);
        if (choice.Remark is not null) say(choice.Remark);
        string folder = ModelStore.FolderOf(address.Model);
        _whole = choice.Files.All(file => file.Bytes is not null) ? choice.Files.Sum(file => file.Bytes!.Value) : 0;
        RequireSpace(folder, choice.Files);

        var brought = new List<HubFile>();
        foreach (HubFile file in choice.Files)
        {
            string target = Path.Combine([folder, .. file.Path.Split('/')]);
            if (IsThere(target, file))
            {
                _finished += file.Bytes!.Value;
                brought.Add(file);
                continue;
            }
            _current = new FileDownload(client, address, file, target, connections);
            await _current.Run(cancellation).ConfigureAwait(false);
            brought.Add(_current.File);
            _finished += _current.File.Bytes!.Value;
            _finishedReceived += _current.Received;
            _current = null;
        }
        ModelStore.Note(address.Model, address.Revision, listing.Commit, address.Hub, brought);
        return new PullOutcome([.. brought.Select(file => Path.Combine([folder, .. file.Path.Split('/')]))], brought.Sum(file => file.Bytes!.Value), _finishedReceived);
    }

    /// <summary>Whether a file came before: it has the length, and where the hub tells it, the checksum.</summary>
    private static bool IsThere(string target, HubFile file)
    {
        if (file.Bytes is not long bytes || !File.Exists(target) || new FileInfo(target).Length != bytes) return false;
        using FileStream stream = File.OpenRead(target);
        if (file.Sha256 is not null) return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream)) == file.Sha256;
        return file.GitId is not null && GitId(stream) == file.GitId;
    }

    private static string GitId(FileStream stream)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA1);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = stream.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Refuses to begin what would not fit on the disk.</summary>
    private static void RequireSpace(string folder, IReadOnlyList<HubFile> files)
    {
        Directory.CreateDirectory(folder);
        long needed = files.Sum(file =>
        {
            string target = Path.Combine([folder, .. file.Path.Split('/')]);
            long there = new FileInfo(target + PartFile.Suffix) is { Exists: true } part ? Allocated(part) : File.Exists(target) ? new FileInfo(target).Length : 0;
            return Math.Max(0, (file.Bytes ?? 0) - there);
        });
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (needed > 0 && needed + Reserve > free)
            throw new HubException(HubProblem.Disk, $"'{folder}' has {Size(free)} free, and {Size(needed)} are to come. Make room, or put models elsewhere: {ModelStore.Variable}=FOLDER.");
    }

    /// <summary>What a file that is still coming takes on the disk already: it has its full length from the beginning, with holes.</summary>
    private static long Allocated(FileInfo part)
    {
        string notes = part.FullName + ".json";
        if (!File.Exists(notes)) return 0;
        try
        {
            using var state = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(notes));
            return state.RootElement.GetProperty("Checksums").EnumerateArray().Count(sum => sum.ValueKind == System.Text.Json.JsonValueKind.String) * (long)PartFile.PieceBytes;
        }
        catch (Exception problem) when (problem is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return 0;
        }
    }

    private static string Size(long bytes) => bytes < 1_000_000_000 ? $"{bytes / 1e6:0.#} MB" : $"{bytes / 1e9:0.#} GB";
}
