namespace Gestalt.Text;

/// <summary>
/// Cuts documents into words and counts them on several threads. A document is fetched when a thread has nothing to do, so that a source that reads files holds few
/// of them at a time; large ones are shared out in chunks.
/// </summary>
internal sealed class WordCounter(
    IEnumerable<ReadOnlyMemory<byte>> documents, PreTokenizer rule, IProgress<BpeProgress>? progress = null, int chunkBytes = WordCounter.DefaultChunkBytes) : IDisposable
{
    /// <summary>Large enough that fetching a chunk costs nothing, small enough that no thread waits long for the last.</summary>
    public const int DefaultChunkBytes = 1 << 20;

    private readonly IEnumerator<ReadOnlyMemory<byte>> _documents = documents.GetEnumerator();
    private readonly Lock _lock = new();
    private readonly bool _cutsBeforeBlanks = rule.CutsBeforeBlanks;
    private ReadOnlyMemory<byte> _rest;

    /// <summary>The bytes of text that have been handed out for counting.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Counts the words of all documents. The counts do not depend on <paramref name="threads"/>.</summary>
    public WordTable Count(int threads, CancellationToken cancellation = default)
    {
        var tables = new WordTable[threads];
        if (threads == 1)
        {
            tables[0] = Work(cancellation);
        }
        else
        {
            Task<WordTable>[] tasks = [.. Enumerable.Range(0, threads).Select(_ =>
                Task.Factory.StartNew(() => Work(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            tables = Task.WhenAll(tasks).GetAwaiter().GetResult();
        }

        foreach (WordTable other in tables.AsSpan(1))
        {
            tables[0].Add(other);
        }

        return tables[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _documents.Dispose();

    private unsafe WordTable Work(CancellationToken cancellation)
    {
        var words = new CountingSink(new WordTable());
        while (Fetch() is { IsEmpty: false } chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            fixed (byte* text = chunk.Span)
            {
                rule.Cut(text, 0, chunk.Length, ref words);
            }
        }

        return words.Table;
    }

    private ReadOnlyMemory<byte> Fetch()
    {
        lock (_lock)
        {
            while (_rest.IsEmpty)
            {
                if (!_documents.MoveNext())
                {
                    return default;
                }

                _rest = _documents.Current;
            }

            int length = ChunkLength(_rest.Span);
            ReadOnlyMemory<byte> chunk = _rest[..length];
            _rest = _rest[length..];
            BytesRead += length;
            progress?.Report(new BpeProgress(BytesRead, 0, 0));
            return chunk;
        }
    }

    private int ChunkLength(ReadOnlySpan<byte> text)
    {
        for (int i = _cutsBeforeBlanks ? chunkBytes : text.Length; i < text.Length; i++)
        {
            if (text[i] == ' ' && char.IsAsciiLetter((char)text[i - 1]))
            {
                return i;
            }
        }

        return text.Length;
    }

    private readonly struct CountingSink(WordTable table) : IWordSink
    {
        public WordTable Table => table;

        public unsafe void Word(byte* text, int start, int end) => table.Add(new ReadOnlySpan<byte>(text + start, end - start), 1);
    }
}
