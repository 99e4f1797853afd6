using System.Globalization;

namespace Gestalt.Text.Templates;

/// <summary>Values as text: as <c>{{ ... }}</c> prints them, which is as Python's <c>str</c> does, and inside of lists as <c>repr</c> does.</summary>
internal static class Printing
{
    private const int DeepestNesting = 100;

    /// <summary>A value as <c>str</c> gives it.</summary>
    public static TracedText ToText(Rendering rendering, Value value) => value switch
    {
        TracedText text => text,
        MappingValue { AsText: { } text } => text,
        UndefinedValue => TracedText.Empty,
        ListValue or MappingValue => Represent(rendering, value),
        _ => TracedText.Authored(Plain(value)),
    };

    /// <summary>A value as <c>repr</c> gives it.</summary>
    public static TracedText Represent(Rendering rendering, Value value)
    {
        var output = new TracedBuilder();
        Represent(rendering, value, output, 0);
        return output.ToText();
    }

    private static void Represent(Rendering rendering, Value value, TracedBuilder output, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new TemplateException($"a value that nests deeper than {DeepestNesting} levels cannot be printed");
        }

        rendering.Spend(1);
        rendering.SpendText(output.Length / 1024);
        switch (value)
        {
            case TracedText text: Quote(text, output); break;
            case MappingValue mapping: RepresentMapping(rendering, mapping, output, depth); break;
            case ListValue { Kind: ListKind.List or ListKind.Tuple } list: RepresentList(rendering, list, output, depth); break;
            case UndefinedValue: output.Append("Undefined", true); break;
            default: output.Append(Plain(value), true); break;
        }
    }

    private static void RepresentMapping(Rendering rendering, MappingValue mapping, TracedBuilder output, int depth)
    {
        output.Append('{', true);
        string separator = "";
        foreach ((Value key, Value item) in mapping.Entries)
        {
            output.Append(separator, true);
            Represent(rendering, key, output, depth + 1);
            output.Append(": ", true);
            Represent(rendering, item, output, depth + 1);
            separator = ", ";
        }

        output.Append('}', true);
    }

    private static void RepresentList(Rendering rendering, ListValue list, TracedBuilder output, int depth)
    {
        bool tuple = list.Kind == ListKind.Tuple;
        output.Append(tuple ? '(' : '[', true);
        string separator = "";
        foreach (Value item in list.Items)
        {
            output.Append(separator, true);
            Represent(rendering, item, output, depth + 1);
            separator = ", ";
        }

        output.Append(!tuple ? "]" : list.Items.Count == 1 ? ",)" : ")", true);
    }

    private static void Quote(TracedText text, TracedBuilder output)
    {
        string all = text.Characters;
        char quote = all.Contains('\'', StringComparison.Ordinal) && !all.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote, true);
        for (int i = 0; i < all.Length; i++)
        {
            char character = all[i];
            string? escaped = character switch
            {
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                _ when character == quote => "\\" + quote,
                _ when char.IsSurrogate(character) || IsPrintable(character) => null,
                < '\x100' => $"\\x{(int)character:x2}",
                _ => $"\\u{(int)character:x4}",
            };
            if (escaped is null)
            {
                output.Append(text, i, 1);
            }
            else
            {
                output.Append(escaped, text.IsAuthoredAt(i));
            }
        }

        output.Append(quote, true);
    }

    private static bool IsPrintable(char character) => character == ' ' || char.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static string Plain(Value value) => value switch
    {
        NoneValue => "None",
        BooleanValue boolean => boolean.Value ? "True" : "False",
        IntegerValue integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatValue real => PythonText.Print(real.Value),
        ListValue { Kind: ListKind.Range, Items: RangeList range } => range.ToString(),
        _ => $"<{value.TypeName} object>",
    };
}
