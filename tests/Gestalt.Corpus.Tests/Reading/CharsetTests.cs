using System.Text;

namespace Gestalt.Corpus.Tests.Reading;

public sealed class CharsetTests
{
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    [Fact]
    public void Valid_utf8_is_taken_as_it_is() => Assert.Equal("naïve – 雪 🦊", Charsets.DecodeText("naïve – 雪 🦊"u8).Text);

    [Fact]
    public void Byte_order_marks_are_honoured()
    {
        const string Text = "Tromsø 雪";
        foreach (Encoding encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, new UTF8Encoding(true)])
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Text)];
            Assert.Equal(Text, Charsets.DecodeText(bytes).Text);
            Assert.Equal(Text, Charsets.DecodePage(bytes, "windows-1252"));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0, 1, 2 }, "PNG")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 0, 0 }, "ZIP")]
    [InlineData(new byte[] { 65, 66, 0, 67 }, "NUL byte at offset 2")]
    [InlineData(new byte[] { 65, 0xE9, 66, 0xE8, 67, 0xFF }, "% of its bytes are not UTF-8")]
    public void Bytes_that_are_no_text_are_refused_with_the_reason(byte[] bytes, string reason)
    {
        Decoded decoded = Charsets.DecodeText(bytes);
        Assert.Null(decoded.Text);
        Assert.Contains(reason, decoded.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_stray_bytes_are_read_as_windows_1252_and_counted()
    {
        string english = string.Concat(Enumerable.Repeat("It was a quiet night at the inn. ", 20));
        byte[] bytes = [.. Encoding.UTF8.GetBytes(english), .. Windows1252.GetBytes("“Café”"), .. Encoding.UTF8.GetBytes(" é")];
        Decoded decoded = Charsets.DecodeText(bytes);
        Assert.Equal(english + "“Café” é", decoded.Text);
        Assert.Equal(3, decoded.RepairedBytes);
    }

    [Theory]
    [InlineData("iso-8859-1", null)]
    [InlineData("Windows-1252", null)]
    [InlineData(null, "<meta charset='windows-1252'>")]
    [InlineData(null, "<META HTTP-EQUIV=\"Content-Type\" content=\"text/html; charset=ISO-8859-1\">")]
    [InlineData(null, "")]
    public void Legacy_pages_are_decoded_by_header_or_meta_element_or_as_windows_1252(string? header, string? meta)
    {
        string page = $"<html>{meta}<p>“Déjà vu” – £5";
        Assert.Equal(page, Charsets.DecodePage(Windows1252.GetBytes(page), header));
    }

    [Fact]
    public void Other_code_pages_are_decoded_by_name()
    {
        Encoding russian = CodePagesEncodingProvider.Instance.GetEncoding("koi8-r")!;
        Assert.Equal("Привет", Charsets.DecodePage(russian.GetBytes("Привет"), "KOI8-R"));
        Assert.Equal("雪", Charsets.DecodePage(CodePagesEncodingProvider.Instance.GetEncoding("shift_jis")!.GetBytes("雪"), "Shift_JIS"));
    }

    [Fact]
    public void Utf8_wins_over_a_wrong_declaration() => Assert.Equal("<p>café", Charsets.DecodePage("<p>café"u8, "iso-8859-1"));

    [Fact]
    public void A_page_declared_utf8_with_stray_bytes_keeps_both() =>
        Assert.Equal("é é", Charsets.DecodePage([0xC3, 0xA9, 0x20, 0xE9], "utf-8"));

    [Fact]
    public void Pages_in_utf16_are_decoded_and_pages_that_only_claim_it_are_not_ruined()
    {
        const string Page = "<p>Tromsø";
        Assert.Equal(Page, Charsets.DecodePage(Encoding.Unicode.GetBytes(Page), "utf-16"));
        Assert.Equal(Page, Charsets.DecodePage(Encoding.Unicode.GetBytes(Page), null));
        Assert.Equal(Page, Charsets.DecodePage(Encoding.BigEndianUnicode.GetBytes(Page), null));
        Assert.Equal(Page, Charsets.DecodePage(Encoding.UTF8.GetBytes(Page), "utf-16le"));
    }

    [Fact]
    public void Mixed_bytes_are_decoded_as_one_by_one()
    {
        var dice = new Random(11);
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] bytes = new byte[dice.Next(12)];
            for (int i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)(dice.Next(3) == 0 ? dice.Next(256) : "aé雪🦊"u8[dice.Next(10)]);
            var expected = new StringBuilder();
            ReadOnlySpan<byte> rest = bytes;
            while (!rest.IsEmpty)
            {
                bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
                expected.Append(valid ? rune.ToString() : Windows1252.GetString(rest[..length]));
                rest = rest[length..];
            }

            Assert.Equal(expected.ToString(), Charsets.DecodeMixed(bytes).Text);
        }
    }

    [Fact]
    public void Text_that_was_encoded_twice_is_restored()
    {
        const string Right = "“It’s late,” said Zoë. “Come in – it’s warm.”";
        string wrong = Windows1252.GetString(Encoding.UTF8.GetBytes(Right));
        Assert.NotEqual(Right, wrong);
        Assert.Equal(Right, TextRepair.UndoMojibake(wrong));
        Assert.Same(Right, TextRepair.UndoMojibake(Right));
    }

    [Theory]
    [InlineData("The bytes Ã© stand for é, ü for Ã¼, ö stays ö, and ß is ß.")]
    [InlineData("Âge, Ã, São Paulo, CAFÉ, ÀÉÎ")]
    [InlineData("plain")]
    public void Text_that_is_in_order_is_not_repaired(string text) => Assert.Same(text, TextRepair.UndoMojibake(text));

    [Fact]
    public void Tidying_removes_what_cannot_be_seen_and_composes_accents() =>
        Assert.Equal("a b\nco operate é ñ Å x\u0301", TextRepair.Tidy("a\u00A0b\r\nco\u00AD operate\u200B e\u0301 n\u0303 A\u030A x\u0301\uFEFF"));

    [Fact]
    public void Tidying_leaves_a_clean_text_alone() => Assert.Same(Samples.Prose, TextRepair.Tidy(Samples.Prose));
}
