using System.Globalization;
using System.Text.Json;

namespace Gestalt.Text.Templates;

/// <summary>Between JSON and values. Text is written as Python's <c>json.dumps</c> writes it, since models were trained on that to the blank.</summary>
/// <param name="itemSeparator">Between two items.</param>
/// <param name="keySeparator">Between key and value.</param>
/// <param name="indent">What one level is indented by; null to write all in one line.</param>
/// <param name="asciiOnly">Whether other characters are escaped.</param>
/// <param name="sortKeys">Whether keys are written in their order.</param>
internal sealed class JsonText(string itemSeparator, string keySeparator, string? indent, bool asciiOnly, bool sortKeys)
{
    private const int DeepestNesting = 100;

    /// <summary>A value as JSON.</summary>
    public TracedText Write(Rendering rendering, Value value)
    {
        var output = new TracedBuilder();
        Write(rendering, value, output, 0);
        rendering.SpendText(output.Length);
        return output.ToText();
    }

    /// <summary>JSON as models see it most: in one line, with a blank after each comma and colon.</summary>
    public static string Plain(JsonElement element) => new JsonText(", ", ": ", indent: null, asciiOnly: false, sortKeys: false)
        .Write(new Rendering(element.GetRawText().Length, DateTimeOffset.MinValue), Read(element)).Characters;

    /// <summary>JSON as a value. All its texts came with the conversation, or count as the author's if asked.</summary>
    public static Value Read(JsonElement element, bool authored = false) => element.ValueKind switch
    {
        JsonValueKind.String => TracedText.Of(element.GetString()!, authored),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        JsonValueKind.Number => ReadNumber(element),
        JsonValueKind.Array => new ListValue([.. element.EnumerateArray().Select(item => Read(item, authored))]),
        JsonValueKind.Object => ReadObject(element, null, authored),
        _ => NoneValue.Instance,
    };

    /// <summary>A JSON object as a mapping.</summary>
    public static MappingValue ReadObject(JsonElement element, TracedText? asText, bool authored = false)
    {
        var mapping = new MappingValue { AsText = asText };
        foreach (JsonProperty property in element.EnumerateObject())
        {
            mapping.Set(TracedText.Of(property.Name, authored), Read(property.Value, authored));
        }

        return mapping;
    }

    private static Value ReadNumber(JsonElement element)
    {
        string text = element.GetRawText();
        return text.AsSpan().IndexOfAny(".eE") < 0 && Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole)
            ? new IntegerValue(whole)
            : new FloatValue(element.GetDouble());
    }

    private void Write(Rendering rendering, Value value, TracedBuilder output, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new TemplateException($"a value that nests deeper than {DeepestNesting} levels cannot be written as JSON");
        }

        rendering.Spend(1);
        switch (value)
        {
            case TracedText text: Quote(text, output); break;
            case NoneValue: output.Append("null", true); break;
            case BooleanValue boolean: output.Append(boolean.Value ? "true" : "false", true); break;
            case IntegerValue integer: output.Append(integer.Value.ToString(CultureInfo.InvariantCulture), true); break;
            case FloatValue real: output.Append(Number(real.Value), true); break;
            case ListValue { Kind: ListKind.List or ListKind.Tuple } list:
                WriteAll(output, depth, '[', ']', list.Items, item => Write(rendering, item, output, depth + 1));
                break;
            case MappingValue mapping:
                IEnumerable<KeyValuePair<Value, Value>> entries = mapping.Entries;
                if (sortKeys)
                {
                    entries = entries.OrderBy(entry => Key(rendering, entry.Key).Characters, Comparer<string>.Create(PythonText.Compare));
                }

                WriteAll(output, depth, '{', '}', [.. entries], entry =>
                {
                    Quote(Key(rendering, entry.Key), output);
                    output.Append(keySeparator, true);
                    Write(rendering, entry.Value, output, depth + 1);
                });
                break;
            case UndefinedValue undefined: throw undefined.Error;
            default: throw new TemplateException($"a {value.TypeName} cannot be written as JSON");
        }
    }

    private void WriteAll<T>(TracedBuilder output, int depth, char open, char close, IReadOnlyList<T> items, Action<T> write)
    {
        output.Append(open, true);
        for (int i = 0; i < items.Count; i++)
        {
            output.Append(i > 0 ? itemSeparator : "", true);
            NewLine(depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            NewLine(depth);
        }

        output.Append(close, true);

        void NewLine(int level)
        {
            if (indent is not null)
            {
                output.Append("\n" + string.Concat(Enumerable.Repeat(indent, level)), true);
            }
        }
    }

    private void Quote(TracedText text, TracedBuilder output)
    {
        output.Append('"', true);
        for (int i = 0; i < text.Length; i++)
        {
            if (Escaped(text.Characters[i]) is string escaped)
            {
                output.Append(escaped, text.IsAuthoredAt(i));
            }
            else
            {
                output.Append(text, i, 1);
            }
        }

        output.Append('"', true);
    }

    private string? Escaped(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        '\b' => @"\b",
        '\f' => @"\f",
        < ' ' => $"\\u{(int)character:x4}",
        > '\x7e' when asciiOnly && character != '\x7f' => $"\\u{(int)character:x4}",
        _ => null,
    };

    private static TracedText Key(Rendering rendering, Value key) => key switch
    {
        BooleanValue boolean => TracedText.Authored(boolean.Value ? "true" : "false"),
        NoneValue => TracedText.Authored("null"),
        _ => Printing.ToText(rendering, key),
    };

    private static string Number(double value) => double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.Print(value);
}
