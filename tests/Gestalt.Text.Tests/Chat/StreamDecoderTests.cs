using System.Text;

namespace Gestalt.Text.Tests;

public sealed class StreamDecoderTests
{
    private static readonly Tokenizer Tokenizer = Samples.Tokenizer();

    [Fact]
    [Trait("Speed", "Smoke")]
    public void A_character_of_several_tokens_is_held_back_until_it_is_whole()
    {
        var decoder = new StreamDecoder(Tokenizer);
        byte[] bytes = Encoding.UTF8.GetBytes("é😀!");
        Assert.Equal(["", "é", "", "", "", "😀", "!"], bytes.Select(value => decoder.Push(value)));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void What_never_becomes_whole_is_replaced_at_the_end()
    {
        var decoder = new StreamDecoder(Tokenizer);
        Assert.Equal("", decoder.Push(0xF0));
        Assert.Equal("", decoder.Push(0x9F));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("a", decoder.Push('a'));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void The_parts_laid_end_to_end_are_the_whole_decoded_at_once()
    {
        var random = new Random(18);
        byte[] likely = [0x00, (byte)'a', 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC3, 0xE0, 0xE5, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF];
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = (i % 3) switch
            {
                0 => RandomText.Bytes(random, random.Next(30)),
                1 => [.. Enumerable.Range(0, random.Next(30)).Select(_ => likely[random.Next(likely.Length)])],
                _ => RandomText.Next(random, random.Next(20)),
            };
            int[] ids = i % 2 == 0 ? Tokenizer.Encode(bytes) : [.. bytes.Select(value => (int)value)];
            var decoder = new StreamDecoder(Tokenizer);
            string streamed = string.Concat(ids.Select(decoder.Push)) + decoder.Flush();
            Assert.Equal(Encoding.UTF8.GetString(bytes), streamed);
        }
    }

    [Fact]
    public void Special_tokens_are_written_by_name_or_left_out()
    {
        int[] ids = [.. Tokenizer.Encode("bye"), Tokenizer.Special.MessageEnd];
        var named = new StreamDecoder(Tokenizer);
        var silent = new StreamDecoder(Tokenizer, skipSpecial: true);
        Assert.Equal("bye<|im_end|>", string.Concat(ids.Select(named.Push)));
        Assert.Equal("bye", string.Concat(ids.Select(silent.Push)));
    }
}
