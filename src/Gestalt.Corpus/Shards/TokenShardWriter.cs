using System.Buffers.Binary;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>Writes one token shard, beside its final name until it is complete.</summary>
internal sealed class TokenShardWriter : IDisposable
{
    private readonly string path;
    private readonly int vocabularySize;
    private readonly int endOfText;
    private readonly DocumentId tokenizer;
    private readonly FileStream file;
    private readonly List<long> ends = [];
    private byte[] buffer = [];
    private uint checksum;
    private long tokens;

    public TokenShardWriter(string path, int vocabularySize, int endOfText, DocumentId tokenizer)
    {
        this.path = path;
        this.vocabularySize = vocabularySize;
        this.endOfText = endOfText;
        this.tokenizer = tokenizer;
        file = new FileStream(PartialPath, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(new byte[TokenShardHeader.Size]);
    }

    /// <summary>Tokens written so far.</summary>
    public long Tokens => tokens;

    private string PartialPath => path + ".partial";

    /// <summary>Adds a document.</summary>
    /// <param name="document">Its ids, without end-of-text: the loader puts that in.</param>
    public void Add(ReadOnlySpan<int> document)
    {
        int width = TokenShardHeader.BytesFor(vocabularySize);
        if (buffer.Length < document.Length * width)
            buffer = new byte[document.Length * width * 2];
        Span<byte> bytes = buffer.AsSpan(0, document.Length * width);
        for (int i = 0; i < document.Length; i++)
        {
            int id = document[i];
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)vocabularySize, nameof(document));
            if (width == sizeof(ushort))
                BinaryPrimitives.WriteUInt16LittleEndian(bytes[(i * width)..], (ushort)id);
            else
                BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * width)..], id);
        }

        Write(bytes);
        tokens += document.Length;
        ends.Add(tokens);
    }

    /// <summary>Completes the file and puts it in its place.</summary>
    public void Finish()
    {
        var header = new TokenShardHeader(TokenShardHeader.BytesFor(vocabularySize), vocabularySize, endOfText, tokens, ends.Count, tokenizer, 0);
        Write(new byte[(int)(header.IndexOffset - file.Position)]);
        byte[] index = new byte[ends.Count * sizeof(long)];
        for (int i = 0; i < ends.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(index.AsSpan(i * sizeof(long)), ends[i]);
        Write(index);
        file.Position = 0;
        file.Write((header with { Checksum = checksum }).ToBytes());
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(PartialPath, path, overwrite: true);
    }

    /// <summary>Closes the file; one that was not finished is removed.</summary>
    public void Dispose()
    {
        file.Dispose();
        File.Delete(PartialPath);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        checksum = Crc32C.Append(checksum, bytes);
        file.Write(bytes);
    }
}
