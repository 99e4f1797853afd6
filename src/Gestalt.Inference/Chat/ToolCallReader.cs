using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Gestalt.Inference;

/// <summary>
/// Tells text from tool calls in what a model writes, piece by piece. It knows the forms of Hermes and Qwen (<c>&lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;</c>), of
/// Llama 3 (an answer that is nothing but <c>{"name": …, "parameters": …}</c>, several divided by semicolons, with or without <c>&lt;|python_tag|&gt;</c> before them) and of Mistral
/// (<c>[TOOL_CALLS]</c> and a list, or a name, <c>[ARGS]</c> and its arguments). What looks like a call and is none comes out as the text that it is.
/// </summary>
/// <param name="tools">The tools that were offered; without any, all is text.</param>
/// <param name="mayBeBare">Whether an answer that is a JSON object may be a call, as Llama's are.</param>
internal sealed class ToolCallReader(IReadOnlyCollection<string> tools, bool mayBeBare = true)
{
    private const string HermesStart = "<tool_call>";
    private const string HermesEnd = "</tool_call>";
    private const string PythonTag = "<|python_tag|>";
    private const string MistralStart = "[TOOL_CALLS]";
    private const string MistralArguments = "[ARGS]";
    private static readonly string[] Marks = [HermesStart, PythonTag, MistralStart];

    // Mistral's templates insist on numbers of nine letters and digits; other models take any.
    private const int IdLength = 9;
    private const string IdCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private string _held = "";
    private Form _form = Form.Undecided;
    private bool _followsCall; // line ends between calls and after the last are no text

    private enum Form
    {
        Undecided,
        Text,
        Hermes,
        Rest,
    }

    /// <summary>Takes a piece; returns what is certain.</summary>
    public IEnumerable<AIContent> Push(string piece)
    {
        if (tools.Count == 0)
            return piece.Length > 0 ? [new TextContent(piece)] : [];
        _held += piece;
        var found = new List<AIContent>();
        while (Step(found))
        {
        }
        return found;
    }

    /// <summary>The answer is over.</summary>
    public IEnumerable<AIContent> Flush()
    {
        string rest = _held;
        Form form = _form;
        (_held, _form) = ("", Form.Undecided);
        if (rest.Length == 0)
            return [];
        // A model that stops right after its call may leave out the closing tag.
        string body = form == Form.Hermes ? rest[HermesStart.Length..] : rest;
        List<AIContent>? calls = form is Form.Hermes or Form.Rest ? Calls(body) : null;
        return calls ?? [new TextContent(rest)];
    }

    private bool Step(List<AIContent> found) => _form switch
    {
        Form.Undecided => Decide(),
        Form.Text => ReadText(found),
        Form.Hermes => ReadHermes(found),
        _ => false,
    };

    private bool Decide()
    {
        ReadOnlySpan<char> start = _held.AsSpan().TrimStart();
        if (start.IsEmpty)
            return false;
        _form = mayBeBare && start[0] == '{' ? Form.Rest : Form.Text;
        return true;
    }

    private bool ReadText(List<AIContent> found)
    {
        if (_followsCall)
            _held = _held.TrimStart('\n');
        _followsCall &= _held.Length == 0;
        (int at, string? mark) = FirstMark();
        int certain = mark is null ? _held.Length - Beginning() : at;
        if (certain > 0)
            found.Add(new TextContent(_held[..certain]));
        _held = _held[certain..];
        if (mark is null)
            return false;
        _form = mark == HermesStart ? Form.Hermes : Form.Rest;
        return true;
    }

    private bool ReadHermes(List<AIContent> found)
    {
        int end = _held.IndexOf(HermesEnd, StringComparison.Ordinal);
        if (end < 0)
            return false;
        List<AIContent> calls = Calls(_held[HermesStart.Length..end]) ?? [new TextContent(_held[..(end + HermesEnd.Length)])];
        found.AddRange(calls);
        _held = _held[(end + HermesEnd.Length)..];
        _followsCall = calls[0] is FunctionCallContent;
        _form = Form.Text;
        return true;
    }

    private (int At, string? Mark) FirstMark()
    {
        (int At, string? Mark) first = (int.MaxValue, null);
        foreach (string mark in Marks)
        {
            int at = _held.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && at < first.At)
                first = (at, mark);
        }
        return first;
    }

    /// <summary>How many of the last characters may be the beginning of a mark.</summary>
    private int Beginning()
    {
        for (int length = Math.Min(_held.Length, Marks.Max(mark => mark.Length) - 1); length > 0; length--)
        {
            if (Marks.Any(mark => mark.Length > length && mark.AsSpan(0, length).SequenceEqual(_held.AsSpan(_held.Length - length))))
                return length;
        }
        return 0;
    }

    /// <summary>The calls that a text consists of; null if it does not.</summary>
    private List<AIContent>? Calls(string text)
    {
        text = text.Trim();
        if (text.StartsWith(PythonTag, StringComparison.Ordinal))
            text = text[PythonTag.Length..];
        if (text.StartsWith(MistralStart, StringComparison.Ordinal))
            return MistralCalls(text);
        try
        {
            return JsonCalls(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private List<AIContent>? MistralCalls(string text)
    {
        var calls = new List<AIContent>();
        foreach (string part in text.Split(MistralStart, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                int divide = part.IndexOf(MistralArguments, StringComparison.Ordinal);
                if (divide >= 0)
                {
                    using JsonDocument arguments = JsonDocument.Parse(part[(divide + MistralArguments.Length)..]);
                    if (Call(part[..divide].Trim(), arguments.RootElement, null) is not AIContent call)
                        return null;
                    calls.Add(call);
                }
                else if (JsonCalls(part) is List<AIContent> several)
                {
                    calls.AddRange(several);
                }
                else
                {
                    return null;
                }
            }
            catch (JsonException)
            {
                return null;
            }
        }
        return calls.Count > 0 ? calls : null;
    }

    /// <summary>An object, a list of them, or several divided by semicolons or line ends.</summary>
    private List<AIContent>? JsonCalls(string text)
    {
        var calls = new List<AIContent>();
        while (text.Length > 0)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            var reader = new Utf8JsonReader(utf8, isFinalBlock: true, default);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement[] objects = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
            foreach (JsonElement item in objects)
            {
                if (Call(item) is not AIContent call)
                    return null;
                calls.Add(call);
            }
            text = Encoding.UTF8.GetString(utf8.AsSpan((int)reader.BytesConsumed)).TrimStart(';', ' ', '\n', '\r', '\t');
        }
        return calls.Count > 0 ? calls : null;
    }

    private FunctionCallContent? Call(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            return null;
        bool hasArguments = item.TryGetProperty("arguments", out JsonElement arguments) || item.TryGetProperty("parameters", out arguments);
        string? id = item.TryGetProperty("id", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return Call(name.GetString()!, hasArguments ? arguments : default, id);
    }

    private FunctionCallContent? Call(string name, JsonElement arguments, string? id)
    {
        if (!tools.Contains(name))
            return null;
        if (arguments.ValueKind == JsonValueKind.String)
        {
            using JsonDocument inner = JsonDocument.Parse(arguments.GetString()!);
            return Call(name, inner.RootElement.Clone(), id);
        }
        if (arguments.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
            return null;
        Dictionary<string, object?> values = arguments.ValueKind == JsonValueKind.Object
            ? arguments.EnumerateObject().DistinctBy(property => property.Name).ToDictionary(property => property.Name, property => (object?)property.Value.Clone())
            : [];
        return new FunctionCallContent(id ?? Random.Shared.GetString(IdCharacters, IdLength), name, values);
    }
}
