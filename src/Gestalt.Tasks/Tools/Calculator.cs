namespace Gestalt.Tasks.Tools;

/// <summary>
/// An exact calculator: <c>+ - * / % ^</c>, brackets, decimals, percentages, comparisons, the largest and smallest of several, and units that convert (<c>3.5 km to m</c>, <c>2 h + 30 min to min</c>, <c>68 F to C</c>). What comes out is
/// true to the last digit; a fraction without end is rounded at the fourth decimal, below one at the fourth digit that counts, and says so by a leading <c>about</c>: a model has to repeat every digit.
/// <c>round(2 / 3, 8)</c> asks for more.
/// </summary>
/// <remarks>
/// <code>
/// question   = sum [("&lt;" | "&gt;" | "&lt;=" | "&gt;=" | "=" | "==" | "!=") sum] ["to" unit]
/// sum        = product (("+" | "-") product)*
/// product    = signed (("*" | "/" | "%") signed)*            × · ÷ and "of" behind a percentage are read, too
/// signed     = ("-" | "+")* power
/// power      = quantity ["^" signed]                         ** as well
/// quantity   = (number | "(" sum ")" | function "(" sum ["," sum] ")" | extreme "(" sum ("," sum)+ ")") ["%"] [unit]
/// function   = "abs" | "round" | "floor"
/// extreme    = "max" | "min"
/// </code>
/// </remarks>
public sealed class Calculator : ITool
{
    /// <summary>The longest expression, in characters.</summary>
    public const int MostCharacters = 2000;

    /// <inheritdoc/>
    public string Name => "calculator";

    /// <inheritdoc/>
    public string Description => "Calculates exactly: + - * / % ^, brackets, decimals, percentages (15% of 80), comparisons (9.11 > 9.9), max(9.11, 9.9), min and units (3.5 km to m).";

    /// <inheritdoc/>
    public string Parameter => "expression";

    /// <inheritdoc/>
    public string Answer(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        return argument.Length <= MostCharacters
            ? new CalculatorReader(argument).Read()
            : throw new ToolException($"The expression has {argument.Length} characters; the calculator reads up to {MostCharacters}.");
    }
}
