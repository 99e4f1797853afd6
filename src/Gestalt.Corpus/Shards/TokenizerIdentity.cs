using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gestalt.Text;

namespace Gestalt.Corpus;

/// <summary>Tells whether token ids were made by this tokenizer, and how much text each of them stands for.</summary>
public static class TokenizerIdentity
{
    private const byte UnnumberedRule = byte.MaxValue;

    /// <summary>128 bits of a hash over everything that decides which ids a text becomes.</summary>
    public static DocumentId Of(Tokenizer tokenizer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            ReadOnlySpan<byte> token = tokenizer.TokenBytes(id);
            BinaryPrimitives.WriteInt32LittleEndian(length, token.Length);
            hash.AppendData(length);
            hash.AppendData(token);
            hash.AppendData([(byte)tokenizer.KindOf(id)]);
        }

        foreach (string merge in tokenizer.Merges())
            hash.AppendData(Encoding.UTF8.GetBytes(merge + "\n"));
        hash.AppendData([RuleNumber(tokenizer.PreTokenizer), tokenizer.WholeWordsFirst ? (byte)1 : (byte)0]);
        if (RuleNumber(tokenizer.PreTokenizer) == UnnumberedRule)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', tokenizer.PreTokenizer.Patterns)));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new DocumentId(BinaryPrimitives.ReadUInt64BigEndian(digest), BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));
    }

    // The rules that our own vocabularies are trained with have the numbers that they had when shards were first written.
    private static byte RuleNumber(PreTokenizer rule)
    {
        PreTokenizer[] numbered = [PreTokenizer.Gpt2, PreTokenizer.Cl100k, PreTokenizer.Qwen2, PreTokenizer.Gpt2Digits];
        int number = Array.IndexOf(numbered, rule);
        return number < 0 ? UnnumberedRule : (byte)number;
    }

    /// <summary>For each id, how many bytes of text it stands for; special tokens stand for none.</summary>
    public static int[] ByteLengths(Tokenizer tokenizer)
    {
        var lengths = new int[tokenizer.VocabularySize];
        for (int id = 0; id < lengths.Length; id++)
            lengths[id] = tokenizer.KindOf(id) is TokenKind.Control or TokenKind.Unused ? 0 : tokenizer.TokenBytes(id).Length;
        return lengths;
    }
}
