namespace Gestalt.Corpus;

/// <summary>Reads a text file as one document, or, where it is very large, as several cut between paragraphs.</summary>
internal static class TextFileReader
{
    public static IEnumerable<RawDocument> Read(ByteReader reader, string name, DocumentFormat format, ReadLimits limits, Action<ReadProblem> report)
    {
        byte[] part = reader.Read(limits.MaximumTextBytes);
        if (reader.Peek(1).IsEmpty)
        {
            yield return new RawDocument(name, null, format, part);
            yield break;
        }

        report(new ReadProblem(name, "cut-in-parts", $"the text is longer than {limits.MaximumTextBytes:N0} bytes and becomes several documents, cut between paragraphs"));
        for (int number = 1; part.Length > 0; number++)
        {
            int cut = reader.Peek(1).IsEmpty ? part.Length : CutPoint(part);
            yield return new RawDocument($"{name}#{number}", null, format, part.AsMemory(0, cut));
            reader.Unread(part.AsSpan(cut));
            part = reader.Read(limits.MaximumTextBytes);
        }
    }

    /// <summary>The last paragraph break, else the last line break, else the last place between two UTF-8 characters.</summary>
    internal static int CutPoint(ReadOnlySpan<byte> text)
    {
        int paragraph = text.LastIndexOf("\n\n"u8);
        if (paragraph > text.Length / 2)
            return paragraph + 2;
        int line = text.LastIndexOf((byte)'\n');
        if (line > text.Length / 2)
            return line + 1;
        int cut = text.Length - 1;
        while (cut > 1 && (text[cut] & 0xC0) == 0x80)
            cut--;
        return cut;
    }
}
