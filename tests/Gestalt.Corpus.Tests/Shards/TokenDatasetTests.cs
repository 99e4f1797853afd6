using System.Text;
using Gestalt.Text;

namespace Gestalt.Corpus.Tests.Shards;

public sealed class TokenDatasetTests
{
    private static readonly Tokenizer Bytes = BpeTrainer.Train([Encoding.UTF8.GetBytes(Samples.Prose)], 300, PreTokenizer.Gpt2);

    private static Document Document(string text) => new("test", null, text);

    [Fact]
    [Trait("Speed", "Smoke")]
    public void Documents_come_back_as_the_tokenizers_ids()
    {
        using var folder = new TestFolder();
        string[] texts = ["First text.", Samples.Prose, "", "Ünïcode 雪 🦊"];
        TokenCounts counts = TokenDatasetWriter.Write(texts.Select(Document), Bytes, folder.Path, "train", threads: 2);
        using var data = TokenDataset.Open(folder.Path, "train", Bytes);
        Assert.Equal(texts.Length, data.DocumentCount);
        Assert.Equal(texts.Sum(Encoding.UTF8.GetByteCount), counts.TextBytes);
        Assert.Equal((counts.Tokens, Bytes.VocabularySize, (int)Bytes.Special.EndOfText), (data.TokenCount, data.VocabularySize, data.EndOfText));
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = new int[data.DocumentLength(i)];
            data.CopyTokens(i, 0, ids);
            Assert.Equal(Bytes.Encode(texts[i]), ids);
        }
    }

    [Fact]
    public void Many_small_shards_read_like_one_and_files_do_not_depend_on_threads()
    {
        using var folder = new TestFolder();
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"Text number {i} about {i * 17}.")];
        TokenDatasetWriter.Write(texts.Select(Document), Bytes, folder.Path, "many", threads: 3, shardTokens: 50);
        TokenDatasetWriter.Write(texts.Select(Document), Bytes, folder.Path, "one", threads: 1);
        TokenDatasetWriter.Write(texts.Select(Document), Bytes, folder.Path, "again", threads: 2);
        Assert.True(Directory.GetFiles(folder.Path, "many-*").Length > 10);
        Assert.Equal(File.ReadAllBytes(folder["one-00000.tokens"]), File.ReadAllBytes(folder["again-00000.tokens"]));
        using var many = TokenDataset.Open(folder.Path, "many");
        using var one = TokenDataset.Open(folder.Path, "one");
        Assert.Equal(All(one), All(many));
        Assert.NotEqual(one.Fingerprint, many.Fingerprint);
    }

    [Fact]
    public void Ids_beyond_two_bytes_need_four()
    {
        using var folder = new TestFolder();
        using (var writer = new TokenShardWriter(folder["x.tokens"], 100_000, 99_999, default))
        {
            writer.Add([70_000, 1, 99_998]);
            writer.Finish();
        }

        using var shard = TokenShard.Open(folder["x.tokens"]);
        int[] ids = new int[3];
        shard.Copy(0, ids);
        Assert.Equal([70_000, 1, 99_998], ids);
        Assert.Equal(sizeof(uint), shard.Header.BytesPerToken);
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_not_written()
    {
        using var folder = new TestFolder();
        using var writer = new TokenShardWriter(folder["x.tokens"], 100, 0, default);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add([100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add([-1]));
    }

    [Fact]
    public void An_unfinished_shard_leaves_nothing()
    {
        using var folder = new TestFolder();
        using (var writer = new TokenShardWriter(folder["x.tokens"], 100, 0, default))
            writer.Add([1, 2, 3]);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Shards_of_another_tokenizer_are_refused()
    {
        using var folder = new TestFolder();
        TokenDatasetWriter.Write([Document("text")], Bytes, folder.Path, "train", 1);
        Tokenizer other = BpeTrainer.Train([Encoding.UTF8.GetBytes(Samples.Prose.ToUpperInvariant())], 300, PreTokenizer.Gpt2);
        Assert.Contains("another tokenizer", Assert.Throws<CorpusException>(() => TokenDataset.Open(folder.Path, "train", other)).Message, StringComparison.Ordinal);
        Assert.Contains("no token shards", Assert.Throws<CorpusException>(() => TokenDataset.Open(folder.Path, "missing")).Message, StringComparison.Ordinal);
        TokenDataset.Open(folder.Path, "train", Bytes).Dispose();
    }

    [Fact]
    public void Every_flipped_bit_and_every_missing_byte_is_noticed()
    {
        using var folder = new TestFolder();
        TokenDatasetWriter.Write([Document(Samples.Prose), Document("Another.")], Bytes, folder.Path, "train", 1);
        string path = folder["train-00000.tokens"];
        byte[] sound = File.ReadAllBytes(path);
        var dice = new Random(5);
        for (int trial = 0; trial < 1500; trial++)
        {
            byte[] damaged = [.. sound];
            if (trial % 3 == 0)
                damaged = damaged[..dice.Next(damaged.Length)];
            else
                damaged[dice.Next(trial % 3 == 1 ? TokenShardHeader.Size : damaged.Length)] ^= (byte)(1 << dice.Next(8));
            File.WriteAllBytes(path, damaged);
            Assert.Throws<CorpusException>(() => TokenDataset.Open(folder.Path, "train").Dispose());
        }

        File.WriteAllBytes(path, [.. sound, 0]);
        Assert.Throws<CorpusException>(() => TokenDataset.Open(folder.Path, "train").Dispose());
    }

    [Fact]
    public void Forged_headers_with_a_sound_checksum_are_refused_too()
    {
        byte[] content = new byte[64];
        foreach (TokenShardHeader header in (TokenShardHeader[])
        [
            new(2, 100, 0, long.MaxValue / 2, 1, default, 0),
            new(2, 100, 0, -1, 1, default, 0),
            new(2, 100, 0, 8, long.MaxValue / 8, default, 0),
            new(4, 100, 0, 8, 1, default, 0),
            new(2, 100, 100, 8, 6, default, 0),
            new(2, -5, 0, 8, 6, default, 0),
        ])
        {
            byte[] file = [.. header.ToBytes(), .. content];
            Assert.NotNull(TokenShardHeader.Parse(file, file.Length).Fault);
        }
    }

    [Fact]
    public void Lengths_of_tokens_add_up_to_the_text()
    {
        int[] lengths = TokenizerIdentity.ByteLengths(Bytes);
        Assert.Equal(Encoding.UTF8.GetByteCount(Samples.Prose), Bytes.Encode(Samples.Prose).Sum(id => lengths[id]));
        Assert.Equal(0, lengths[Bytes.Special.EndOfText]);
    }

    [Fact]
    public void The_checksum_is_castagnolis()
    {
        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));
        Assert.Equal(Crc32.Append(0, "1234567890123456789"u8), Crc32.Append(Crc32.Append(0, "12345"u8), "67890123456789"u8));
    }

    private static List<int[]> All(TokenDataset data) => [.. Enumerable.Range(0, (int)data.DocumentCount).Select(i =>
    {
        int[] ids = new int[data.DocumentLength(i)];
        data.CopyTokens(i, 0, ids);
        return ids;
    })];
}
