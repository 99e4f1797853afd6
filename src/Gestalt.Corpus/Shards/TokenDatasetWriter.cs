using System.Text;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>What was tokenised.</summary>
/// <param name="Documents">Documents.</param>
/// <param name="Tokens">Tokens, without end-of-text.</param>
/// <param name="TextBytes">Their text as UTF-8, in bytes.</param>
public readonly record struct TokenCounts(long Documents, long Tokens, long TextBytes);

/// <summary>Turns documents into token shards, on several threads, in the order of the documents.</summary>
public static class TokenDatasetWriter
{
    /// <summary>A shard is closed behind the document that reaches this many tokens: half a gigabyte of two-byte ids.</summary>
    public const long DefaultShardTokens = 256L << 20;

    /// <summary>Progress is told after this many documents.</summary>
    private const int ProgressInterval = 256;

    /// <summary>Writes the shards and then the list of them, which makes the dataset valid.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokenizer">Makes the ids; must have an end-of-text token.</param>
    /// <param name="folder">Where the files go.</param>
    /// <param name="name">The dataset's name, such as <c>train</c>.</param>
    /// <param name="threads">How many documents are encoded at once. The result does not depend on it.</param>
    /// <param name="progress">Told now and then how much was written.</param>
    /// <param name="shardTokens">When to start a new shard.</param>
    /// <param name="cancellation">Stops the work; an unfinished dataset is not valid.</param>
    /// <exception cref="CorpusException">The folder cannot be written.</exception>
    public static TokenCounts Write(
        IEnumerable<Document> documents,
        Tokenizer tokenizer,
        string folder,
        string name,
        int threads,
        IProgress<TokenCounts>? progress = null,
        long shardTokens = DefaultShardTokens,
        CancellationToken cancellation = default)
    {
        DocumentId identity = TokenizerIdentity.Of(tokenizer);
        int endOfText = tokenizer.Special.EndOfText;
        return CorpusException.Guard("write token shards to", folder, () =>
        {
            Directory.CreateDirectory(folder);
            string manifestPath = TokenManifest.PathOf(folder, name);
            File.Delete(manifestPath);
            var shards = new List<string>();
            var counts = default(TokenCounts);
            TokenShardWriter? shard = null;
            try
            {
                foreach ((int[] ids, int bytes) in OrderedParallel.Map(documents, document => document.Text.Length, document => Encode(tokenizer, document), threads, cancellation))
                {
                    shard ??= Start();
                    shard.Add(ids);
                    counts = new TokenCounts(counts.Documents + 1, counts.Tokens + ids.Length, counts.TextBytes + bytes);
                    if (shard.Tokens >= shardTokens)
                    {
                        shard.Finish();
                        shard = null;
                    }

                    if (counts.Documents % ProgressInterval == 0)
                        progress?.Report(counts);
                }

                shard?.Finish();
            }
            finally
            {
                shard?.Dispose();
            }

            new TokenManifest
            {
                Tokenizer = identity.ToString(),
                VocabularySize = tokenizer.VocabularySize,
                EndOfText = endOfText,
                Documents = counts.Documents,
                Tokens = counts.Tokens,
                TextBytes = counts.TextBytes,
                Shards = shards,
            }.Write(manifestPath);
            progress?.Report(counts);
            return counts;

            TokenShardWriter Start()
            {
                shards.Add($"{name}-{shards.Count:D5}.tokens");
                return new TokenShardWriter(Path.Combine(folder, shards[^1]), tokenizer.VocabularySize, endOfText, identity);
            }
        });
    }

    private static (int[] Ids, int Bytes) Encode(Tokenizer tokenizer, Document document)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(document.Text);
        var ids = new List<int>((utf8.Length / 3) + 8);
        tokenizer.EncodeOrdinary(utf8, ids);
        return ([.. ids], utf8.Length);
    }
}
