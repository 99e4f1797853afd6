using System.IO.MemoryMappedFiles;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>One file of tokens, mapped into memory. Everything in it is checked once, when it is opened, so that reading need not check.</summary>
internal sealed unsafe class TokenShard : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private readonly TokenShardHeader header;
    private bool disposed;

    private TokenShard(MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, TokenShardHeader header)
    {
        this.file = file;
        this.view = view;
        this.start = start;
        this.header = header;
    }

    public TokenShardHeader Header => header;

    /// <summary>Opens a shard.</summary>
    /// <exception cref="CorpusException">It is missing, damaged, or no shard.</exception>
    public static TokenShard Open(string path)
    {
        TokenShardHeader header = CorpusException.Guard("read the token shard", path, () =>
        {
            using FileStream stream = File.OpenRead(path);
            byte[] bytes = new byte[TokenShardHeader.Size];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            (TokenShardHeader parsed, string? fault) = TokenShardHeader.Parse(bytes.AsSpan(0, read), stream.Length);
            return fault is null ? parsed : throw Damaged(path, fault);
        });
        TokenShard shard = Map(path, header);
        if (shard.Fault() is { } damage)
        {
            shard.Dispose();
            throw Damaged(path, damage);
        }

        return shard;
    }

    /// <summary>Where a document's tokens start.</summary>
    public long DocumentStart(long document) => document == 0 ? 0 : DocumentEnd(document - 1);

    /// <summary>Where a document's tokens end.</summary>
    public long DocumentEnd(long document) => ((long*)(start + header.IndexOffset))[document];

    /// <summary>Copies tokens to <paramref name="destination"/>.</summary>
    public void Copy(long first, Span<int> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + destination.Length, header.Tokens);
        byte* tokens = start + TokenShardHeader.Size;
        if (header.BytesPerToken == sizeof(uint))
        {
            new ReadOnlySpan<int>((int*)tokens + first, destination.Length).CopyTo(destination);
            return;
        }

        ushort* source = (ushort*)tokens + first;
        for (int i = 0; i < destination.Length; i++)
            destination[i] = source[i];
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    private static TokenShard Map(string path, TokenShardHeader header) => CorpusException.Guard("map the token shard", path, () =>
    {
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(0, header.FileLength, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new TokenShard(file, view, start + view.PointerOffset, header);
    });

    private string? Fault()
    {
        uint checksum = 0;
        const int Block = 1 << 20;
        for (long offset = TokenShardHeader.Size; offset < header.FileLength; offset += Block)
            checksum = Crc32C.Append(checksum, new ReadOnlySpan<byte>(start + offset, (int)Math.Min(Block, header.FileLength - offset)));
        if (checksum != header.Checksum)
            return "its checksum does not match its content";

        long before = 0;
        for (long document = 0; document < header.Documents; document++)
        {
            long end = DocumentEnd(document);
            if (end < before || end > header.Tokens)
                return $"document {document:N0} ends at token {end:N0}, which is not possible";
            before = end;
        }

        if (before != header.Tokens)
            return $"its documents end at token {before:N0} of {header.Tokens:N0}";
        return LargestToken() >= header.VocabularySize ? "it holds ids beyond its vocabulary" : null;
    }

    private uint LargestToken()
    {
        uint largest = 0;
        byte* tokens = start + TokenShardHeader.Size;
        for (long i = 0; i < header.Tokens; i++)
            largest = Math.Max(largest, header.BytesPerToken == sizeof(ushort) ? ((ushort*)tokens)[i] : ((uint*)tokens)[i]);
        return largest;
    }

    private static CorpusException Damaged(string path, string fault) =>
        new($"'{path}' cannot be used: {fault}. Delete it and make the token shards again.");
}
