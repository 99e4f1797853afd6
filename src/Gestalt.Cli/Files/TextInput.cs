using System.Text;
using System.Text.Json;
using Gestalt.Cli.Errors;
using Gestalt.Corpus;

namespace Gestalt.Cli.Files;

/// <summary>Text that a person named on the command line, as UTF-8 documents.</summary>
internal static class TextInput
{
    /// <summary>Refuses names behind which there is nothing, before any work begins.</summary>
    /// <exception cref="UserError">A path is missing, a folder is empty, or a pattern matches nothing.</exception>
    public static void Require(IEnumerable<string> inputs)
    {
        try
        {
            InputFiles.Find(inputs);
        }
        catch (CorpusException nothing)
        {
            throw new UserError(ExitCode.Missing, nothing.Message);
        }
    }

    /// <summary>
    /// All documents behind the names: the training documents of a finished corpus, text and Markdown as they are, the
    /// <c>text</c> fields of JSONL.
    /// </summary>
    /// <exception cref="UserError">A name stands for nothing, or for something that is not text.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Documents(IReadOnlyList<string> inputs)
    {
        Require(inputs);
        foreach (string input in inputs)
        {
            IEnumerable<ReadOnlyMemory<byte>> documents = Directory.Exists(input) && CorpusFolder.Exists(input)
                ? CorpusFolder.Open(input).Training().Select(document => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(document.Text))
                : new InputReader(ReadLimits.Default, Refuse).Read(InputFiles.Find([input])).Select(Text);
            foreach (ReadOnlyMemory<byte> document in documents) yield return document;
        }
    }

    private static ReadOnlyMemory<byte> Text(RawDocument raw) => raw.Format switch
    {
        DocumentFormat.JsonLine => TextField(raw),
        DocumentFormat.Html => throw new UserError(ExitCode.BadInput, $"{raw.Source} is a web page. Make a corpus of it first: gestalt corpus INPUT --out corpus"),
        _ when raw.Body.Span.Contains((byte)0) => throw new UserError(ExitCode.BadInput,
            $"{raw.Source} is not text (it contains zero bytes). Leave it out, or make a corpus first, which drops such files: gestalt corpus INPUT --out corpus"),
        _ => raw.Body,
    };

    private static ReadOnlyMemory<byte> TextField(RawDocument raw)
    {
        try
        {
            using JsonDocument line = JsonDocument.Parse(raw.Body);
            if (line.RootElement.TryGetProperty("text", out JsonElement text) && text.GetString() is string value) return Encoding.UTF8.GetBytes(value);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The same remedy as for a line without the field.
        }
        throw new UserError(ExitCode.BadInput, $"{raw.Source} is not a JSON object with a text field. Put it right, or make a corpus first, which drops such lines: gestalt corpus INPUT --out corpus");
    }

    private static void Refuse(ReadProblem problem)
    {
        if (problem.Reason != "cut-in-parts") throw new UserError(ExitCode.BadInput, $"{problem.Source}: {problem.Detail}");
    }
}
