using System.Collections.Frozen;

namespace Gestalt.Text.Templates;

/// <summary>What functions, filters, tests and methods share: tables by name, and arguments of the kind that is needed.</summary>
internal static class Library
{
    /// <summary>A table of functions by name.</summary>
    public static FrozenDictionary<string, Function> Of(params ReadOnlySpan<Function> functions)
    {
        var table = new Dictionary<string, Function>(StringComparer.Ordinal);
        foreach (Function function in functions)
        {
            table.Add(function.Name, function);
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static TracedText TracedText(Value value, string what) => value as TracedText
        ?? throw (value as UndefinedValue)?.Error ?? new TemplateException($"{what} must be a text, not a {value.TypeName}");

    public static string Text(Value value, string what) => TracedText(value, what).Characters;

    public static string? OptionalText(Value? value, string what) => value is null or NoneValue ? null : Text(value, what);

    public static Int128 Integer(Value? value, string what, Int128 otherwise) => value is null or NoneValue ? otherwise
        : Operators.Whole(value) ?? throw (value as UndefinedValue)?.Error ?? new TemplateException($"{what} must be a whole number, not a {value.TypeName}");

    public static double Real(Value value, string what) =>
        Operators.Real(value) ?? throw (value as UndefinedValue)?.Error ?? new TemplateException($"{what} must be a number, not a {value.TypeName}");
}
