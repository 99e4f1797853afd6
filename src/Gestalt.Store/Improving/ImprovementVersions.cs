using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Store.Improving;

/// <summary>
/// The numbered versions of what a model is improved with, each in a folder of its own (<c>v1</c>, <c>v2</c>, ...) beside the log: files of conversations that any fine-tuning reads, and a manifest with their
/// hashes and the version before. A version is never changed: its files are made read-only, their hashes are checked whenever it is opened, and what was changed all the same is refused.
/// </summary>
/// <param name="folder">The folder of the log.</param>
public sealed class ImprovementVersions(string folder)
{
    /// <summary>The files of a version.</summary>
    public const string CorrectedName = "conversations.jsonl", HeldBackName = "held-back.jsonl", KeptName = "kept.jsonl", KeptBackName = "kept-back.jsonl",
        ReplayName = "replay.jsonl", ReplayBackName = "replay-back.jsonl", ManifestName = "manifest.json";

    private sealed record Heading(string Id, IReadOnlyList<RaisedFlag> Flags, string Was, string By, string ApprovedBy);

    /// <summary>The number of the newest version; 0 before the first.</summary>
    public int Newest => !Directory.Exists(folder) ? 0 : Directory.EnumerateDirectories(folder, "v*")
        .Select(path => int.TryParse(Path.GetFileName(path).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0).DefaultIfEmpty().Max();

    /// <summary>The folder of a version.</summary>
    /// <param name="number">Its number.</param>
    public string FolderOf(int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"v{number}"));

    /// <summary>Makes the next version, unless the newest has the same content already.</summary>
    /// <param name="set">What it is made of.</param>
    /// <param name="sources">What that was made from, for people.</param>
    /// <returns>The version with that content, and whether it is new.</returns>
    /// <exception cref="StoreException">The newest version was changed after it was made.</exception>
    public (VersionManifest Manifest, bool IsNew) Make(ImprovementSet set, IReadOnlyList<string> sources)
    {
        ArgumentNullException.ThrowIfNull(set);
        (string Name, string[] Lines)[] files =
        [
            (CorrectedName, [.. set.Corrected.Select(ToLine)]), (HeldBackName, [.. set.HeldBack.Select(ToLine)]),
            (KeptName, [.. set.Kept.Select(ConversationFile.ToLine)]), (KeptBackName, [.. set.KeptBack.Select(ConversationFile.ToLine)]),
            (ReplayName, [.. set.Replay.Select(ConversationFile.ToLine)]), (ReplayBackName, [.. set.ReplayBack.Select(ConversationFile.ToLine)]),
        ];
        byte[][] contents = [.. files.Select(file => Encoding.UTF8.GetBytes(string.Concat(file.Lines.Select(line => line + "\n"))))];
        VersionFile[] listed = [.. files.Select((file, i) => new VersionFile(file.Name, file.Lines.Length, HashOf(contents[i])))];
        int newest = Newest;
        (VersionManifest Manifest, ImprovementSet Set)? before = newest == 0 ? null : Open(newest);
        string hash = HashOf(listed);
        if (before?.Manifest.Hash == hash) return (before.Value.Manifest, false);
        HashSet<string> known = before is null ? [] : [.. before.Value.Set.Corrected.Concat(before.Value.Set.HeldBack).Select(ToLine)];
        var manifest = new VersionManifest(newest + 1, DateTimeOffset.UtcNow, set.Corrected.Concat(set.HeldBack).Count(one => !known.Contains(ToLine(one))), sources, listed, hash) { Parent = before?.Manifest.Hash };
        Write(manifest, [.. contents, Encoding.UTF8.GetBytes(StoreJson.Write(manifest) + "\n")]);
        return (manifest, true);
    }

    /// <summary>Opens a version and checks that nobody has changed it.</summary>
    /// <param name="number">Its number.</param>
    /// <exception cref="FileNotFoundException">There is none of that number.</exception>
    /// <exception cref="InvalidDataException">A file was changed, or is gone; the message names it.</exception>
    public (VersionManifest Manifest, ImprovementSet Set) Open(int number)
    {
        string path = FolderOf(number), file = Path.Combine(path, ManifestName);
        if (!File.Exists(file)) throw new FileNotFoundException($"there is no version {number} in '{folder}': '{file}' is missing. The newest is {(Newest == 0 ? "none" : $"v{Newest}")}.");
        VersionManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<VersionManifest>(File.ReadAllText(file), StoreJson.Options) ?? throw new JsonException("it is null");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{file} is no manifest of a version: {problem.Message}", problem);
        }

        var lines = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (VersionFile listed in manifest.Files)
        {
            string at = Path.Combine(path, listed.Name);
            byte[] bytes = File.Exists(at) && listed.Name == Path.GetFileName(listed.Name) ? File.ReadAllBytes(at) : throw Changed(at, "is gone");
            if (HashOf(bytes) != listed.Sha256) throw Changed(at, "was changed after the version was made");
            lines[listed.Name] = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        if (HashOf(manifest.Files) != manifest.Hash || manifest.Number != number) throw Changed(file, "was changed after the version was made");
        return (manifest, new ImprovementSet(Corrected(CorrectedName), Corrected(HeldBackName), Plain(KeptName), Plain(KeptBackName), Plain(ReplayName), Plain(ReplayBackName)));

        IReadOnlyList<CorrectedAnswer> Corrected(string name) => [.. Lines(name).Select(Parse)];
        IReadOnlyList<Conversation> Plain(string name) => [.. Lines(name).Select(line => HeadedConversation.Read<object>(line).Conversation)];
        IReadOnlyList<string> Lines(string name) => lines.TryGetValue(name, out IReadOnlyList<string>? found) ? found : throw Changed(file, $"does not list '{name}'");
    }

    private static InvalidDataException Changed(string path, string how) =>
        new($"{path} {how}. Versions are never changed: put the file back as it was, or remove the version's whole folder and make it anew with: gestalt improve train");

    private static string ToLine(CorrectedAnswer one) => HeadedConversation.Write(new Heading(one.Id, one.Flags, one.Was, one.By, one.ApprovedBy), one.Conversation);

    private static CorrectedAnswer Parse(string line)
    {
        (Heading heading, Conversation conversation) = HeadedConversation.Read<Heading>(line);
        return new CorrectedAnswer(heading.Id, heading.Flags, heading.Was, heading.By, heading.ApprovedBy, conversation);
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string HashOf(IEnumerable<VersionFile> files) => HashOf(Encoding.UTF8.GetBytes(string.Concat(files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {file.Sha256}\n"))));

    /// <summary>Writes the files beside their place, and renames the whole folder into it: a version is there with everything, or not at all.</summary>
    private void Write(VersionManifest manifest, byte[][] contents)
    {
        string place = FolderOf(manifest.Number), beside = place + ".part";
        if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        foreach ((string name, byte[] bytes) in manifest.Files.Select(file => file.Name).Append(ManifestName).Zip(contents))
        {
            string path = Path.Combine(beside, name);
            using (FileStream stream = File.Create(path))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.SetAttributes(path, File.GetAttributes(path) | FileAttributes.ReadOnly);
        }

        Directory.Move(beside, place);
        FolderSync.Flush(Path.GetFullPath(folder));
    }
}
