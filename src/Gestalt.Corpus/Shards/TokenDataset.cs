using System.Text.Json;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>
/// Tokenised documents: one or more shards on disk, mapped into memory, or arrays. Documents are numbered through; each is
/// its ids without end-of-text, which the readers put in where it belongs. Any number of threads may read at once.
/// </summary>
public sealed class TokenDataset : IDisposable
{
    private readonly TokenShard[] shards;
    private readonly long[] firstDocuments;
    private readonly int[][] arrays;

    private TokenDataset(TokenShard[] shards, int[][] arrays, int vocabularySize, int endOfText, DocumentId fingerprint)
    {
        this.shards = shards;
        this.arrays = arrays;
        VocabularySize = vocabularySize;
        EndOfText = endOfText;
        Fingerprint = fingerprint;
        firstDocuments = new long[shards.Length];
        for (int i = 0; i < shards.Length; i++)
        {
            firstDocuments[i] = DocumentCount;
            DocumentCount += shards[i].Header.Documents;
            TokenCount += shards[i].Header.Tokens;
        }

        DocumentCount += arrays.Length;
        if (DocumentCount > int.MaxValue)
            throw new CorpusException($"the dataset has {DocumentCount:N0} documents, more than the {int.MaxValue:N0} that can be loaded at once. Split it.");
        TokenCount += arrays.Sum(array => (long)array.Length);
    }

    /// <summary>How many documents there are.</summary>
    public long DocumentCount { get; }

    /// <summary>How many tokens they hold together, without end-of-text.</summary>
    public long TokenCount { get; }

    /// <summary>All ids lie below this.</summary>
    public int VocabularySize { get; }

    /// <summary>The id that stands before and behind each document.</summary>
    public int EndOfText { get; }

    /// <summary>Tells two datasets apart: a loader does not go on with another one than it started with.</summary>
    public DocumentId Fingerprint { get; }

    /// <summary>A dataset in memory, for tests and for text that is made on the fly.</summary>
    /// <param name="documents">The ids of each document, without end-of-text.</param>
    /// <param name="vocabularySize">All ids lie below this.</param>
    /// <param name="endOfText">The id that stands before and behind each document.</param>
    public static TokenDataset FromDocuments(IEnumerable<int[]> documents, int vocabularySize, int endOfText)
    {
        int[][] arrays = [.. documents];
        ulong high = (ulong)vocabularySize;
        ulong low = (ulong)endOfText;
        foreach (int[] document in arrays)
        {
            high = TextView.Mix(high + (ulong)document.Length);
            foreach (int id in document)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)vocabularySize, nameof(documents));
                low = TextView.Mix(low + (ulong)id);
            }
        }

        return new TokenDataset([], arrays, vocabularySize, endOfText, new DocumentId(high, low));
    }

    /// <summary>Opens the dataset of a name in a folder, as <see cref="TokenDatasetWriter"/> left it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The dataset's name, such as <c>train</c>.</param>
    /// <param name="tokenizer">When given, the ids must come from this tokenizer.</param>
    /// <exception cref="CorpusException">The dataset is missing, damaged, or was made with another tokenizer.</exception>
    public static TokenDataset Open(string folder, string name, Tokenizer? tokenizer = null)
    {
        string path = TokenManifest.PathOf(folder, name);
        TokenManifest manifest = TokenManifest.Read(path);
        if (tokenizer is not null && manifest.Tokenizer != TokenizerIdentity.Of(tokenizer).ToString())
            throw new CorpusException($"'{path}' was made with another tokenizer than the one in use. Make the token shards again with this tokenizer.");
        var shards = new List<TokenShard>();
        try
        {
            foreach (string file in manifest.Shards)
                shards.Add(TokenShard.Open(Path.Combine(folder, Path.GetFileName(file))));
            ulong low = 0;
            foreach (TokenShard shard in shards)
            {
                if (shard.Header.VocabularySize != manifest.VocabularySize || shard.Header.EndOfText != manifest.EndOfText || shard.Header.Tokenizer.ToString() != manifest.Tokenizer)
                    throw new CorpusException($"the shards behind '{path}' do not belong together. Make the token shards again.");
                low = TextView.Mix(low + shard.Header.Checksum);
            }

            return new TokenDataset([.. shards], [], manifest.VocabularySize, manifest.EndOfText, new DocumentId(TextView.Hash(manifest.Tokenizer), low));
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <summary>How many tokens a document has, without end-of-text.</summary>
    public int DocumentLength(long document)
    {
        if (shards.Length == 0)
            return arrays[document].Length;
        (TokenShard shard, long index) = Locate(document);
        return checked((int)(shard.DocumentEnd(index) - shard.DocumentStart(index)));
    }

    /// <summary>Copies some of a document's tokens.</summary>
    /// <param name="document">Which document.</param>
    /// <param name="offset">Its first token to copy.</param>
    /// <param name="destination">Filled completely; the document must reach that far.</param>
    public void CopyTokens(long document, int offset, Span<int> destination)
    {
        if (shards.Length == 0)
        {
            arrays[document].AsSpan(offset, destination.Length).CopyTo(destination);
            return;
        }

        (TokenShard shard, long index) = Locate(document);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shard.DocumentStart(index) + offset + destination.Length, shard.DocumentEnd(index), nameof(offset));
        shard.Copy(shard.DocumentStart(index) + offset, destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TokenShard shard in shards)
            shard.Dispose();
    }

    private (TokenShard Shard, long Index) Locate(long document)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(document, DocumentCount);
        int found = Array.BinarySearch(firstDocuments, document);
        int shard = found >= 0 ? found : ~found - 1;

        // Empty shards share their first document with the next one.
        while (document - firstDocuments[shard] >= shards[shard].Header.Documents)
            shard++;
        return (shards[shard], document - firstDocuments[shard]);
    }
}

/// <summary>The list of a dataset's shards, written last, so that its presence says that they are whole.</summary>
internal sealed record TokenManifest
{
    private const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true };

    public int Version { get; init; } = CurrentVersion;

    public required string Tokenizer { get; init; }

    public required int VocabularySize { get; init; }

    public required int EndOfText { get; init; }

    public required long Documents { get; init; }

    public required long Tokens { get; init; }

    public required long TextBytes { get; init; }

    public required IReadOnlyList<string> Shards { get; init; }

    public static string PathOf(string folder, string name) => Path.Combine(folder, name + ".tokens.json");

    public static TokenManifest Read(string path)
    {
        if (!File.Exists(path))
            throw new CorpusException($"there are no token shards at '{path}'. Make them first: gestalt pretrain does so from a corpus and a tokenizer.");
        string json = CorpusException.Guard("read", path, () => File.ReadAllText(path));
        try
        {
            TokenManifest manifest = JsonSerializer.Deserialize<TokenManifest>(json, Json) ?? throw new JsonException("it is null");
            return manifest.Version == CurrentVersion
                ? manifest
                : throw new CorpusException($"'{path}' has version {manifest.Version}, this program reads {CurrentVersion}. Make the token shards again.");
        }
        catch (JsonException damage)
        {
            throw new CorpusException($"'{path}' is damaged: {damage.Message.ReplaceLineEndings(" ")} Make the token shards again.", damage);
        }
    }

    public void Write(string path)
    {
        File.WriteAllText(path + ".partial", JsonSerializer.Serialize(this, Json) + "\n");
        File.Move(path + ".partial", path, overwrite: true);
    }
}
