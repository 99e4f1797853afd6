namespace Gestalt.Tasks.Tools;

/// <summary>
/// Runs little programs in the part of Python that small questions need: numbers (exact, as long as 1,200 digits), texts, lists, dates, functions, loops and comprehensions. There is nothing in it that
/// reads, writes, waits or asks: a program is its text, and the answer is what it prints, or the value of its last line.
/// </summary>
/// <remarks>
/// Everything is bounded (<see cref="CodeLimits"/>): steps, nesting, the length of texts, lists and numbers, and what is kept in all. A program that goes beyond, or that is none, is refused with one
/// sentence that says what and in which line. Departures from Python: numbers are fractions (0.1 + 0.2 == 0.3, and 1 / 3 is kept exactly), texts have no formats, and there are no
/// dictionaries, classes, exceptions and modules. <c>date(1953, 3, 14)</c>, <c>weekday(d)</c> and differences of dates are built in.
/// </remarks>
public sealed class CodeTool : ITool
{
    /// <inheritdoc/>
    public string Name => "code";

    /// <inheritdoc/>
    public string Description => "Runs a small Python-like program without input or output and returns what it prints, or the value of its last line: \"banana\".count(\"a\"), weekday(date('14 March 1953')).";

    /// <inheritdoc/>
    public string Parameter => "program";

    /// <inheritdoc/>
    public string Answer(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (argument.Length > CodeLimits.SourceCharacters)
        {
            throw new ToolException($"The program has {argument.Length} characters; up to {CodeLimits.SourceCharacters} are run.");
        }

        IReadOnlyList<Statement> program = new CodeParser(CodeLexer.Read(argument)).Program();
        return new CodeInterpreter().Run(program);
    }
}

/// <summary>How much of anything a program may take. A program at every limit ends within about a second.</summary>
public static class CodeLimits
{
    /// <summary>The longest program.</summary>
    public const int SourceCharacters = 4000;

    /// <summary>How many operations it may carry out; long texts and lists count for more.</summary>
    public const int Steps = 200_000;

    /// <summary>How deep expressions, blocks and calls may be nested while it runs.</summary>
    public const int Depth = 400;

    /// <summary>How deep brackets and blocks may be nested in its text.</summary>
    public const int Nesting = 30;

    /// <summary>The longest text, and the longest list.</summary>
    public const int Length = 10_000;

    /// <summary>How many characters and items it may make in all.</summary>
    public const int Made = 2_000_000;

    /// <summary>The longest answer in characters; what is beyond is cut, visibly.</summary>
    public const int AnswerCharacters = 2000;
}
