using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.Text;

/// <summary>A line of a preference file that was set aside.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reason">Why, as the end of a sentence.</param>
public sealed record UnusedLine(int Line, string Reason);

/// <summary>
/// Comparisons in JSONL, plain or .gz, in the forms that people have them: <c>{"prompt": text or messages, "chosen": text or messages, "rejected": ...}</c>, or as in Anthropic's
/// hh-rlhf two transcripts <c>{"chosen": "\n\nHuman: ...\n\nAssistant: ...", "rejected": ...}</c> that differ from some answer on.
/// </summary>
public static class PreferenceFile
{
    private const string Human = "\n\nHuman:", Assistant = "\n\nAssistant:";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads all comparisons of a file. What is no comparison is set aside, named by its line.</summary>
    /// <param name="path">The file; with the end .gz it is unpacked.</param>
    /// <param name="setAside">Told about each line that is not used.</param>
    public static IEnumerable<PreferencePair> Read(string path, Action<UnusedLine> setAside) => ReadNumbered(path, setAside).Select(one => one.Pair);

    /// <summary>Reads all comparisons of a file, each with the number of its line, from 1.</summary>
    /// <param name="path">The file; with the end .gz it is unpacked.</param>
    /// <param name="setAside">Told about each line that is not used.</param>
    public static IEnumerable<(int Line, PreferencePair Pair)> ReadNumbered(string path, Action<UnusedLine> setAside)
    {
        ArgumentNullException.ThrowIfNull(setAside);
        using FileStream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        foreach ((int, PreferencePair) pair in ReadNumbered(stream, setAside)) yield return pair;
    }

    /// <summary>Reads all comparisons of a stream.</summary>
    /// <param name="stream">The lines as UTF-8.</param>
    /// <param name="setAside">Told about each line that is not used.</param>
    public static IEnumerable<PreferencePair> Read(Stream stream, Action<UnusedLine> setAside) => ReadNumbered(stream, setAside).Select(one => one.Pair);

    private static IEnumerable<(int Line, PreferencePair Pair)> ReadNumbered(Stream stream, Action<UnusedLine> setAside)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false), detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        for (int number = 1; reader.ReadLine() is string line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            PreferencePair? pair = null;
            try
            {
                pair = Parse(line);
            }
            catch (Exception problem) when (problem is JsonException or InvalidDataException or InvalidOperationException)
            {
                setAside(new UnusedLine(number, problem is JsonException ? "is no JSON" : problem.Message));
            }

            if (pair is not null) yield return (number, pair);
        }
    }

    /// <summary>Writes comparisons to a file, one a line. The file is written beside and renamed into place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pairs">The comparisons.</param>
    public static void Write(string path, IEnumerable<PreferencePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        WholeFile.Write(path, stream =>
        {
            foreach (PreferencePair pair in pairs)
                stream.Write(Encoding.UTF8.GetBytes(ToLine(pair) + "\n"));
        });
    }

    /// <summary>A comparison as a line without its line feed.</summary>
    public static string ToLine(PreferencePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            json.WritePropertyName("prompt");
            using (JsonDocument prompt = JsonDocument.Parse(ConversationFile.ToLine(pair.Prompt)))
                prompt.RootElement.GetProperty("messages").WriteTo(json);
            json.WriteString("chosen", pair.Chosen);
            json.WriteString("rejected", pair.Rejected);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static PreferencePair Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("is no object");
        PreferencePair pair = root.TryGetProperty("prompt", out JsonElement prompt)
            ? new PreferencePair(ReadPrompt(prompt), ReadAnswer(root, "chosen"), ReadAnswer(root, "rejected"))
            : FromTranscripts(ReadText(root, "chosen"), ReadText(root, "rejected"));
        if (pair.Chosen == pair.Rejected) throw new InvalidDataException("has the same answer twice");
        if (string.IsNullOrWhiteSpace(pair.Chosen) || string.IsNullOrWhiteSpace(pair.Rejected)) throw new InvalidDataException("has an empty answer");
        if (pair.Prompt.Messages[^1].Role == Roles.Assistant) throw new InvalidDataException("has a prompt that ends with an answer");
        return pair;
    }

    private static Conversation ReadPrompt(JsonElement prompt) => prompt.ValueKind switch
    {
        JsonValueKind.String => Conversation.Of(new Message(Roles.User, prompt.GetString()!)),
        JsonValueKind.Array => ReadMessages(prompt),
        _ => throw new InvalidDataException("has a \"prompt\" that is neither text nor messages"),
    };

    // An answer as messages is the one message of the assistant.
    private static string ReadAnswer(JsonElement root, string name)
    {
        if (root.TryGetProperty(name, out JsonElement answer) && answer.ValueKind == JsonValueKind.Array)
        {
            IReadOnlyList<Message> messages = ReadMessages(answer).Messages;
            return messages[^1].Role == Roles.Assistant ? messages[^1].Content : throw new InvalidDataException($"has a \"{name}\" that does not end with the assistant's message");
        }

        return ReadText(root, name);
    }

    private static Conversation ReadMessages(JsonElement messages)
    {
        using JsonDocument wrapped = JsonDocument.Parse($"{{\"messages\":{messages.GetRawText()}}}");
        return MessageReader.Read(wrapped.RootElement);
    }

    private static string ReadText(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
        ? text.GetString()!
        : throw new InvalidDataException($"has no text \"{name}\"");

    /// <summary>Two transcripts agree up to the answer in which they differ; what follows it in either is left out.</summary>
    private static PreferencePair FromTranscripts(string chosen, string rejected)
    {
        List<Message> better = Turns(chosen), worse = Turns(rejected);
        int same = 0;
        while (same < better.Count && same < worse.Count && better[same] == worse[same]) same++;
        if (same == better.Count || same == worse.Count) throw new InvalidDataException("has transcripts of which one is the beginning of the other");
        if (better[same].Role != Roles.Assistant || worse[same].Role != Roles.Assistant) throw new InvalidDataException("has transcripts that differ in what the person says");
        if (same == 0) throw new InvalidDataException("has transcripts without a prompt");
        return new PreferencePair(new Conversation(better[..same]), better[same].Content, worse[same].Content);
    }

    private static List<Message> Turns(string transcript)
    {
        var turns = new List<Message>();
        int at = 0;
        while (at < transcript.Length)
        {
            string role = transcript.AsSpan(at).StartsWith(Human, StringComparison.Ordinal) ? Roles.User
                : transcript.AsSpan(at).StartsWith(Assistant, StringComparison.Ordinal) ? Roles.Assistant
                : throw new InvalidDataException("has neither a \"prompt\" nor transcripts of \"Human:\" and \"Assistant:\"");
            int start = at + (role == Roles.User ? Human : Assistant).Length;
            int end = new[] { transcript.IndexOf(Human, start, StringComparison.Ordinal), transcript.IndexOf(Assistant, start, StringComparison.Ordinal), transcript.Length }.Where(i => i >= 0).Min();
            turns.Add(new Message(role, transcript[start..end].Trim()));
            at = end;
        }

        return turns;
    }
}
