namespace Gestalt.Text.Tests;

public sealed class VocabularyTests
{
    [Fact]
    public void The_three_lists_make_the_same_tokenizer_again()
    {
        Tokenizer trained = Samples.Tokenizer();
        Tokenizer read = Tokenizer.FromVocabulary(trained.Tokens(), trained.Merges(), trained.TokenTypes(), trained.PreTokenizer);
        Assert.Equal(trained.Encode(Samples.Text), read.Encode(Samples.Text));
        Assert.Equal(trained.Special.MessageStart, read.Special.MessageStart);
        Assert.Contains("Ġ", string.Concat(trained.Tokens()), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_that_contradict_each_other_are_refused()
    {
        Tokenizer trained = Samples.Tokenizer();
        string[] tokens = trained.Tokens(), merges = trained.Merges();
        int[] types = trained.TokenTypes();
        Assert.Contains("token types", Refused(tokens, merges, types[1..]), StringComparison.Ordinal);
        Assert.Contains("type 9", Refused(tokens, merges, [9, .. types[1..]]), StringComparison.Ordinal);
        Assert.Contains("byte alphabet", Refused([.. tokens.Select((token, id) => id % 10 == 0 ? "▁" + id : token)], merges, types), StringComparison.Ordinal);
        Assert.Contains("needs the token", Refused(tokens, [.. merges, "Q ZZ"], types), StringComparison.Ordinal);
        Assert.Contains("Merge 0", Refused(tokens, ["ab"], types), StringComparison.Ordinal);
        Assert.Contains("byte 0x20", Refused([.. tokens[..0x20], .. tokens[0x21..]], [], types[1..]), StringComparison.Ordinal);
        Assert.Contains("0 tokens", Refused([], [], []), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_no_character_has_may_have_no_token()
    {
        Tokenizer trained = Samples.Tokenizer();
        string[] tokens = trained.Tokens();
        int[] types = trained.TokenTypes();
        tokens[0xFF] = "<|unused_255|>";
        types[0xFF] = (int)TokenKind.Unused;
        Tokenizer tokenizer = Tokenizer.FromVocabulary(tokens, trained.Merges(), types, trained.PreTokenizer);
        Assert.True(trained.IsLossless);
        Assert.False(tokenizer.IsLossless);
        Assert.Equal(Samples.Text, tokenizer.DecodeText(tokenizer.Encode(Samples.Text)));
        Assert.Equal("a\uFFFDb\uFFFD"u8.ToArray(), tokenizer.Decode(tokenizer.Encode([(byte)'a', 0xFF, (byte)'b', 0xFF])));
        Assert.Contains("byte 0xF4", Refused([.. tokens[..0xF4], "<x>", .. tokens[0xF5..]], [], [.. types[..0xF4], 3, .. types[0xF5..]]), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_byte_has_a_character_of_its_own()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        string written = ByteAlphabet.FromBytes(all);
        Assert.Equal(256, written.Distinct().Count());
        Assert.True(ByteAlphabet.TryToBytes(written, out byte[] read));
        Assert.Equal(all, read);
        Assert.Equal("ĠĊĉa!¡ÿŃ", ByteAlphabet.FromBytes([(byte)' ', (byte)'\n', (byte)'\t', (byte)'a', (byte)'!', 0xA1, 0xFF, 0xAD]));
        Assert.False(ByteAlphabet.TryToBytes(" ", out _));
        Assert.False(ByteAlphabet.TryToBytes("字", out _));
    }

    private static string Refused(string[] tokens, string[] merges, int[] types) =>
        Assert.Throws<InvalidDataException>(() => Tokenizer.FromVocabulary(tokens, merges, types, PreTokenizer.Gpt2)).Message;
}
